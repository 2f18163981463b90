-- Sightings of customers as visitors; of each pair the first time stays.
INSERT INTO experiments_customersighting AS stored (store_id, customer_id, visitor_id, seen_at)
SELECT %(store_id)s, customer_id, visitor_id, min(seen_at)
FROM unnest(%(customer_id)s::text[], %(visitor_id)s::text[], %(seen_at)s::timestamptz[])
    AS sighting (customer_id, visitor_id, seen_at)
-- One row a pair: ON CONFLICT can't touch a row twice in one statement. In one order everywhere: two statements that
-- lock the same rows in different orders deadlock.
GROUP BY customer_id, visitor_id ORDER BY customer_id, visitor_id
ON CONFLICT (store_id, customer_id, visitor_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
WHERE EXCLUDED.seen_at < stored.seen_at
