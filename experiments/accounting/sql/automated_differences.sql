-- Notes the visitors who are kept as automated and aren't, or the other way round, and returns them.
INSERT INTO experiments_funnelchange (experiment_id, visitor_id)
SELECT DISTINCT stored.experiment_id, stored.visitor_id
FROM experiments_funnelvisitor AS stored
LEFT JOIN experiments_exposure AS exposure USING (experiment_id, visitor_id)
WHERE stored.experiment_id = %(experiment_id)s
    AND stored.is_automated <> COALESCE(exposure.is_automated, false)
    -- Of whom a note says so already, the worker knows.
    AND NOT EXISTS (
        SELECT FROM experiments_funnelchange AS change
        WHERE change.experiment_id = stored.experiment_id AND change.visitor_id = stored.visitor_id)
RETURNING visitor_id
