"""A trigger that has a store's offers added up again when it counts otherwise, or its days begin at another hour."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION note_counting_of_stores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO checkout_widgets_salechange (store_id, accepted_at)
    SELECT DISTINCT taken.store_id, date_bin('15 minutes', taken.accepted_at, '2000-01-01 00:00Z')
    FROM after JOIN before ON before.id = after.id
    JOIN checkout_widgets_acceptance AS taken ON taken.store_id = after.id
    WHERE (after.is_repeat_counted, after.unsigned_orders, after.first_signed_at IS NULL, after.currency, after.timezone)
        IS DISTINCT FROM
        (before.is_repeat_counted, before.unsigned_orders, before.first_signed_at IS NULL, before.currency,
         before.timezone);
    -- Without it, the store's events are added up from the first on.
    DELETE FROM checkout_widgets_shownuntil AS counted USING after JOIN before ON before.id = after.id
    WHERE counted.store_id = after.id
        AND (after.is_automation_counted, after.timezone) IS DISTINCT FROM (before.is_automation_counted, before.timezone);
    RETURN NULL;
END $$;
CREATE TRIGGER counting_of_stores_updated AFTER UPDATE ON experiments_store
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_counting_of_stores();
"""
BACKWARDS = """
DROP TRIGGER counting_of_stores_updated ON experiments_store;
DROP FUNCTION note_counting_of_stores();
"""


class Migration(migrations.Migration):
    dependencies = [("checkout_widgets", "0027_sale_changes_of_orders")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
