-- What the orders that count for an exposure have of some products: for a place that has "exposure", "experiment" and
-- "store" with the parts of leading_order.sql, and "chosen" with the products' skus.
SELECT count(*) AS orders, sum(line.units) AS units,
    -- Tax in proportion to the goods; by the metric's share where they come to nothing, as of taxed shipping alone.
    sum(part.net + CASE WHEN NOT store.is_tax_revenue THEN 0
        WHEN goods.net > 0 THEN round(orders.tax_minor * part.net / goods.net)
        ELSE round(orders.tax_minor * share.numerator / share.denominator) END) AS revenue,
    -- Tax is paid back in proportion to the goods.
    sum(refund.amount + CASE WHEN store.is_tax_revenue AND goods.net > 0 THEN
        round(orders.tax_minor * refund.amount / goods.net) ELSE 0 END) AS refunded
FROM ({visitor_orders}) AS orders
-- The order's lines, each after its own discount: all of them, and those of the metric's products.
CROSS JOIN LATERAL (
    SELECT sum(price_minor * quantity::numeric) AS merchandise,
        sum(price_minor * quantity::numeric - discount_minor) AS value,
        sum(price_minor * quantity::numeric - discount_minor) FILTER (WHERE sku = ANY(chosen.skus)) AS chosen,
        sum(quantity) AS items, sum(quantity) FILTER (WHERE sku = ANY(chosen.skus)) AS units
    FROM experiments_orderline WHERE order_id = orders.id
) AS line
-- All goods after all discounts, as revenue counts them.
CROSS JOIN LATERAL (SELECT line.merchandise - orders.discount_minor AS net) AS goods
-- The metric's share of the goods, as a fraction; by pieces where the lines come to nothing.
CROSS JOIN LATERAL (
    SELECT CASE WHEN line.value > 0 THEN line.chosen ELSE line.units END AS numerator,
        CASE WHEN line.value > 0 THEN line.value ELSE line.items END AS denominator
) AS share
-- A discount that the order doesn't allot to its lines is taken off all of them in proportion.
CROSS JOIN LATERAL (
    SELECT CASE WHEN line.value = goods.net THEN line.chosen
        ELSE round(goods.net * share.numerator / share.denominator) END AS net
) AS part
-- Refunds by what they name: of a refund's products those of the metric, by what was paid for them. One that
-- names none of the order's products is of all goods in proportion. What goes beyond the goods was shipping, and
-- no revenue, so that all refunds of an order are cut in proportion; a metric of all products loses as much as
-- revenue does.
CROSS JOIN LATERAL (
    SELECT GREATEST(LEAST(
        COALESCE(round(
            sum(paid_back.of_metric) * LEAST(sum(paid_back.amount), GREATEST(goods.net, 0))
            / NULLIF(sum(paid_back.amount), 0)
        ), 0),
        part.net
    ), 0) AS amount
    FROM (
        SELECT amount_minor AS amount, CASE WHEN named.value > 0 THEN amount_minor * named.chosen / named.value
            ELSE amount_minor * share.numerator / share.denominator END AS of_metric
        FROM experiments_refund
        CROSS JOIN LATERAL (
            SELECT sum(price.unit * returned.quantity) AS value,
                COALESCE(sum(price.unit * returned.quantity) FILTER (WHERE returned.sku = ANY(chosen.skus)), 0)
                    AS chosen
            FROM (
                -- A quantity that is no number says nothing.
                SELECT entry ->> 'sku' AS sku, CASE WHEN jsonb_typeof(entry -> 'quantity') = 'number'
                    THEN (entry ->> 'quantity')::numeric ELSE 0 END AS quantity
                FROM jsonb_array_elements(
                    CASE WHEN jsonb_typeof(experiments_refund.lines) = 'array' THEN experiments_refund.lines
                        ELSE '[]' END
                ) AS entry
            ) AS returned
            -- What was paid for a piece of it; several lines may have the same product.
            CROSS JOIN LATERAL (
                SELECT sum(price_minor * quantity::numeric - discount_minor) / sum(quantity) AS unit
                FROM experiments_orderline WHERE order_id = orders.id AND sku = returned.sku
            ) AS price
        ) AS named
        WHERE order_id = orders.id
    ) AS paid_back
) AS refund
WHERE line.units > 0 AND {is_counted}
