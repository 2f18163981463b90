"""Name the third version of a plan's rules. Changes nothing in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0055_aa_test")]

    operations = [
        migrations.AlterField(
            model_name="experiment",
            name="plan_version",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "Daily"), (2, "Weekly, mature visitors"), (3, "Weekly, mature visitors, shared error")],
                db_default=1,
                default=1,
                editable=False,
                verbose_name="analysis rules",
            ),
        ),
    ]
