"""Triggers that count changes of pairs for the edge, and of products' categories, for which pairs are pinned."""

from django.db import migrations

STORES = "SELECT store_id FROM changed"
# The version rises with the content, and is cheaper to compare.
IGNORED = {"checkout_widgets_pairlists": "content", "checkout_widgets_chosenpair": "reason created_by"}
CREATE = """
CREATE TRIGGER configuration_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_updated AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('{stores}', '{ignored}');
CREATE TRIGGER configuration_truncated AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_truncated();
"""
DROP = """
DROP TRIGGER configuration_inserted ON {table};
DROP TRIGGER configuration_updated ON {table};
DROP TRIGGER configuration_deleted ON {table};
DROP TRIGGER configuration_truncated ON {table};
"""
PRODUCTS = """
DROP TRIGGER configuration_updated ON checkout_widgets_product;
CREATE TRIGGER configuration_updated AFTER UPDATE ON checkout_widgets_product
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION count_configuration_rows('SELECT store_id FROM changed', '{ignored}');
"""
WITH_CATEGORY = PRODUCTS.format(ignored="updated_at cost_minor description")
WITHOUT_CATEGORY = PRODUCTS.format(ignored="updated_at cost_minor description category")


def of_all(template: str) -> str:
    """Return the template's statements for each table."""
    statements = []
    for table, ignored in IGNORED.items():
        statements.append(template.format(table=table, stores=STORES, ignored=ignored))
    return "".join(statements)


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0047_offers_of_pairs")]
    operations = [
        migrations.RunSQL(of_all(CREATE), of_all(DROP)),
        migrations.RunSQL(WITH_CATEGORY, WITHOUT_CATEGORY),
    ]
