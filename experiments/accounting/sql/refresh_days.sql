-- Makes the kept sums of an experiment's days those of its exposures.
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans},
-- The days' sums as their exposures have them now. Materialized: two parts read it, and must see the same.
fresh AS MATERIALIZED ({grouped}),
-- Rows of which the exposures have nothing any more: left, they would count whoever was erased or moved to another variant.
gone AS (
    DELETE FROM experiments_exposureday AS stored WHERE experiment_id = %(experiment_id)s AND day = ANY(%(days)s)
        AND NOT EXISTS (
            SELECT FROM fresh
            WHERE (fresh.day, fresh.variant_id, fresh.dimension, fresh.value)
                = (stored.day, stored.variant_id, stored.dimension, stored.value))
    RETURNING day
),
-- New rows and those that differ; the others aren't written, so that the result counts what had been wrong.
written AS (
    INSERT INTO experiments_exposureday AS stored ({group}, {summed})
    SELECT %(experiment_id)s, day, dimension, value, variant_id, {summed} FROM fresh
    ON CONFLICT ({group}) DO UPDATE SET ({summed}) = ({excluded})
    WHERE ({stored}) IS DISTINCT FROM ({excluded})
    RETURNING day
)
-- result: one row a day that changed, with how many of its rows did
SELECT day, count(*) FROM (SELECT day FROM gone UNION ALL SELECT day FROM written) AS changed GROUP BY day
