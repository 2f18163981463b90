-- Of the contacts at a store's newest send points: how many there are, and of how many no order names a visitor.
SELECT count(*), count(*) FILTER (WHERE NOT contact.is_known)
FROM (
    SELECT point.contact_id, bool_or(COALESCE(NULLIF(orders.visitor_id, ''), orders.linked_visitor_id, '') <> '') AS is_known
    FROM (
        SELECT run_id, contact_id FROM journeys_sendpoint
        WHERE store_id = %(store_id)s AND at >= %(since)s ORDER BY at DESC LIMIT %(most)s
    ) AS point
    JOIN journeys_run AS run ON run.id = point.run_id
    LEFT JOIN experiments_order AS orders ON orders.id = run.order_id
    GROUP BY point.contact_id
) AS contact
