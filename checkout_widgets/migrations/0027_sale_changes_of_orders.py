"""A trigger that notes when an order with an acceptance begins or ceases to count."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION note_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_orders_with_sales(array_agg(after.id))
    FROM after JOIN before ON before.id = after.id
    WHERE (after.status, after.currency, after.source, after.repeat_kind, after.discount_minor)
        IS DISTINCT FROM (before.status, before.currency, before.source, before.repeat_kind, before.discount_minor)
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER orders_updated AFTER UPDATE ON experiments_order REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION note_orders();
"""
BACKWARDS = """
DROP TRIGGER orders_updated ON experiments_order;
DROP FUNCTION note_orders();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0026_sale_changes_of_refunds")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
