-- Takes a visitor out of the funnels of a store's tests; triggers take them out of the days.
-- What is noted but not added up: of events that are stored at this instant the next part notes it again.
WITH dropped AS (
    DELETE FROM experiments_funnelchange AS change USING experiments_experiment AS experiment
    WHERE experiment.id = change.experiment_id AND experiment.store_id = %(store_id)s
        AND change.visitor_id = %(visitor_id)s
),
-- Events that came after the visitor's others were deleted: they are stored, so they count. Materialized, and by visitor
-- alone, as in events_of_visitors.sql.
event AS MATERIALIZED (SELECT * FROM experiments_widgetevent WHERE visitor_id = %(visitor_id)s),
noted AS (
    INSERT INTO experiments_funnelchange (experiment_id, visitor_id, variant_id, received_at, first_on, {columns})
    SELECT experiment_id, visitor_id, variant_id, received_at, (min(occurred_at) AT TIME ZONE 'UTC')::date, {counts}
    FROM event
    WHERE store_id = %(store_id)s AND experiment_id IS NOT NULL AND variant_id IS NOT NULL AND type NOT IN ('view', 'reason')
    GROUP BY experiment_id, visitor_id, variant_id, received_at
)
-- result: the number of rows deleted
DELETE FROM experiments_funnelvisitor WHERE visitor_id = %(visitor_id)s
    AND experiment_id IN (SELECT id FROM experiments_experiment WHERE store_id = %(store_id)s)
