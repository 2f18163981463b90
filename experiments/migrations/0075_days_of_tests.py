"""By whose clock a test's days are. Tests that have begun keep UTC, by which their days are added up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0074_price_rules")]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="day_zone",
            field=models.CharField(
                db_default="UTC", default="UTC", editable=False, max_length=64, verbose_name="time zone of its days"
            ),
        ),
    ]
