-- Links renewals and copies to the orders that they were made from.
-- Those of which the source doesn't say it.
WITH repeated AS MATERIALIZED (
    SELECT id, store_id, customer_id, placed_at FROM experiments_order
    WHERE store_id = %(store_id)s AND external_id = ANY(%(external_ids)s::text[])
        AND repeat_kind <> '' AND first_external_id = ''
),
-- Each with its first order, null where there is none yet. The id breaks ties: the answer must not hang on the order in
-- which rows are read.
found AS (
    SELECT repeated.id, COALESCE(accepted.external_id, bought.external_id) AS external_id
    FROM repeated
    -- The earliest order that a shopper placed with the same acceptance.
    LEFT JOIN LATERAL (
        SELECT orders.external_id FROM experiments_orderline AS own
        JOIN experiments_orderline AS line ON line.acceptance_id = own.acceptance_id
        JOIN experiments_order AS orders ON orders.id = line.order_id
        WHERE own.order_id = repeated.id AND own.acceptance_id IS NOT NULL
            AND orders.store_id = %(store_id)s AND orders.repeat_kind = '' AND orders.placed_at <= repeated.placed_at
        ORDER BY orders.placed_at, orders.external_id LIMIT 1
    ) AS accepted ON true
    -- The customer's earliest with one of the same products: without the product any order would do, such as one from
    -- before the subscription.
    LEFT JOIN LATERAL (
        SELECT orders.external_id FROM experiments_order AS orders
        -- The store is the row's and no number, as in visitor_orders.sql.
        WHERE orders.store_id = repeated.store_id AND orders.customer_id = repeated.customer_id
            AND orders.customer_id <> '' AND orders.repeat_kind = '' AND orders.placed_at <= repeated.placed_at
            AND EXISTS (
                SELECT FROM experiments_orderline AS line JOIN experiments_orderline AS own USING (sku)
                WHERE line.order_id = orders.id AND own.order_id = repeated.id AND line.sku <> '')
        ORDER BY orders.placed_at, orders.external_id LIMIT 1
    ) AS bought ON true
)
-- result: the number of rows written
UPDATE experiments_order AS orders SET first_external_id = found.external_id
FROM found WHERE orders.id = found.id AND found.external_id IS NOT NULL
