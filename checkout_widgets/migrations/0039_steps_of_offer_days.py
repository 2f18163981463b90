"""The days of offers by the step of a sequence at which they were shown."""

from django.db import migrations, models

KEY = ("store", "day", "dimension", "value", "variant", "offer", "step")


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0038_steps_of_acceptances")]
    operations = [
        migrations.AddField(
            model_name="shownday",
            name="step",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="step"),
        ),
        migrations.AddConstraint(
            model_name="shownday",
            constraint=models.UniqueConstraint(fields=KEY, name="one_shown_count_per_day_and_step"),
        ),
        migrations.RemoveConstraint(model_name="shownday", name="one_shown_count_per_day"),
        migrations.AddField(
            model_name="soldday",
            name="step",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="step"),
        ),
        migrations.AddConstraint(
            model_name="soldday",
            constraint=models.UniqueConstraint(fields=KEY, name="one_sold_count_per_day_and_step"),
        ),
        migrations.RemoveConstraint(model_name="soldday", name="one_sold_count_per_day"),
    ]
