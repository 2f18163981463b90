-- Sums of an experiment by its custom metrics, from kept days and from the exposures of touched ones, with the visitors
-- that they are divided by: one statement sees one state of the database, so that no buyer is there without a visitor.
WITH touched AS MATERIALIZED ({touched}), {spans},
metric AS MATERIALIZED (
    SELECT id FROM experiments_chosenmetric WHERE experiment_id = %(experiment_id)s AND fixed_at IS NOT NULL
),
-- Each day once: its kept sums, or those of its exposures. Visitors are of no metric, and the sums of none.
part AS (
    SELECT {cell}, NULL::bigint AS chosen_id, visitors, {nothing} FROM experiments_exposureday
    WHERE experiment_id = %(experiment_id)s AND dimension {dimensions} AND day <= %(through)s
        AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT {cell}, NULL, visitors, {nothing} FROM ({fresh_visitors}) AS fresh_visitors
    UNION ALL
    SELECT {cell}, chosen_id, 0, {columns} FROM experiments_custommetricday
    WHERE chosen_id = ANY(ARRAY(SELECT id FROM metric)) AND dimension {dimensions} AND day <= %(through)s
        AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT {cell}, chosen_id, 0, {columns} FROM ({fresh}) AS fresh
)
-- result: one row a cell and metric, and one a cell with its visitors alone; days in order
SELECT {cell}, (SELECT key FROM experiments_variant WHERE id = variant_id), chosen_id, sum(visitors), {totals}
FROM part GROUP BY {cell}, chosen_id ORDER BY 1
