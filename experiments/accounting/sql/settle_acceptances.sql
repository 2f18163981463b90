-- Lets each acceptance count for its first order, and refuses the lines of all others with "already_used".
-- The orders that carry each acceptance, with all that says which is the first. Once an order: two lines of one order
-- may have the same acceptance.
WITH carrying AS MATERIALIZED (
    SELECT DISTINCT line.acceptance_id, orders.id AS order_id, orders.source = 'snippet' AS is_unsigned,
        orders.placed_at, orders.external_id,
        orders.status IN ('paid', 'on_hold') AND orders.currency = store.currency AND orders.repeat_kind = '' AS counts
    FROM experiments_orderline AS line
    JOIN experiments_order AS orders ON orders.id = line.order_id AND orders.store_id = %(store_id)s
    JOIN experiments_store AS store ON store.id = orders.store_id
    WHERE line.acceptance_id = ANY(%(acceptances)s::uuid[])
),
-- One order an acceptance. An order that doesn't count comes after all that do: else one left unpaid would take the
-- acceptance from the order that was paid in its place.
first AS (
    SELECT DISTINCT ON (acceptance_id) acceptance_id, order_id FROM carrying
    ORDER BY acceptance_id, NOT counts, is_unsigned, placed_at, external_id
),
-- Only lines that change: their visitors' outcomes are due, and nobody else's.
written AS (
    UPDATE experiments_orderline AS line SET
        experiment_key = CASE WHEN line.order_id = first.order_id THEN line.token_experiment_key ELSE '' END,
        is_upsell = line.order_id = first.order_id,
        refused_code = CASE WHEN line.order_id = first.order_id THEN '' ELSE 'already_used' END
    FROM carrying JOIN first USING (acceptance_id)
    WHERE line.order_id = carrying.order_id AND line.acceptance_id = carrying.acceptance_id
        AND line.is_upsell <> (line.order_id = first.order_id)
    RETURNING line.order_id
)
-- result: one row a visitor named, visitor linked and customer, empty where there is none
SELECT DISTINCT orders.visitor_id, orders.linked_visitor_id, orders.customer_key
FROM experiments_order AS orders JOIN written ON written.order_id = orders.id
