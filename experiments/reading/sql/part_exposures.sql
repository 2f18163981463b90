-- Sums of the exposures that have two values at once, by day: no kept sum says who has both.
WITH touched AS MATERIALIZED ({touched}), {spans}
-- result: one row a day and variant, in order of days
SELECT day, (SELECT key FROM experiments_variant WHERE id = variant_id), visitors, {columns} FROM ({cells}) AS cell
ORDER BY 1, 2
