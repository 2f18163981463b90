INSERT INTO experiments_funnelvisitor AS stored
    (experiment_id, visitor_id, variant_id, first_on, is_automated, {columns})
SELECT fresh.experiment_id, fresh.visitor_id, fresh.variant_id, fresh.first_on,
    COALESCE(exposure.is_automated, false), {columns_of_fresh}
FROM fresh
-- What was counted of a variant that is gone goes with it.
JOIN experiments_variant AS variant ON variant.id = fresh.variant_id AND variant.experiment_id = fresh.experiment_id
-- OFFSET: a look-up by index for each visitor, however many exposures the planner believes there are.
LEFT JOIN LATERAL (
    SELECT exposure.is_automated FROM experiments_exposure AS exposure
    WHERE exposure.experiment_id = fresh.experiment_id AND exposure.visitor_id = fresh.visitor_id OFFSET 0
) AS exposure ON true
-- In the order of the key, which is quicker: neighbors share pages of its index.
ORDER BY fresh.experiment_id, fresh.visitor_id, fresh.variant_id
ON CONFLICT (experiment_id, visitor_id, variant_id) DO UPDATE SET
    first_on = LEAST(stored.first_on, EXCLUDED.first_on), is_automated = EXCLUDED.is_automated, {added}
-- A row that says what it said isn't written again.
WHERE EXCLUDED.first_on < stored.first_on OR EXCLUDED.is_automated <> stored.is_automated
    OR ({columns_of_excluded}) IS DISTINCT FROM ({nothing})
