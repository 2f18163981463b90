-- Runs of customers who have come to a stage. Each order or contract comes to it once.
INSERT INTO journeys_run
    (store_id, journey_id, version_id, contact_id, order_id, occasion, position, is_control, triggered_at, due_at,
     ended_reason)
SELECT stage.store_id, %(journey_id)s, %(version_id)s, stage.contact_id, stage.order_id,
    'stage ' || %(stage)s || ' ' || CASE WHEN %(stage)s = 'renewal' AND stage.renewal_until IS NOT NULL
        THEN 'until ' || to_char(stage.renewal_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        ELSE 'order ' || COALESCE(stage.order_id::text, 'that is gone') END,
    0, false, begins.at, begins.at + wait.hours, ''
FROM journeys_contactstage AS stage
JOIN journeys_journeystep AS step ON step.version_id = %(version_id)s AND step.position = 0
CROSS JOIN LATERAL (SELECT CASE %(stage)s
    WHEN 'unboxing' THEN stage.arrived_at
    WHEN 'usage' THEN stage.usage_at
    WHEN 'care' THEN stage.care_at
    WHEN 'renewal' THEN stage.renewal_at
    END AS at) AS begins
CROSS JOIN LATERAL (__step_wait__) AS wait
WHERE stage.store_id = %(store_id)s AND begins.at > %(after)s AND begins.at <= %(now)s
    -- Not where another one begins at the same time, such as a contract's renewal.
    AND __stage_of__ = %(stage)s
    AND (%(skus)s::text[] = '{}' AND %(categories)s::text[] = '{}' OR EXISTS (
        SELECT FROM experiments_orderline AS line
        LEFT JOIN checkout_widgets_product AS product ON product.store_id = stage.store_id AND product.sku = line.sku
        WHERE line.order_id = stage.order_id
            AND (line.sku = ANY(%(skus)s) OR product.category = ANY(%(categories)s))))
ORDER BY stage.contact_id
ON CONFLICT (journey_id, contact_id, occasion) DO NOTHING
