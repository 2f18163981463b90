-- What customers ordered after a person had clicked a variant's message, each order once: how many orders, and what their
-- goods were worth, net of discounts and refunds, as recompute_outcomes.sql has it.
WITH clicked AS MATERIALIZED (
    SELECT DISTINCT contact.customer_key, event.at
    FROM journeys_journeystep AS step
    JOIN journeys_sendpoint AS point ON point.step_id = step.id AND point.variant_id = %(variant_id)s
    JOIN journeys_contact AS contact ON contact.id = point.contact_id
    JOIN journeys_customermessage AS message ON message.send_point_id = point.id
    JOIN journeys_messageevent AS event ON event.message_id = message.id
    WHERE step.experiment_id = %(experiment_id)s AND event.kind IN ('clicked', 'accepted')
),
-- Looked up by the index of a customer's orders, one click at a time.
attributed AS (
    SELECT DISTINCT named.id FROM clicked
    CROSS JOIN LATERAL (
        SELECT id FROM experiments_order
        WHERE store_id = %(store_id)s AND customer_key = clicked.customer_key AND customer_key <> ''
            AND placed_at >= clicked.at AND placed_at < clicked.at + make_interval(days => %(window)s)
            AND placed_at <= %(until)s
    ) AS named
)
-- result: one row
SELECT count(*), COALESCE(sum(worth.revenue - worth.refunded), 0)
FROM attributed
JOIN experiments_order AS single ON single.id = attributed.id
JOIN experiments_store AS store ON store.id = single.store_id
CROSS JOIN LATERAL (
    SELECT {revenue_sums}
    FROM (SELECT single.*) AS orders
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS merchandise
        FROM experiments_orderline WHERE order_id = orders.id
    ) AS line
    {order_value}
) AS worth
WHERE single.currency = store.currency AND single.status IN ('paid', 'on_hold')
    AND (single.repeat_kind = '' OR store.is_repeat_counted) AND (single.source <> 'snippet' OR {is_unsigned_counted})
