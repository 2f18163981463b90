"""Shoppers who get no offers for a while, which edges hold in memory: changes count as their store's configuration."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "checkout_widgets_silencedshopper"
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
        ("checkout_widgets", "0030_one_declaration_of_offer_days"),
        ("experiments", "0064_covariates_of_exposures"),
    ]

    operations = [
        migrations.CreateModel(
            name="SilencedShopper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.BigIntegerField(verbose_name="contact")),
                ("shopper", models.CharField(max_length=32, verbose_name="shopper")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="silenced_shoppers",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "shopper without offers",
                "verbose_name_plural": "shoppers without offers",
                "indexes": [models.Index(fields=["until"], name="silenced_until")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "owner", "shopper"), name="one_silence_per_owner_and_shopper"
                    )
                ],
            },
        ),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
