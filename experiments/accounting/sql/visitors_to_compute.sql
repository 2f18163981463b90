-- The exposed visitors whose outcome may be anything but nothing.
-- Not materialized: each part reads only the rows and columns that it needs of it.
WITH exposed AS NOT MATERIALIZED (SELECT * FROM experiments_exposure WHERE {where}),
-- Visitors and customers with orders; materialized: read once, whatever the planner guesses of its size.
buyer AS MATERIALIZED (
    SELECT visitor_id FROM experiments_order WHERE store_id = %(store_id)s AND visitor_id <> ''
    UNION SELECT linked_visitor_id FROM experiments_order WHERE store_id = %(store_id)s AND linked_visitor_id <> ''
    -- Customers, as exposures name them.
    UNION SELECT 'c:' || customer_key FROM experiments_order WHERE store_id = %(store_id)s AND customer_key <> ''
)
-- result: exposed visitors who have orders, and those who have none any more but whose outcome is still that of some
-- order, by a custom metric or in the long term too
SELECT visitor_id FROM exposed JOIN buyer USING (visitor_id)
UNION SELECT visitor_id FROM exposed
WHERE (orders, revenue_minor, refunded_minor, items, upsell_minor, margin_minor, has_accepted, prior_order_minor)
    IS DISTINCT FROM (0, 0, 0, 0, 0, 0, false, NULL::bigint)
UNION SELECT visitor_id FROM experiments_customoutcome WHERE chosen_id IN (
    SELECT chosen.id FROM experiments_chosenmetric AS chosen
    JOIN (SELECT id AS experiment_id, store_id FROM experiments_experiment) AS test USING (experiment_id)
    WHERE {where})
UNION SELECT visitor_id FROM experiments_longoutcome WHERE experiment_id IN (
    SELECT experiment_id FROM (SELECT id AS experiment_id, store_id FROM experiments_experiment) AS test WHERE {where})
ORDER BY visitor_id
