"""Why visitors declined offers, by day; columns with a default, so that no row is written again."""

from django.db import migrations, models

REASONS = {
    "not_interested": "declined: not interested",
    "too_expensive": "declined: too expensive",
    "have_it": "declined: have it already",
    "not_now": "declined: not now",
}


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0052_questions_on_confirmation")]
    operations = [
        migrations.AddField(
            model_name="shownday",
            name=name,
            field=models.BigIntegerField(db_default=0, default=0, verbose_name=label),
        )
        for name, label in REASONS.items()
    ]
