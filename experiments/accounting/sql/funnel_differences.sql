-- Visitors of an experiment whose kept counts aren't those of their events. One statement sees an event and its note, or
-- neither: whoever stores events meanwhile makes no difference.
WITH stored AS (
    SELECT visitor_id, variant_id, (min(occurred_at) AT TIME ZONE 'UTC')::date AS first_on, {counts}
    FROM experiments_widgetevent
    WHERE experiment_id = %(experiment_id)s AND variant_id IS NOT NULL AND type NOT IN ('view', 'reason') {of_visitors}
    GROUP BY visitor_id, variant_id
),
-- What is kept, and what is noted but not added up.
kept AS (
    SELECT visitor_id, variant_id, min(first_on) AS first_on, {totals}
    FROM (
        SELECT visitor_id, variant_id, first_on, {columns} FROM experiments_funnelvisitor
        WHERE experiment_id = %(experiment_id)s {of_visitors}
        UNION ALL
        SELECT visitor_id, variant_id, first_on, {columns} FROM experiments_funnelchange
        WHERE experiment_id = %(experiment_id)s AND variant_id IS NOT NULL {of_visitors}
    ) AS part GROUP BY visitor_id, variant_id
),
-- What is missing of each, below 0 where there is too much. Only of visitors whose events are all there: of others the
-- counts are what is known.
missing AS (
    SELECT visitor_id, variant_id, COALESCE(stored.first_on, kept.first_on) AS first_on, {differences}
    FROM stored FULL JOIN kept USING (visitor_id, variant_id)
    WHERE COALESCE(kept.first_on, stored.first_on) >= %(complete_from)s
        AND (stored.first_on < kept.first_on OR ({stored_counts}) IS DISTINCT FROM ({kept_counts}))
)
