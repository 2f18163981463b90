-- Fills the outcomes of some visitors by the custom metrics of their tests, from the lines of their orders.
-- Every step looks rows up by index, one exposure at a time, as recompute_outcomes.sql does.
-- The metrics of the store's launched tests; most stores have none, and then nothing below has anything to do.
WITH chosen AS MATERIALIZED (
    SELECT chosen.id, chosen.experiment_id, chosen.skus FROM experiments_chosenmetric AS chosen
    JOIN experiments_experiment AS experiment
        ON experiment.id = chosen.experiment_id AND experiment.source <> 'imported'
    WHERE experiment.store_id = %(store_id)s AND chosen.fixed_at IS NOT NULL
),
-- What each exposure's orders have of each metric now; visitors who bought none of its products are left out.
outcome AS MATERIALIZED (
    SELECT chosen.id AS chosen_id, exposure.visitor_id, sold.*
    FROM chosen
    JOIN experiments_exposure AS exposure ON exposure.experiment_id = chosen.experiment_id
        AND exposure.visitor_id = ANY(%(visitor_ids)s::text[])
    JOIN experiments_experiment AS experiment ON experiment.id = chosen.experiment_id
    JOIN experiments_store AS store ON store.id = exposure.store_id
    {leading_order}
    -- What the orders that count add up to.
    CROSS JOIN LATERAL (
        {sold}
    ) AS sold
    WHERE sold.orders > 0
),
-- Outcomes of orders that don't count any more, or have other lines now.
gone AS (
    DELETE FROM experiments_customoutcome AS stored USING chosen
    WHERE stored.chosen_id = chosen.id AND stored.visitor_id = ANY(%(visitor_ids)s::text[])
        AND NOT EXISTS (
            SELECT FROM outcome
            WHERE outcome.chosen_id = stored.chosen_id AND outcome.visitor_id = stored.visitor_id)
    RETURNING 1
),
-- What is the same already isn't written, or each row would have its day added up again.
written AS (
    INSERT INTO experiments_customoutcome AS stored
        (chosen_id, visitor_id, orders, units, revenue_minor, refunded_minor)
    SELECT chosen_id, visitor_id, orders, units, revenue, refunded FROM outcome
    -- In one order everywhere: two batches that write the same rows in different orders deadlock.
    ORDER BY chosen_id, visitor_id
    ON CONFLICT (chosen_id, visitor_id) DO UPDATE SET
        (orders, units, revenue_minor, refunded_minor)
        = (EXCLUDED.orders, EXCLUDED.units, EXCLUDED.revenue_minor, EXCLUDED.refunded_minor)
    WHERE (stored.orders, stored.units, stored.revenue_minor, stored.refunded_minor)
        IS DISTINCT FROM (EXCLUDED.orders, EXCLUDED.units, EXCLUDED.revenue_minor, EXCLUDED.refunded_minor)
    RETURNING 1
)
-- result: one row, how many outcomes changed
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
