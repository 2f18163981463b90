-- Sums of a part of an experiment by day, from kept days and from the exposures of touched ones; as daily.sql otherwise.
WITH touched AS MATERIALIZED ({touched}), {spans},
-- Each day once: its kept sums, or those of its exposures.
part AS (
    SELECT day, variant_id, dimension, value, visitors, {columns} FROM experiments_exposureday
    WHERE experiment_id = %(experiment_id)s AND dimension = %(dimension_0)s AND value = %(value_0)s
        AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT day, variant_id, dimension, value, visitors, {columns} FROM ({fresh}) AS fresh WHERE value = %(value_0)s
)
-- result: one row a day and variant, in order of days
SELECT day, (SELECT key FROM experiments_variant WHERE id = variant_id), visitors, {columns} FROM part
WHERE day BETWEEN %(first)s AND %(last)s ORDER BY 1, 2
