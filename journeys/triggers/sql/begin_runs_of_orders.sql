-- Runs that orders begin, in running and paused journeys. What is there already stays, but for a parcel's day that was
-- corrected before the first step.
WITH version AS (
    -- The newest launched version of each journey that an order can begin.
    SELECT DISTINCT ON (version.journey_id) version.*, journey.started_at, journey.store_id
    FROM journeys_journeyversion AS version
    JOIN journeys_journey AS journey ON journey.id = version.journey_id
    WHERE journey.store_id = %(store_id)s AND journey.status IN ('running', 'paused')
        AND version.launched_at IS NOT NULL
    ORDER BY version.journey_id, version.number DESC
),
began AS (
    SELECT version.id AS version_id, version.journey_id, version.trigger, orders.id AS order_id, contact.id AS contact_id,
        event.at
    FROM version
    JOIN experiments_order AS orders ON orders.store_id = %(store_id)s AND orders.id = ANY(%(order_ids)s)
    -- The store is the journey's and no number: of a store that has begun since the table's statistics were made, the
    -- planner expects a single contact, and would read all of the store's for each order.
    JOIN journeys_contact AS contact
        ON contact.store_id = version.store_id AND contact.customer_key = orders.customer_key
    CROSS JOIN LATERAL (SELECT CASE version.trigger
        WHEN 'order_placed' THEN orders.placed_at
        WHEN 'order_paid' THEN CASE WHEN orders.status = 'paid' THEN orders.updated_at END
        WHEN 'shipped' THEN (
            SELECT min(shipment.shipped_at) FROM journeys_shipment AS shipment WHERE shipment.order_id = orders.id)
        -- Delivered is an order whose every parcel has arrived.
        WHEN 'delivered' THEN (
            SELECT max(shipment.delivered_at) FROM journeys_shipment AS shipment WHERE shipment.order_id = orders.id
            HAVING bool_and(shipment.delivered_at IS NOT NULL))
        -- The product that runs out first: by the days counted in the store's orders where the journey asks for them, else
        -- by those that it has for the category, for each unit.
        WHEN 'runs_out' THEN orders.placed_at + (
            SELECT make_interval(days => min(days.until_empty)::int)
            FROM experiments_orderline AS line
            JOIN checkout_widgets_product AS product ON product.store_id = orders.store_id AND product.sku = line.sku
            -- A product's own count goes before its category's, also where it says that few buy it again.
            LEFT JOIN LATERAL (
                SELECT counted.median_days FROM checkout_widgets_replenishmenttime AS counted
                WHERE counted.store_id = orders.store_id AND counted.quantity = line.quantity
                    AND (counted.product_id = product.id
                        OR counted.product_id IS NULL AND counted.category = product.category)
                    AND version.trigger_options ->> 'from_orders' = 'true'
                ORDER BY counted.product_id NULLS LAST LIMIT 1) AS counted ON true
            CROSS JOIN LATERAL (SELECT COALESCE(
                counted.median_days,
                (version.trigger_options -> 'category_days' ->> product.category)::bigint * line.quantity,
                (version.trigger_options ->> 'days')::bigint * line.quantity) AS until_empty) AS days
            WHERE line.order_id = orders.id AND days.until_empty > 0 AND days.until_empty <= 730)
        END AS at) AS event
    -- What was imported happened long ago, what only a browser told of anybody can make up, and nobody placed a renewal.
    WHERE orders.source NOT IN ('import', 'history', 'snippet') AND orders.repeat_kind = ''
        AND orders.status IN ('paid', 'on_hold')
        AND orders.placed_at >= version.started_at AND event.at IS NOT NULL
        AND (version.skus = '{}' AND version.categories = '{}' OR EXISTS (
            SELECT FROM experiments_orderline AS line
            LEFT JOIN checkout_widgets_product AS product
                ON product.store_id = orders.store_id AND product.sku = line.sku
            WHERE line.order_id = orders.id
                AND (line.sku = ANY(version.skus) OR product.category = ANY(version.categories))))
)
INSERT INTO journeys_run AS run
    (store_id, journey_id, version_id, contact_id, order_id, occasion, position, is_control, triggered_at, due_at,
     ended_reason)
SELECT %(store_id)s, began.journey_id, began.version_id, began.contact_id, began.order_id, 'order ' || began.order_id,
    0, false, began.at, began.at + wait.hours, ''
FROM began
JOIN journeys_journeystep AS step ON step.version_id = began.version_id AND step.position = 0
CROSS JOIN LATERAL (__step_wait__) AS wait
-- In one order everywhere: two calls that write the same rows in different orders deadlock.
ORDER BY began.journey_id, began.contact_id, began.order_id
ON CONFLICT (journey_id, contact_id, occasion) DO UPDATE SET
    triggered_at = EXCLUDED.triggered_at,
    due_at = EXCLUDED.due_at
-- A payment's time is that of the version that says so: a later version of the order moves nothing.
WHERE run.position = 0 AND run.ended_at IS NULL AND run.version_id = EXCLUDED.version_id
    AND run.triggered_at <> EXCLUDED.triggered_at
    AND EXISTS (SELECT FROM version WHERE version.id = run.version_id AND version.trigger IN ('shipped', 'delivered'))
