-- Runs of customers whose order of lately brought them close to a tier: once for each tier of a journey.
WITH moved AS (
    SELECT DISTINCT orders.customer_key
    FROM experiments_order AS orders
    WHERE orders.store_id = %(store_id)s AND orders.customer_key <> '' AND orders.placed_at BETWEEN %(after)s AND %(now)s
),
spent AS (
    -- What was kept of what was paid, in the store's currency, and the last order.
    SELECT moved.customer_key, total.minor, total.last_id, total.last_at
    FROM moved
    CROSS JOIN LATERAL (
        SELECT sum(orders.total_minor - COALESCE(refunded.minor, 0)) AS minor,
            (array_agg(orders.id ORDER BY orders.placed_at DESC, orders.id DESC))[1] AS last_id,
            max(orders.placed_at) AS last_at
        FROM experiments_order AS orders
        LEFT JOIN LATERAL (
            SELECT sum(refund.amount_minor) AS minor FROM experiments_refund AS refund
            WHERE refund.order_id = orders.id) AS refunded ON true
        -- The index of customers' orders has none without a customer: unless that is said, all orders are read.
        WHERE orders.store_id = %(store_id)s AND orders.customer_key = moved.customer_key AND orders.customer_key <> ''
            AND orders.status IN ('paid', 'on_hold') AND orders.currency = %(currency)s
            AND orders.placed_at > %(now)s - make_interval(days => %(days)s)) AS total
)
INSERT INTO journeys_run
    (store_id, journey_id, version_id, contact_id, order_id, occasion, position, is_control, triggered_at, due_at,
     ended_reason)
SELECT %(store_id)s, %(journey_id)s, %(version_id)s, contact.id, spent.last_id, 'tier ' || %(spent_minor)s, 0, false,
    spent.last_at, spent.last_at + wait.hours, ''
FROM spent
JOIN journeys_contact AS contact
    ON contact.store_id = %(store_id)s AND contact.customer_key = spent.customer_key
JOIN journeys_journeystep AS step ON step.version_id = %(version_id)s AND step.position = 0
CROSS JOIN LATERAL (__step_wait__) AS wait
WHERE spent.last_at >= %(after)s AND spent.minor < %(spent_minor)s AND spent.minor >= %(spent_minor)s - %(within_minor)s
ORDER BY contact.id
ON CONFLICT (journey_id, contact_id, occasion) DO NOTHING
