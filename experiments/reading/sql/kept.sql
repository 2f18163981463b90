-- Sums of an experiment from kept days alone; no row where any day is touched. Most reports need no more, and to plan
-- totals.sql takes longer than to read this.
WITH touched AS MATERIALIZED ({touched})
-- result: one row a variant, dimension and value
SELECT (SELECT key FROM experiments_variant WHERE id = variant_id), dimension, value, sum(visitors), {totals}
FROM experiments_exposureday
WHERE experiment_id = %(experiment_id)s AND dimension {dimensions} AND day <= %(through)s AND NOT EXISTS (SELECT FROM touched)
GROUP BY variant_id, dimension, value
