"""What adjusts a test's results, and a table for what that adds up to by day. Existing tests keep the cart's value."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import experiments.models.experiment


class Migration(migrations.Migration):
    dependencies = [("experiments", "0062_pages_own_variants")]

    operations = [
        migrations.AddField(
            model_name="experiment",
            name="covariates",
            field=models.JSONField(
                blank=True,
                db_default=["cart_value"],
                default=experiments.models.experiment.default_covariates,
                help_text="What is known of visitors before the offer. It narrows intervals. Choose it before launch.",
                validators=[experiments.models.experiment.validate_covariates],
                verbose_name="adjusted by",
            ),
        ),
        migrations.CreateModel(
            name="CovariateDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("visitors", models.BigIntegerField(verbose_name="visitors")),
                (
                    "sums",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=0, max_digits=100), size=None, verbose_name="sums"
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="covariate_days",
                        to="experiments.experiment",
                        verbose_name="test",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="covariate_days",
                        to="experiments.variant",
                        verbose_name="variant",
                    ),
                ),
            ],
            options={"verbose_name": "daily covariate totals", "verbose_name_plural": "daily covariate totals"},
        ),
        migrations.AddConstraint(
            model_name="covariateday",
            constraint=models.UniqueConstraint(
                fields=("experiment", "day", "variant"), name="one_covariate_sum_per_day"
            ),
        ),
    ]
