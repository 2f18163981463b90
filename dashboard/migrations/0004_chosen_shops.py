"""Which shop system's steps the setup page shows of a store."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0003_names_for_people"),
        ("experiments", "0049_touched_days_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChosenShop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=16, verbose_name="shop system")),
                ("chosen_by", models.CharField(max_length=150, verbose_name="chosen by")),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "chosen shop system",
                "verbose_name_plural": "chosen shop systems",
            },
        ),
    ]
