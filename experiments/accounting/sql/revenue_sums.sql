-- Revenue before refunds and what was refunded, as sums over orders: for a place that has "orders", "goods", "refund" and
-- "store".
COALESCE(sum(
    goods.net + CASE WHEN store.is_tax_revenue THEN orders.tax_minor ELSE 0 END
    + CASE WHEN store.is_shipping_revenue THEN orders.shipping_minor ELSE 0 END
), 0) AS revenue,
-- Tax is paid back in proportion to the goods.
COALESCE(sum(refund.amount + CASE WHEN store.is_tax_revenue AND goods.net > 0 THEN
    round(orders.tax_minor * refund.amount / goods.net) ELSE 0 END), 0) AS refunded
