-- What each known customer bought on each of the store's days: the customer as a digest (two of a million share one with a
-- probability below one in ten million), the day since 1970, how many categories the day's first order has, and revenue
-- net of refunds, in minor units.
-- Orders count as they do for long-term outcomes (recompute_long_outcomes.sql), renewals too: they are what a long time
-- brings.
SELECT hashtextextended(bought.customer_key, 0), bought.day, bought.categories,
    (bought.revenue - bought.refunded)::bigint
FROM (
    SELECT orders.customer_key, (orders.placed_at AT TIME ZONE %(zone)s)::date - date '1970-01-01' AS day,
        (array_agg(line.categories ORDER BY orders.placed_at, orders.id))[1] AS categories, {revenue_sums}
    FROM experiments_order AS orders
    JOIN experiments_store AS store ON store.id = orders.store_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(bought.price_minor * bought.quantity::numeric), 0) AS merchandise,
            count(DISTINCT product.category) AS categories
        FROM experiments_orderline AS bought
        LEFT JOIN checkout_widgets_product AS product ON product.store_id = %(store_id)s AND product.sku = bought.sku
            AND product.category <> '' AND product.kind = 'goods'
        WHERE bought.order_id = orders.id
    ) AS line
    {order_value}
    WHERE orders.store_id = %(store_id)s AND orders.customer_key {whose} AND orders.placed_at < %(until)s
        AND orders.currency = store.currency AND orders.status IN ('paid', 'on_hold')
        AND (orders.repeat_kind IN ('', 'renewal') OR store.is_repeat_counted)
        AND (orders.source <> 'snippet' OR {is_unsigned_counted})
    GROUP BY orders.customer_key, day
) AS bought
