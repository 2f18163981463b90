-- Adds what a batch of changes says to the visitors it is about; triggers carry it on to the days.
WITH taken AS (
    DELETE FROM experiments_funnelchange
    WHERE id IN (SELECT id FROM experiments_funnelchange ORDER BY id LIMIT %(limit)s)
    RETURNING *
),
visitor AS (SELECT DISTINCT experiment_id, visitor_id FROM taken),
-- What is new, and the rows that the visitors have already with nothing new: an automated visitor is one in all of them.
part AS (
    SELECT experiment_id, visitor_id, variant_id, first_on, {columns} FROM taken WHERE variant_id IS NOT NULL
    UNION ALL
    SELECT stored.experiment_id, stored.visitor_id, stored.variant_id, stored.first_on, {nothing}
    -- OFFSET keeps it a look-up by index for each visitor: the planner doesn't know how few there are.
    FROM visitor CROSS JOIN LATERAL (
        SELECT * FROM experiments_funnelvisitor AS stored
        WHERE stored.experiment_id = visitor.experiment_id AND stored.visitor_id = visitor.visitor_id OFFSET 0
    ) AS stored
),
-- One row a visitor and variant, as an upsert needs it.
fresh AS (
    SELECT experiment_id, visitor_id, variant_id, min(first_on) AS first_on, {totals}
    FROM part GROUP BY experiment_id, visitor_id, variant_id
),
written AS ({write})
-- result: how many changes there were
SELECT count(*) FROM taken
