"""Who placed an order, on whatever device, and which keys are one customer's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("experiments", "0066_unit_of_tests")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="customer_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=62, verbose_name="customer key"),
        ),
        migrations.CreateModel(
            name="CustomerAlias",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "store_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customer_aliases",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
                ("key", models.CharField(max_length=62, verbose_name="customer key")),
                ("first_key", models.CharField(max_length=62, verbose_name="key first used")),
                ("merged_at", models.DateTimeField(verbose_name="merged at")),
            ],
            options={
                "verbose_name": "customer alias",
                "verbose_name_plural": "customer aliases",
                "indexes": [models.Index(fields=["store", "first_key"], name="alias_store_first_key")],
            },
        ),
    ]
