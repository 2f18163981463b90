-- Counts the events received in a span of time, and no others, whether or not they were noted when they were stored.
-- Notes of the same events: one statement sees an event and its note, or neither, as they are stored in one
-- transaction. A note that comes later stays, and so does what it says.
WITH superseded AS (
    DELETE FROM experiments_funnelchange WHERE received_at >= %(begin)s AND received_at < %(end)s
),
-- Store by store, as their index is. OFFSET keeps it so: the planner would read whole months.
event AS (
    SELECT event.* FROM experiments_store AS store CROSS JOIN LATERAL (
        SELECT experiment_id, visitor_id, variant_id, occurred_at, type, props
        FROM experiments_widgetevent AS event
        -- By month as well, so that the planner opens those parts of the table alone.
        WHERE event.store_id = store.id AND month >= %(first_month)s AND month <= %(last_month)s
            AND received_at >= %(begin)s AND received_at < %(end)s
            AND experiment_id IS NOT NULL AND variant_id IS NOT NULL AND type NOT IN ('view', 'reason') OFFSET 0
    ) AS event
),
-- One row a visitor and variant.
fresh AS MATERIALIZED (
    SELECT experiment_id, visitor_id, variant_id, (min(occurred_at) AT TIME ZONE 'UTC')::date AS first_on, count(*) AS events,
        {counts}
    FROM event GROUP BY experiment_id, visitor_id, variant_id
),
written AS ({write})
-- result: how many events there were
SELECT COALESCE(sum(events), 0)::bigint FROM fresh
