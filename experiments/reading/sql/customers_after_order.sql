-- What customers ordered in the days after an order: those whose first order of some weeks was long enough ago.
WITH began AS (
    SELECT DISTINCT ON (customer_key) customer_key, id, placed_at FROM experiments_order
    WHERE store_id = %(store_id)s AND placed_at >= %(since)s AND placed_at < %(until)s AND customer_key <> ''
        AND status IN ('paid', 'on_hold')
    ORDER BY customer_key, placed_at, id
)
-- result: one row of sums, over customers
SELECT count(*), count(*) FILTER (WHERE later.orders > 0), COALESCE(sum(later.orders), 0),
    COALESCE(sum(later.revenue), 0), COALESCE(sum(later.revenue * later.revenue), 0)
FROM began
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, COALESCE(sum(orders.subtotal_minor - orders.discount_minor
        + CASE WHEN %(is_tax_revenue)s THEN orders.tax_minor ELSE 0 END
        + CASE WHEN %(is_shipping_revenue)s THEN orders.shipping_minor ELSE 0 END), 0) AS revenue
    FROM experiments_order AS orders
    WHERE orders.store_id = %(store_id)s AND orders.customer_key = began.customer_key AND orders.customer_key <> ''
        AND orders.status IN ('paid', 'on_hold') AND orders.repeat_kind = '' AND orders.currency = %(currency)s
        AND orders.id <> began.id AND orders.placed_at >= began.placed_at
        AND orders.placed_at < began.placed_at + make_interval(days => %(window)s)
) AS later
