"""Requests of customers for their data, and whose a delivery is that is of no order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0040_second_offers_count"),
        ("experiments", "0081_contact_audit_actions"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=16, verbose_name="source")),
                ("external_id", models.CharField(max_length=64, verbose_name="ID in the source")),
                ("customer_key", models.CharField(max_length=62, verbose_name="customer key")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("answered_by", models.CharField(blank=True, max_length=150, verbose_name="answered by")),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="data_requests",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for data",
                "verbose_name_plural": "requests for data",
                "ordering": ("-received_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "source", "external_id"), name="one_data_request_per_source_id"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="customer_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=62, verbose_name="customer key"),
        ),
    ]
