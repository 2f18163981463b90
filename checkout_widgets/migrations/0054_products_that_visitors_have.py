"""What visitors said they have already, and the same packed for edges, which hold it in memory."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "checkout_widgets_heldbyshoppers"
STORES = "SELECT store_id FROM changed"
CREATE_TRIGGERS = f"""
CREATE TRIGGER configuration_inserted AFTER INSERT ON {TABLE} REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_updated AFTER UPDATE ON {TABLE} REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_deleted AFTER DELETE ON {TABLE} REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{STORES}', '');
CREATE TRIGGER configuration_truncated AFTER TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_truncated();
"""
DROP_TRIGGERS = f"""
DROP TRIGGER configuration_inserted ON {TABLE};
DROP TRIGGER configuration_updated ON {TABLE};
DROP TRIGGER configuration_deleted ON {TABLE};
DROP TRIGGER configuration_truncated ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("checkout_widgets", "0053_reasons_of_declines"),
        ("experiments", "0097_stages_in_the_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor_id", models.CharField(max_length=64, verbose_name="visitor")),
                ("sku", models.CharField(max_length=128, verbose_name="product")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_products",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "product that a visitor has",
                "verbose_name_plural": "products that visitors have",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "visitor_id", "sku"), name="one_held_product_per_visitor_and_sku"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldByShoppers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("skus", models.JSONField(default=list, verbose_name="products")),
                ("shoppers", models.BinaryField(verbose_name="shoppers")),
                ("made_from", models.CharField(max_length=128, verbose_name="made from")),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_by_shoppers",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "products of shoppers",
                "verbose_name_plural": "products of shoppers",
            },
        ),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
