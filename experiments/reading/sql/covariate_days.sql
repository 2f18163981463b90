-- What covariates add up to by day, from kept days and from the exposures of touched ones: as daily.sql.
WITH touched AS MATERIALIZED ({touched}), {spans},
part AS (
    SELECT day, variant_id, visitors, sums FROM experiments_covariateday
    WHERE experiment_id = %(experiment_id)s AND day <= %(through)s AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT day, variant_id, visitors, sums FROM ({fresh}) AS fresh
)
-- result: one row a day and variant, in order of days; sums as text, which is read ten times as fast as decimals
SELECT day, (SELECT key FROM experiments_variant WHERE id = variant_id), visitors, sums::text FROM part
WHERE day >= %(since)s ORDER BY 1, 2
