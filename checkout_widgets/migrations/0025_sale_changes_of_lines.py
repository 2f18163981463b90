"""A trigger that notes when a line with an acceptance comes, goes, or begins to count."""

from django.db import migrations

FORWARDS = """
-- The acceptance is looked up a line at a time: a plan made for an import of thousands would read the whole table for
-- each order after it.
CREATE FUNCTION note_sold_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_salechange (store_id, accepted_at)
    SELECT DISTINCT taken.store_id, date_bin('15 minutes', taken.accepted_at, '2000-01-01 00:00Z')
    FROM changed CROSS JOIN LATERAL (
        SELECT store_id, accepted_at FROM checkout_widgets_acceptance WHERE jti = changed.acceptance_id LIMIT 1
    ) AS taken
    WHERE changed.acceptance_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER sold_lines_inserted AFTER INSERT ON experiments_orderline REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_sold_lines();
CREATE TRIGGER sold_lines_updated AFTER UPDATE ON experiments_orderline REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_sold_lines();
CREATE TRIGGER sold_lines_deleted AFTER DELETE ON experiments_orderline REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_sold_lines();
"""
BACKWARDS = """
DROP TRIGGER sold_lines_inserted ON experiments_orderline;
DROP TRIGGER sold_lines_updated ON experiments_orderline;
DROP TRIGGER sold_lines_deleted ON experiments_orderline;
DROP FUNCTION note_sold_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0024_acceptances_about")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
