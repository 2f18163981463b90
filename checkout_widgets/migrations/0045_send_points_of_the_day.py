"""The send points of a store's shoppers today, which edges hold in memory: changes count as configuration."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "checkout_widgets_sendpointday"
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
        ("checkout_widgets", "0044_claims_of_offers"),
        ("experiments", "0085_untrue_claims"),
    ]

    operations = [
        migrations.CreateModel(
            name="SendPointDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_at", models.DateTimeField(verbose_name="ends at")),
                ("shoppers", models.BinaryField(verbose_name="shoppers")),
                ("made_from", models.CharField(max_length=64, verbose_name="made from")),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="send_point_day",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "send points of a day",
                "verbose_name_plural": "send points of days",
            },
        ),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
