-- Values of a store's counted orders from one end of its past.
-- What the store says comes as parameters: joined, the planner guesses that few orders match, and reads the whole table.
SELECT order_value.minor
FROM experiments_order AS orders
-- Its value as outcomes count revenue: goods after discounts, with tax or shipping where the store says so.
CROSS JOIN LATERAL (
    SELECT orders.subtotal_minor - orders.discount_minor
        + CASE WHEN %(is_tax_revenue)s THEN orders.tax_minor ELSE 0 END
        + CASE WHEN %(is_shipping_revenue)s THEN orders.shipping_minor ELSE 0 END AS minor
) AS order_value
WHERE orders.store_id = %(store_id)s AND orders.placed_at >= %(since)s AND orders.placed_at < %(before)s
    AND orders.status IN ('paid', 'on_hold') AND orders.currency = %(currency)s AND order_value.minor <> 0
    -- What doesn't count is left out here as it is of outcomes: else a cap would be that of other orders.
    AND (orders.repeat_kind = '' OR %(is_repeat_counted)s)
    AND (orders.source <> 'snippet' OR %(is_unsigned_counted)s)
ORDER BY orders.placed_at {direction}, orders.id {direction} LIMIT %(most)s
