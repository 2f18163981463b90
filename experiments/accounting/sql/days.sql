-- Every day of an experiment that has exposures or kept sums, in order.
-- The first exposure of each day, and a null at the end: from each day's first to the next day's by index. To group the
-- exposures by day would read them all.
WITH RECURSIVE first AS (
    SELECT min(exposed_at) AS at FROM experiments_exposure WHERE experiment_id = %(experiment_id)s
    UNION ALL
    SELECT (
        SELECT min(exposed_at) FROM experiments_exposure WHERE experiment_id = %(experiment_id)s
            AND exposed_at >= ((first.at AT TIME ZONE %(day_zone)s)::date + 1)::timestamp AT TIME ZONE %(day_zone)s)
    FROM first WHERE first.at IS NOT NULL
)
-- result: one row a day; days whose exposures are gone come from the kept sums, which are to go as well
SELECT (at AT TIME ZONE %(day_zone)s)::date AS day FROM first WHERE at IS NOT NULL
UNION SELECT day FROM experiments_exposureday WHERE experiment_id = %(experiment_id)s ORDER BY day
