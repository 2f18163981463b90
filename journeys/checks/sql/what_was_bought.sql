-- What the contact of each point bought: in the order that began the run, or the last one where none did; and ever.
SELECT point.number,
    ARRAY(SELECT line.sku FROM experiments_orderline AS line WHERE line.order_id = COALESCE(point.order_id, last.id)),
    ARRAY(
        SELECT DISTINCT line.sku FROM (
            SELECT id FROM experiments_order
            -- As in contact_facts.sql: the index of customers' orders has none without a customer.
            WHERE store_id = contact.store_id AND customer_key = contact.customer_key AND customer_key <> ''
                AND status IN ('paid', 'on_hold') OFFSET 0) AS bought
        JOIN experiments_orderline AS line ON line.order_id = bought.id)
FROM unnest(%(number)s::int[], %(contact_id)s::bigint[], %(order_id)s::bigint[], %(at)s::timestamptz[])
    AS point (number, contact_id, order_id, at)
JOIN LATERAL (SELECT store_id, customer_key FROM journeys_contact WHERE id = point.contact_id OFFSET 0) AS contact ON true
LEFT JOIN LATERAL (
    SELECT orders.id FROM experiments_order AS orders
    WHERE point.order_id IS NULL AND orders.store_id = contact.store_id
        AND orders.customer_key = contact.customer_key AND orders.customer_key <> ''
        AND orders.status IN ('paid', 'on_hold') AND orders.placed_at <= point.at
    ORDER BY orders.placed_at DESC LIMIT 1) AS last ON true
