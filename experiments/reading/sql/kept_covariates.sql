-- What covariates add up to by day, from kept days alone; no row where any day is touched. Most reports need no more, and to
-- plan covariate_days.sql takes ten times as long as to read this.
WITH touched AS MATERIALIZED ({touched})
-- result: as that of covariate_days.sql
SELECT day, (SELECT key FROM experiments_variant WHERE id = variant_id), visitors, sums::text
FROM experiments_covariateday
WHERE experiment_id = %(experiment_id)s AND day >= %(since)s AND day <= %(through)s AND NOT EXISTS (SELECT FROM touched)
ORDER BY 1, 2
