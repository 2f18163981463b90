"""A trigger that notes when money is paid back for an order with an acceptance."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION note_orders_with_sales(order_ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_salechange (store_id, accepted_at)
    SELECT DISTINCT taken.store_id, date_bin('15 minutes', taken.accepted_at, '2000-01-01 00:00Z')
    FROM experiments_orderline AS line CROSS JOIN LATERAL (
        SELECT store_id, accepted_at FROM checkout_widgets_acceptance WHERE jti = line.acceptance_id LIMIT 1
    ) AS taken
    WHERE line.order_id = ANY(order_ids) AND line.acceptance_id IS NOT NULL;
END $$;

CREATE FUNCTION note_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_orders_with_sales(array_agg(DISTINCT order_id)) FROM changed HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER refunds_inserted AFTER INSERT ON experiments_refund REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_refunds();
CREATE TRIGGER refunds_updated AFTER UPDATE ON experiments_refund REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_refunds();
CREATE TRIGGER refunds_deleted AFTER DELETE ON experiments_refund REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_refunds();
"""
BACKWARDS = """
DROP TRIGGER refunds_inserted ON experiments_refund;
DROP TRIGGER refunds_updated ON experiments_refund;
DROP TRIGGER refunds_deleted ON experiments_refund;
DROP FUNCTION note_refunds();
DROP FUNCTION note_orders_with_sales(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0025_sale_changes_of_lines")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
