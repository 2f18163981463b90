-- What the goods of a store's orders of a time came to, after discounts: of the orders that count, as
-- recompute_outcomes.sql has it.
-- result: one row
SELECT COALESCE(sum(goods.amount - orders.discount_minor), 0)
FROM experiments_order AS orders
JOIN experiments_store AS store ON store.id = orders.store_id
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS amount
    FROM experiments_orderline WHERE order_id = orders.id
) AS goods
WHERE orders.store_id = %(store_id)s AND orders.placed_at >= %(since)s AND orders.placed_at < %(until)s
    AND orders.currency = store.currency AND orders.status IN ('paid', 'on_hold')
    AND (orders.repeat_kind = '' OR store.is_repeat_counted)
    AND (orders.source <> 'snippet' OR store.unsigned_orders = 'always'
        OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL))
