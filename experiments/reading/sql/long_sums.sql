-- Long-term sums of an experiment, from kept days and from the exposures of touched ones, with the customers that they are
-- divided by: one statement sees one state of the database, so that no buyer is there without a customer.
WITH touched AS MATERIALIZED ({touched}), {spans},
-- Up to which day customers are old enough for each horizon.
horizon AS (SELECT * FROM unnest(%(horizons)s::int[], %(last_days)s::date[]) AS horizon (days, last_day)),
-- Each day once: its kept sums, or those of its exposures. Customers are of every horizon, and the sums of none.
part AS (
    SELECT day, variant_id, NULL::int AS horizon_days, visitors, {nothing} FROM experiments_exposureday
    WHERE experiment_id = %(experiment_id)s AND dimension = '' AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT day, variant_id, NULL, visitors, {nothing} FROM ({fresh_visitors}) AS fresh_visitors
    UNION ALL
    SELECT day, variant_id, horizon_days, 0, {columns} FROM experiments_longoutcomeday
    WHERE experiment_id = %(experiment_id)s AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT day, variant_id, horizon_days, 0, {columns} FROM ({fresh}) AS fresh
)
-- result: one row a horizon and variant
SELECT horizon.days, (SELECT key FROM experiments_variant WHERE id = variant_id), sum(visitors), {totals}
FROM horizon JOIN part ON part.day <= horizon.last_day
    AND (part.horizon_days IS NULL OR part.horizon_days = horizon.days)
GROUP BY horizon.days, variant_id
