"""Name the versions of a plan's rules as tests are read by them. Changes nothing in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0064_covariates_of_exposures")]

    operations = [
        migrations.AlterField(
            model_name="experiment",
            name="plan_version",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "Daily looks, all visitors"),
                    (2, "Weekly looks, mature visitors"),
                    (3, "Weekly looks, mature visitors, guardrails within alpha"),
                ],
                db_default=1,
                default=1,
                editable=False,
                verbose_name="analysis rules",
            ),
        ),
    ]
