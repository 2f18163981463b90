"""How long widgets were in view, by day; columns with a default, so that no row is written again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0045_send_points_of_the_day")]
    operations = [
        migrations.AddField(
            model_name="shownday",
            name="viewed",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="impressions with a known time in view"
            ),
        ),
        migrations.AddField(
            model_name="shownday",
            name="view_ms",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="milliseconds in view"),
        ),
    ]
