"""What a store's shoppers answered, which edges hold in memory: changes count as configuration."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TABLE = "checkout_widgets_shopperanswers"
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
        ("checkout_widgets", "0049_stages_of_shoppers"),
        ("experiments", "0096_plain_help_of_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShopperAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tags",
                    ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None, verbose_name="tags"
                    ),
                ),
                ("shoppers", models.BinaryField(verbose_name="shoppers")),
                ("made_from", models.CharField(max_length=128, verbose_name="made from")),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shopper_answers",
                        to="experiments.store",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "verbose_name": "answers of shoppers",
                "verbose_name_plural": "answers of shoppers",
            },
        ),
        migrations.RunSQL(CREATE_TRIGGERS, DROP_TRIGGERS),
    ]
