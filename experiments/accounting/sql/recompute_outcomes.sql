-- Fills the outcome columns of some visitors' exposures from their orders.
-- Every step looks rows up by index, one exposure at a time: no join whose cost hangs on the planner's guess of how
-- many orders a visitor has, which is wrong just after a large import.
-- The outcome of each exposure as its orders have it now. Imported experiments bring their own and are left out.
WITH outcome AS MATERIALIZED (
    SELECT exposure.experiment_id, exposure.visitor_id, placed.*,
        CASE WHEN experiment.unit = 'customer' THEN exposure.prior_order_minor ELSE lead.value END AS prior
    FROM experiments_exposure AS exposure
    JOIN experiments_experiment AS experiment
        ON experiment.id = exposure.experiment_id AND experiment.source <> 'imported'
    JOIN experiments_store AS store ON store.id = exposure.store_id
    {leading_order}
    -- What the orders that count add up to.
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders, {revenue_sums},
            COALESCE(sum(line.items), 0) AS items,
            COALESCE(sum(line.upsell), 0) AS upsell,
            -- Unknown as soon as one cost is: a sum of the others would be too high.
            CASE WHEN COALESCE(bool_and(line.is_cost_known), true) THEN
                COALESCE(sum(goods.net - line.cost - refund.amount), 0)
            END AS margin,
            COALESCE(bool_or(line.has_accepted), false) AS has_accepted
        FROM ({visitor_orders}) AS orders
        -- The order's lines. In a holdout's experiment an accepted offer of any test counts.
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS merchandise,
                COALESCE(sum(cost_minor * quantity::numeric), 0) AS cost,
                COALESCE(bool_and(cost_minor IS NOT NULL), true) AS is_cost_known,
                sum(quantity) AS items,
                sum(price_minor * quantity::numeric - discount_minor)
                    FILTER (WHERE experiment_key = experiment.key OR is_any) AS upsell,
                bool_or(experiment_key = experiment.key OR is_any) AS has_accepted
            FROM experiments_orderline
            CROSS JOIN LATERAL (SELECT experiment.source = 'holdout' AND experiment_key <> '' AS is_any) AS sold
            WHERE order_id = orders.id
        ) AS line
        {order_value}
        WHERE {is_counted}
    ) AS placed
    WHERE exposure.store_id = %(store_id)s AND exposure.visitor_id = ANY(%(visitor_ids)s::text[])
)
-- result: the number of rows written; what is the same already isn't, or each row would have its day added up again
UPDATE experiments_exposure AS exposure SET
    orders = outcome.orders, revenue_minor = outcome.revenue, refunded_minor = outcome.refunded,
    items = outcome.items, upsell_minor = outcome.upsell, margin_minor = outcome.margin,
    has_converted = outcome.orders > 0, has_accepted = outcome.has_accepted, prior_order_minor = outcome.prior
FROM outcome
WHERE exposure.experiment_id = outcome.experiment_id AND exposure.visitor_id = outcome.visitor_id
    AND (exposure.orders, exposure.revenue_minor, exposure.refunded_minor, exposure.items, exposure.upsell_minor,
         exposure.margin_minor, exposure.has_accepted, exposure.prior_order_minor)
        IS DISTINCT FROM
        (outcome.orders, outcome.revenue, outcome.refunded, outcome.items, outcome.upsell, outcome.margin,
         outcome.has_accepted, outcome.prior)
