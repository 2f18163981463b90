"""Test orders, which are no orders: what was understood of them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0020_plain_labels"),
        ("experiments", "0049_touched_days_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrialOrder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=16, verbose_name="source")),
                ("sent_by", models.CharField(blank=True, max_length=150, verbose_name="sent by")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent at")),
                ("external_id", models.CharField(blank=True, max_length=64, verbose_name="order ID")),
                ("visitor_id", models.CharField(blank=True, max_length=64, verbose_name="visitor")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read at")),
                ("understood", models.JSONField(default=dict, verbose_name="what was understood")),
                (
                    "delivery",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="trial_order",
                        to="checkout_widgets.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trial_orders",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "test order",
                "verbose_name_plural": "test orders",
                "ordering": ("-sent_at",),
                "indexes": [models.Index(fields=["store", "-sent_at"], name="trial_order_store_sent")],
            },
        ),
    ]
