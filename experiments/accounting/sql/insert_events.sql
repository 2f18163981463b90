-- New events of a store, then the locks of their visitors. Rows come as one JSON text: arrays of PostgreSQL are slow to
-- write in Python.
WITH stored AS (
    INSERT INTO experiments_widgetevent (store_id, received_at, month, event_id, type, occurred_at, visitor_id,
        experiment_id, variant_id, moment, props)
    SELECT %(store_id)s, %(received_at)s, %(month)s, event.event_id, event.type, event.occurred_at, event.visitor_id,
        experiment.id, variant.id, event.moment, event.props
    FROM json_to_recordset(%(events)s::json) AS event (event_id uuid, type text, occurred_at timestamptz,
        visitor_id text, experiment_id bigint, variant_id bigint, moment text, props jsonb)
    -- An experiment or variant that is gone, or another store's, becomes null: the event is kept, nobody else's is
    -- touched.
    LEFT JOIN experiments_experiment AS experiment
        ON experiment.id = event.experiment_id AND experiment.store_id = %(store_id)s
    LEFT JOIN experiments_variant AS variant ON variant.id = event.variant_id AND variant.experiment_id = experiment.id
    {is_new}
    -- In one order everywhere: two batches with the same events in different orders deadlock.
    ORDER BY event.event_id
    ON CONFLICT (store_id, event_id, month) DO NOTHING
    RETURNING event_id
),
-- All of them at once: the locks below then come after the last event. One that came between two events would deadlock
-- with a batch that has the second one stored and waits for the lock.
new AS (SELECT array_agg(event_id) AS event_ids FROM stored)
-- result: one row, the ids of the new events, null where there is none; then nothing is locked either
SELECT new.event_ids FROM new
CROSS JOIN LATERAL (
    SELECT count(pg_advisory_xact_lock(%(lock)s, bucket)) FROM unnest(%(buckets)s::int[]) AS bucket
    WHERE new.event_ids IS NOT NULL
) AS locked
