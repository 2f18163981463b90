"""Whom a test assigns: all tests until now assigned visitors."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0065_names_of_plan_versions")]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="unit",
            field=models.CharField(
                choices=[("visitor", "Visitor"), ("customer", "Customer")],
                db_default="visitor",
                default="visitor",
                editable=False,
                max_length=16,
                verbose_name="unit",
            ),
        ),
    ]
