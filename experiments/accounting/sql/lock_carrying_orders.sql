-- Locks the orders that carry an acceptance, by id: two settlements that lock them in different orders deadlock. Whoever links one of them to another visitor waits, and then sees the lines as they are
-- here; a link that is being written is waited for, and its visitor is the one that settle_acceptances.sql returns.
SELECT orders.id FROM experiments_order AS orders
WHERE orders.store_id = %(store_id)s AND orders.id IN (
    SELECT order_id FROM experiments_orderline WHERE acceptance_id = ANY(%(acceptances)s::uuid[]))
ORDER BY orders.id FOR NO KEY UPDATE
