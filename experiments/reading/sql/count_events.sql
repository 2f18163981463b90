-- Events and distinct visitors of an experiment by variant and type.
-- Grouped twice: a distinct count would sort all events.
WITH by_visitor AS (
    SELECT
        variant_id,
        -- An acceptance that was taken back is a decline with "undone": it takes one of its visitor's accepts away, and
        -- isn't counted as a decline.
        CASE WHEN type = 'decline' AND props @> '{"undone": true}' THEN 'accept' ELSE type END AS kind,
        visitor_id,
        sum(CASE WHEN type = 'decline' AND props @> '{"undone": true}' THEN -1 ELSE 1 END) AS events
    FROM experiments_widgetevent
    WHERE experiment_id = %(experiment_id)s AND variant_id IS NOT NULL AND type NOT IN ('view', 'reason')
        -- Automated visitors are left out where their exposures are.
        AND visitor_id NOT IN (
            SELECT exposure.visitor_id FROM experiments_exposure AS exposure
            JOIN experiments_store AS store ON store.id = exposure.store_id AND NOT store.is_automation_counted
            WHERE exposure.store_id = %(store_id)s AND exposure.experiment_id = %(experiment_id)s
                AND exposure.is_automated)
    GROUP BY 1, 2, 3
)
-- result: one row a variant and type; visitors whose accepts were all taken back are in none
SELECT variant_id, kind, sum(events), count(*) FROM by_visitor WHERE events > 0 GROUP BY variant_id, kind
