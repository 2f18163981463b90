-- Makes the counts of an experiment's days those of its visitors.
WITH fresh AS MATERIALIZED (
    SELECT variant_id, first_on AS day, step.type, is_automated, sum(step.events) AS events, count(*) AS visitors
    FROM experiments_funnelvisitor CROSS JOIN LATERAL {steps}
    WHERE experiment_id = %(experiment_id)s AND step.events > 0
    GROUP BY variant_id, first_on, step.type, is_automated
),
-- Days of which the visitors have nothing any more; those that say so are right.
gone AS (
    DELETE FROM experiments_funnelday AS stored
    WHERE experiment_id = %(experiment_id)s AND events > 0 AND NOT EXISTS (
        SELECT FROM fresh WHERE (fresh.variant_id, fresh.day, fresh.type, fresh.is_automated)
            = (stored.variant_id, stored.day, stored.type, stored.is_automated))
    RETURNING 1
),
written AS (
    INSERT INTO experiments_funnelday AS stored (experiment_id, variant_id, day, type, is_automated, events, visitors)
    SELECT %(experiment_id)s, variant_id, day, type, is_automated, events, visitors FROM fresh
    ON CONFLICT (experiment_id, day, variant_id, type, is_automated) DO UPDATE
        SET (events, visitors) = (EXCLUDED.events, EXCLUDED.visitors)
        WHERE (stored.events, stored.visitors) IS DISTINCT FROM (EXCLUDED.events, EXCLUDED.visitors)
    RETURNING 1
)
-- result: how many differed
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
