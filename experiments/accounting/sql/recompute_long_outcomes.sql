-- Fills what came of some customers, and of visitors of a holdout, within each horizon.
-- Every step looks rows up by index, one exposure at a time, as recompute_outcomes.sql does.
-- The store's tests that are followed for long; most stores have none, and then nothing below has anything to do.
WITH followed AS MATERIALIZED (
    SELECT * FROM experiments_experiment WHERE store_id = %(store_id)s AND (unit = 'customer' OR source = 'holdout')
),
-- What each exposure's orders come to within each horizon; who ordered nothing is left out.
outcome AS MATERIALIZED (
    SELECT exposure.experiment_id, exposure.visitor_id, bought.*
    FROM followed AS experiment
    JOIN experiments_exposure AS exposure ON exposure.experiment_id = experiment.id
        AND exposure.visitor_id = ANY(%(visitor_ids)s::text[])
    JOIN experiments_store AS store ON store.id = exposure.store_id
    -- No order leads to these exposures: a holdout is of no moment, and a customer's began before.
    CROSS JOIN LATERAL (
        SELECT interval '0' AS led, make_interval(hours => 24 * %(longest)s) AS attributed, false AS is_lead_counted,
            {is_unsigned_counted} AS is_unsigned_counted, true AS is_renewal_counted
    ) AS span
    CROSS JOIN LATERAL (SELECT NULL::bigint AS id) AS lead
    -- The orders are read once, and added up for each horizon that they are within.
    CROSS JOIN LATERAL (
        SELECT horizon.days AS horizon_days, count(*) AS orders, {revenue_sums}
        FROM ({visitor_orders}) AS orders
        JOIN unnest(%(horizons)s::int[]) AS horizon (days)
            ON orders.placed_at < exposure.exposed_at + make_interval(hours => 24 * horizon.days)
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS merchandise
            FROM experiments_orderline WHERE order_id = orders.id
        ) AS line
        {order_value}
        WHERE {is_counted}
        GROUP BY horizon.days
    ) AS bought
),
-- Outcomes of orders that don't count any more.
gone AS (
    DELETE FROM experiments_longoutcome AS stored USING followed
    WHERE stored.experiment_id = followed.id AND stored.visitor_id = ANY(%(visitor_ids)s::text[])
        AND NOT EXISTS (
            SELECT FROM outcome
            WHERE outcome.experiment_id = stored.experiment_id AND outcome.visitor_id = stored.visitor_id
                AND outcome.horizon_days = stored.horizon_days)
    RETURNING 1
),
-- What is the same already isn't written, or each row would have its day added up again.
written AS (
    INSERT INTO experiments_longoutcome AS stored
        (experiment_id, visitor_id, horizon_days, orders, revenue_minor, refunded_minor)
    SELECT experiment_id, visitor_id, horizon_days, orders, revenue, refunded FROM outcome
    -- In one order everywhere: two batches that write the same rows in different orders deadlock.
    ORDER BY experiment_id, visitor_id, horizon_days
    ON CONFLICT (experiment_id, visitor_id, horizon_days) DO UPDATE SET
        (orders, revenue_minor, refunded_minor)
        = (EXCLUDED.orders, EXCLUDED.revenue_minor, EXCLUDED.refunded_minor)
    WHERE (stored.orders, stored.revenue_minor, stored.refunded_minor)
        IS DISTINCT FROM (EXCLUDED.orders, EXCLUDED.revenue_minor, EXCLUDED.refunded_minor)
    RETURNING 1
)
-- result: one row, how many outcomes changed
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
