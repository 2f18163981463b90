-- Finds again whose some orders are, and all orders of some customers, and writes what changed.
-- The orders asked for and those of the customers, each once. Two queries and not one with OR, so that each reads its
-- own index.
WITH theirs AS MATERIALIZED (
    SELECT id FROM experiments_order WHERE store_id = %(store_id)s AND external_id = ANY(%(external_ids)s::text[])
    UNION
    SELECT id FROM experiments_order
    WHERE store_id = %(store_id)s AND customer_id = ANY(%(customers)s::text[]) AND customer_id <> ''
),
-- Each order with its link as it was and as it is now: none where the order names its visitor, else by the first claim,
-- else by the customer. Materialized: two parts read it.
found AS MATERIALIZED (
    SELECT orders.id, orders.external_id, orders.visitor_id, orders.linked_visitor_id AS before,
        CASE WHEN orders.visitor_id = '' THEN COALESCE(claim.visitor_id, seen.visitor_id, '') ELSE '' END AS now
    FROM theirs JOIN experiments_order AS orders USING (id)
    -- A claim that nobody verified counts only while the order has no other source: anybody can claim any order.
    LEFT JOIN LATERAL (
        SELECT claim.visitor_id FROM experiments_orderclaim AS claim
        WHERE claim.store_id = %(store_id)s AND claim.external_id = orders.external_id
            AND (claim.is_verified OR orders.source = 'snippet')
        ORDER BY claim.claimed_at, claim.visitor_id LIMIT 1
    ) AS claim ON true
    -- The visitor as whom the customer was seen last before the order, else first after it. The id breaks ties: the
    -- answer must not hang on the order in which rows are read.
    LEFT JOIN LATERAL (
        SELECT sighting.visitor_id FROM (
            SELECT named.placed_at AS at, named.visitor_id FROM experiments_order AS named
            -- The store is the row's and no number, as in visitor_orders.sql.
            WHERE named.store_id = orders.store_id AND named.customer_id = orders.customer_id AND named.customer_id <> ''
                AND named.visitor_id <> ''
            UNION ALL
            SELECT seen_at, visitor_id FROM experiments_customersighting
            WHERE store_id = orders.store_id AND customer_id = orders.customer_id AND orders.customer_id <> ''
        ) AS sighting
        ORDER BY sighting.at > orders.placed_at, abs(extract(epoch FROM sighting.at - orders.placed_at)),
            sighting.visitor_id
        LIMIT 1
    ) AS seen ON orders.visitor_id = '' AND claim.visitor_id IS NULL
),
-- Only what differs: an update of every row would rewrite all orders of a customer with each new one.
written AS (
    UPDATE experiments_order AS orders SET linked_visitor_id = found.now
    FROM found WHERE orders.id = found.id AND found.before <> found.now
)
-- result: one row an order, changed or not
SELECT external_id, visitor_id, before, now FROM found
