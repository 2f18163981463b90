-- Runs of customers whose last order is now so many days old. Each order lapses once.
INSERT INTO journeys_run
    (store_id, journey_id, version_id, contact_id, order_id, occasion, position, is_control, triggered_at, due_at,
     ended_reason)
SELECT orders.store_id, %(journey_id)s, %(version_id)s, contact.id, orders.id, 'order ' || orders.id, 0, false,
    begins.at, begins.at + wait.hours, ''
FROM experiments_order AS orders
JOIN journeys_contact AS contact ON contact.store_id = orders.store_id AND contact.customer_key = orders.customer_key
JOIN journeys_journeystep AS step ON step.version_id = %(version_id)s AND step.position = 0
CROSS JOIN LATERAL (SELECT orders.placed_at + make_interval(days => %(days)s) AS at) AS begins
CROSS JOIN LATERAL (__step_wait__) AS wait
WHERE orders.store_id = %(store_id)s AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold')
    AND orders.repeat_kind = ''
    AND orders.placed_at BETWEEN %(after)s - make_interval(days => %(days)s)
        AND %(now)s - make_interval(days => %(days)s)
    AND NOT EXISTS (
        SELECT FROM experiments_order AS later
        WHERE later.store_id = orders.store_id AND later.customer_key = orders.customer_key AND later.customer_key <> ''
            AND later.status IN ('paid', 'on_hold') AND later.repeat_kind = ''
            AND (later.placed_at, later.id) > (orders.placed_at, orders.id))
    AND (%(skus)s::text[] = '{}' AND %(categories)s::text[] = '{}' OR EXISTS (
        SELECT FROM experiments_orderline AS line
        LEFT JOIN checkout_widgets_product AS product
            ON product.store_id = orders.store_id AND product.sku = line.sku
        WHERE line.order_id = orders.id
            AND (line.sku = ANY(%(skus)s) OR product.category = ANY(%(categories)s))))
ORDER BY contact.id, orders.id
ON CONFLICT (journey_id, contact_id, occasion) DO NOTHING
