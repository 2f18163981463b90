-- All orders that may be the outcome of an exposure's visitor or customer, or may have led to the exposure: for a place
-- that has "experiment", "exposure" and "span". Several queries and not one with OR, so that each reads its own index; of
-- which unit the test is decides which of them run at all.
-- The store is the experiment's and no number: of a store that has begun since the table's statistics were made, the
-- planner expects a single order, and would read all of the store's for each exposure.
SELECT named.* FROM experiments_order AS named
WHERE experiment.unit = 'visitor' AND named.store_id = experiment.store_id AND named.visitor_id = exposure.visitor_id
    AND named.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND named.placed_at < exposure.exposed_at + span.attributed
UNION ALL
SELECT linked.* FROM experiments_order AS linked
WHERE experiment.unit = 'visitor' AND linked.store_id = experiment.store_id
    AND linked.linked_visitor_id = exposure.visitor_id AND linked.linked_visitor_id <> ''
    AND linked.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND linked.placed_at < exposure.exposed_at + span.attributed
UNION ALL
-- What the customer bought on whatever device; the exposure has "c:" before the customer's key.
SELECT owned.* FROM experiments_order AS owned
WHERE experiment.unit = 'customer' AND owned.store_id = experiment.store_id
    AND owned.customer_key = substr(exposure.visitor_id, 3) AND owned.customer_key <> ''
    AND owned.placed_at > exposure.exposed_at AND owned.placed_at < exposure.exposed_at + span.attributed
