-- Makes the kept long-term sums of an experiment's days those of its exposures, as refresh_days.sql.
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans},
-- The days' sums as the outcomes have them now. Materialized: two parts read it, and must see the same.
fresh AS MATERIALIZED ({by_day}),
-- Rows of which no outcome has anything any more.
gone AS (
    DELETE FROM experiments_longoutcomeday AS stored WHERE experiment_id = %(experiment_id)s AND day = ANY(%(days)s)
        AND NOT EXISTS (
            SELECT FROM fresh
            WHERE (fresh.day, fresh.horizon_days, fresh.variant_id)
                = (stored.day, stored.horizon_days, stored.variant_id))
    RETURNING day
),
-- New rows and those that differ; the others aren't written, so that the result counts what had been wrong.
written AS (
    INSERT INTO experiments_longoutcomeday AS stored (experiment_id, {group}, {summed})
    SELECT %(experiment_id)s, {group}, {summed} FROM fresh
    ON CONFLICT (experiment_id, {group}) DO UPDATE SET ({summed}) = ({excluded})
    WHERE ({stored}) IS DISTINCT FROM ({excluded})
    RETURNING day
)
-- result: one row a day that changed, with how many of its rows did
SELECT day, count(*) FROM (SELECT day FROM gone UNION ALL SELECT day FROM written) AS changed GROUP BY day
