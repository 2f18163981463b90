"""What was typed into drafts and can't be saved yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0028_sale_changes_of_stores"),
        ("experiments", "0057_teamwork"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(max_length=100, verbose_name="section")),
                ("typed", models.JSONField(default=dict, verbose_name="what was typed")),
                ("kept_by", models.CharField(max_length=150, verbose_name="kept by")),
                ("kept_at", models.DateTimeField(auto_now=True, verbose_name="kept at")),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_inputs",
                        to="experiments.experiment",
                        verbose_name="test",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept input",
                "verbose_name_plural": "kept inputs",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("experiment", "section"), name="one_kept_input_per_experiment_and_section"
                    )
                ],
            },
        ),
    ]
