-- Sums of an experiment, from kept days and from the exposures of touched ones. One statement sees one state of the
-- database: of a refresh that ends meanwhile everything or nothing.
-- Materialized, since it is read twice and both must name the same days: else one would be counted twice or not at all.
WITH touched AS MATERIALIZED ({touched}), {spans},
-- Each day once: its kept sums, or those of its exposures.
part AS (
    SELECT variant_id, dimension, value, visitors, {columns} FROM experiments_exposureday
    WHERE experiment_id = %(experiment_id)s AND dimension {dimensions} AND day <= %(through)s AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT variant_id, dimension, value, visitors, {columns} FROM ({grouped}) AS fresh
)
-- result: one row a variant, dimension and value
SELECT (SELECT key FROM experiments_variant WHERE id = variant_id), dimension, value, sum(visitors), {totals}
FROM part GROUP BY variant_id, dimension, value
