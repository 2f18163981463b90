-- Makes the kept sums of an experiment's days by its custom metrics those of its exposures, as refresh_days.sql.
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans},
-- The days' sums as the outcomes have them now. Materialized: two parts read it, and must see the same.
fresh AS MATERIALIZED ({grouped}),
-- Rows of which no outcome has anything any more.
gone AS (
    DELETE FROM experiments_custommetricday AS stored
    WHERE chosen_id = ANY(ARRAY(SELECT id FROM experiments_chosenmetric WHERE experiment_id = %(experiment_id)s))
        AND day = ANY(%(days)s)
        AND NOT EXISTS (
            SELECT FROM fresh
            WHERE (fresh.chosen_id, fresh.day, fresh.variant_id, fresh.dimension, fresh.value)
                = (stored.chosen_id, stored.day, stored.variant_id, stored.dimension, stored.value))
    RETURNING day
),
-- New rows and those that differ; the others aren't written, so that the result counts what had been wrong.
written AS (
    INSERT INTO experiments_custommetricday AS stored ({group}, {summed})
    SELECT {group}, {summed} FROM fresh
    ON CONFLICT ({group}) DO UPDATE SET ({summed}) = ({excluded})
    WHERE ({stored}) IS DISTINCT FROM ({excluded})
    RETURNING day
)
-- result: one row a day that changed, with how many of its rows did
SELECT day, count(*) FROM (SELECT day FROM gone UNION ALL SELECT day FROM written) AS changed GROUP BY day
