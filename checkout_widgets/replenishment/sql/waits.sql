-- How long customers waited until they bought the same product again, or for how long they haven't yet.
-- A customer's purchases of a product by the store's day: what was bought on one day is one purchase.
WITH purchase AS MATERIALIZED (
    SELECT placed.customer_key, product.id AS product_id, product.category,
        (placed.placed_at AT TIME ZONE %(zone)s)::date AS day, sum(line.quantity) AS quantity,
        bool_or(placed.repeat_kind = '') AS is_chosen
    FROM experiments_order AS placed
    JOIN experiments_orderline AS line ON line.order_id = placed.id
    JOIN checkout_widgets_product AS product ON product.store_id = placed.store_id AND product.sku = line.sku
    WHERE placed.store_id = %(store_id)s AND placed.customer_key <> ''
        AND placed.placed_at >= %(since)s AND placed.placed_at < %(until)s
        AND placed.status IN ('paid', 'on_hold')
        -- Anybody can send an order from a browser.
        AND placed.source <> 'snippet'
        AND product.kind = 'goods'
    GROUP BY 1, 2, 3, 4
),
-- With the next one, which ends the wait: a renewal ends it too, but nobody chose when it came.
followed AS (
    SELECT purchase.*,
        COALESCE(lead(day) OVER own, %(last_day)s::date) - day AS days,
        COALESCE(lead(is_chosen) OVER own, false) AS is_again
    FROM purchase
    WINDOW own AS (PARTITION BY customer_key, product_id ORDER BY day)
),
-- Each customer's first purchase in each quantity alone, so that one who buys every week counts once.
numbered AS (
    SELECT followed.*,
        row_number() OVER (PARTITION BY customer_key, product_id, quantity ORDER BY day) AS of_product,
        row_number() OVER (PARTITION BY customer_key, category, quantity ORDER BY day, product_id) AS of_category
    FROM followed WHERE is_chosen
),
counted AS (
    SELECT product_id, '' AS category, quantity, days, is_again, count(*) AS customers
    FROM numbered WHERE of_product = 1 GROUP BY product_id, quantity, days, is_again
    UNION ALL
    SELECT NULL, category, quantity, days, is_again, count(*)
    FROM numbered WHERE of_category = 1 AND category <> '' GROUP BY category, quantity, days, is_again
)
-- result: one row for each product or category and quantity that enough customers bought again
SELECT product_id, category, quantity::bigint, array_agg(days), array_agg(is_again), array_agg(customers)
FROM counted
GROUP BY product_id, category, quantity
HAVING sum(customers) FILTER (WHERE is_again) >= %(least)s
ORDER BY product_id, category, quantity
