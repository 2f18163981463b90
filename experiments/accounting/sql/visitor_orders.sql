-- All orders that may be the outcome of an exposure's visitor, or may have led to the exposure: for a place that has
-- "exposure" and "span". Two queries and not one with OR, so that each reads its own index.
SELECT named.* FROM experiments_order AS named
WHERE named.store_id = %(store_id)s AND named.visitor_id = exposure.visitor_id
    AND named.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND named.placed_at < exposure.exposed_at + span.attributed
UNION ALL
SELECT linked.* FROM experiments_order AS linked
WHERE linked.store_id = %(store_id)s AND linked.linked_visitor_id = exposure.visitor_id
    AND linked.linked_visitor_id <> ''
    AND linked.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND linked.placed_at < exposure.exposed_at + span.attributed
