-- The audience of a campaign as it is now: a run for each contact whom the rule names, due in batches.
WITH audience AS (
    SELECT contact.id, row_number() OVER (ORDER BY contact.id) - 1 AS place
    FROM journeys_contact AS contact
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders, max(orders.placed_at) AS last_at,
            sum(orders.total_minor) FILTER (WHERE orders.currency = %(currency)s) AS spent_minor
        FROM experiments_order AS orders
        WHERE orders.store_id = contact.store_id AND orders.customer_key = contact.customer_key
            AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold')) AS bought
    WHERE contact.store_id = %(store_id)s
        AND (%(ordered_since)s::timestamptz IS NULL OR bought.last_at >= %(ordered_since)s)
        AND (%(not_ordered_since)s::timestamptz IS NULL OR bought.last_at < %(not_ordered_since)s)
        AND (%(least_orders)s::int IS NULL OR bought.orders >= %(least_orders)s)
        AND (%(least_spent_minor)s::bigint IS NULL OR bought.spent_minor >= %(least_spent_minor)s)
        AND (%(countries)s::text[] = '{}' OR contact.country = ANY(%(countries)s))
        AND (%(answers)s::text[] = '{}' OR EXISTS (
            SELECT FROM journeys_questionanswer AS answer
            WHERE answer.contact_id = contact.id AND answer.tag = ANY(%(answers)s))
            OR EXISTS (
                SELECT FROM checkout_widgets_confirmationanswer AS answer
                WHERE answer.store_id = contact.store_id AND answer.customer_key = contact.customer_key
                    AND answer.customer_key <> '' AND answer.tag = ANY(%(answers)s)))
        AND (%(stages)s::text[] = '{}' OR EXISTS (
            SELECT FROM journeys_contactstage AS stage
            WHERE stage.contact_id = contact.id AND __stage_of__ = ANY(%(stages)s)))
        AND (%(skus)s::text[] = '{}' AND %(categories)s::text[] = '{}' OR EXISTS (
            SELECT FROM experiments_order AS orders
            JOIN experiments_orderline AS line ON line.order_id = orders.id
            LEFT JOIN checkout_widgets_product AS product
                ON product.store_id = orders.store_id AND product.sku = line.sku
            WHERE orders.store_id = contact.store_id AND orders.customer_key = contact.customer_key
                AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold')
                AND (line.sku = ANY(%(skus)s) OR product.category = ANY(%(categories)s))))
)
-- result: whom the rule names
INSERT INTO journeys_run
    (store_id, journey_id, version_id, contact_id, occasion, position, is_control, triggered_at, due_at, ended_reason)
SELECT %(store_id)s, %(journey_id)s, %(version_id)s, audience.id, 'campaign', 0, false, %(at)s,
    %(at)s + make_interval(hours => step.wait_hours, mins => (audience.place / %(batch)s * %(every_minutes)s)::int), ''
FROM audience
JOIN journeys_journeystep AS step ON step.version_id = %(version_id)s AND step.position = 0
ORDER BY audience.id
ON CONFLICT (journey_id, contact_id, occasion) DO NOTHING
