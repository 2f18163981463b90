-- Makes the kept sums of covariates of an experiment's days those of its exposures: as refresh_days.sql.
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans},
fresh AS MATERIALIZED ({fresh}),
gone AS (
    DELETE FROM experiments_covariateday AS stored WHERE experiment_id = %(experiment_id)s AND day = ANY(%(days)s)
        AND NOT EXISTS (SELECT FROM fresh WHERE (fresh.day, fresh.variant_id) = (stored.day, stored.variant_id))
    RETURNING day
),
written AS (
    INSERT INTO experiments_covariateday AS stored (experiment_id, day, variant_id, visitors, sums)
    SELECT %(experiment_id)s, day, variant_id, visitors, sums FROM fresh
    ON CONFLICT (experiment_id, day, variant_id) DO UPDATE SET (visitors, sums) = (EXCLUDED.visitors, EXCLUDED.sums)
    WHERE (stored.visitors, stored.sums) IS DISTINCT FROM (EXCLUDED.visitors, EXCLUDED.sums)
    RETURNING day
)
-- result: one row a day that changed, with how many of its rows did
SELECT day, count(*) FROM (SELECT day FROM gone UNION ALL SELECT day FROM written) AS changed GROUP BY day
