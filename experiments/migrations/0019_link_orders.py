"""Link the orders that name only a customer to the visitor whom that customer's nearest order names, and remember which
stores send orders themselves."""

from django.db import migrations

FORWARDS = """
UPDATE experiments_order AS orders SET linked_visitor_id = found.visitor_id
FROM (
    SELECT unnamed.id, near.visitor_id FROM experiments_order AS unnamed
    CROSS JOIN LATERAL (
        SELECT named.visitor_id FROM experiments_order AS named
        WHERE named.store_id = unnamed.store_id AND named.customer_id = unnamed.customer_id
            AND named.customer_id <> '' AND named.visitor_id <> ''
        ORDER BY named.placed_at > unnamed.placed_at, abs(extract(epoch FROM named.placed_at - unnamed.placed_at)),
            named.visitor_id
        LIMIT 1
    ) AS near
    WHERE unnamed.customer_id <> '' AND unnamed.visitor_id = ''
) AS found
WHERE orders.id = found.id;

UPDATE experiments_store AS store SET first_signed_at = signed.at
FROM (
    SELECT store_id, min(received_at) AS at FROM experiments_order
    WHERE source NOT IN ('snippet', 'import', 'history') GROUP BY store_id
) AS signed
WHERE store.id = signed.store_id;
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0018_identity_and_unsigned_orders")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
