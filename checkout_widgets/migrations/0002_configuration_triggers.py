"""Triggers that count every change to what the edge holds in memory, in the transaction that makes the change."""

from django.db import migrations

TABLES = (
    "experiments_store",
    "experiments_experiment",
    "experiments_variant",
    "checkout_widgets_product",
    "checkout_widgets_offer",
    "checkout_widgets_offeritem",
    "checkout_widgets_widget",
)
CREATE_FUNCTION = """
CREATE FUNCTION count_configuration_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_configurationversion AS current (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = current.version + 1;
    RETURN NULL;
END $$;
"""
CREATE_TRIGGER = """
CREATE TRIGGER configuration_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_change();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0001_initial"), ("experiments", "0001_initial")]
    operations = [
        migrations.RunSQL(
            CREATE_FUNCTION + "".join(CREATE_TRIGGER.format(table=table) for table in TABLES),
            "".join(f"DROP TRIGGER configuration_changed ON {table};" for table in TABLES)
            + "DROP FUNCTION count_configuration_change();",
        )
    ]
