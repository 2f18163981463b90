-- What came of the offers of a store that were taken within a day, by variant, step of a sequence, offer, dimension and value.
WITH taken AS MATERIALIZED (
    SELECT acceptance.jti, acceptance.offer_id, acceptance.about, acceptance.step, variant.id AS variant_id
    FROM checkout_widgets_acceptance AS acceptance
    JOIN experiments_experiment AS experiment
        ON experiment.store_id = acceptance.store_id AND experiment.key = acceptance.experiment_key
    JOIN experiments_variant AS variant
        ON variant.experiment_id = experiment.id AND variant.key = acceptance.variant_key
    WHERE acceptance.store_id = %(store_id)s
        AND acceptance.accepted_at >= %(begins)s AND acceptance.accepted_at < %(ends)s
),
-- The lines that were bought by an acceptance, in orders that count: as recompute_outcomes.sql has it.
line AS (
    SELECT taken.jti, line.id, line.order_id, line.sku, line.quantity, line.cost_minor,
        line.price_minor * line.quantity::numeric - line.discount_minor AS net
    FROM taken
    JOIN experiments_orderline AS line ON line.acceptance_id = taken.jti AND line.experiment_key <> ''
    JOIN experiments_order AS orders ON orders.id = line.order_id AND orders.store_id = %(store_id)s
    JOIN experiments_store AS store ON store.id = orders.store_id
    WHERE orders.currency = store.currency
        AND orders.status IN ('paid', 'on_hold')
        AND (orders.repeat_kind = '' OR store.is_repeat_counted)
        AND (orders.source <> 'snippet' OR store.unsigned_orders = 'always'
            OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL))
),
-- What was paid back of a line, never more than it was worth. A refund that names products pays back these: where
-- another line has the same product, each in proportion. One that names none pays back all goods in proportion.
refunded AS (
    SELECT line.id, LEAST(GREATEST(line.net, 0), COALESCE(sum(round(CASE
        WHEN jsonb_array_length(refund.lines) > 0 THEN line.net * LEAST(named.quantity / goods.of_product, 1)
        WHEN goods.net > 0 THEN LEAST(refund.amount_minor, goods.net) * line.net / goods.net
        ELSE 0 END)), 0)) AS amount
    FROM line
    JOIN experiments_refund AS refund ON refund.order_id = line.order_id
    JOIN experiments_order AS orders ON orders.id = line.order_id
    CROSS JOIN LATERAL (
        SELECT sum(price_minor * quantity::numeric) - orders.discount_minor AS net,
            sum(quantity::numeric) FILTER (WHERE sku = line.sku) AS of_product
        FROM experiments_orderline WHERE order_id = line.order_id
    ) AS goods
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum((part ->> 'quantity')::numeric), 0) AS quantity
        FROM jsonb_array_elements(refund.lines) AS part WHERE part ->> 'sku' = line.sku
    ) AS named
    GROUP BY line.id, line.net
),
-- An acceptance once, whatever number of lines it has.
sold AS (
    SELECT line.jti, sum(line.net) AS net, COALESCE(sum(refunded.amount), 0) AS refunded,
        COALESCE(sum(line.cost_minor * line.quantity::numeric), 0) AS cost,
        count(*) FILTER (WHERE line.cost_minor IS NULL) AS unknown_costs
    FROM line LEFT JOIN refunded ON refunded.id = line.id GROUP BY line.jti
)
-- result: one row a variant, step, offer, dimension and value
SELECT taken.variant_id, taken.step, taken.offer_id, dimension.name, dimension.value, count(*) AS taken, count(sold.jti) AS bought,
    COALESCE(sum(sold.net), 0) AS revenue_minor, COALESCE(sum(sold.refunded), 0) AS refunded_minor,
    COALESCE(sum(sold.cost), 0) AS cost_minor, COALESCE(sum(sold.unknown_costs), 0) AS unknown_costs
FROM taken LEFT JOIN sold ON sold.jti = taken.jti
CROSS JOIN LATERAL (
    SELECT '' AS name, '' AS value UNION ALL SELECT key, value FROM jsonb_each_text(taken.about) WHERE value <> ''
) AS dimension
GROUP BY taken.variant_id, taken.step, taken.offer_id, dimension.name, dimension.value
