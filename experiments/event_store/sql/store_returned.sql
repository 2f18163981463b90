-- Events that came back from ClickHouse -> the month's part itself, past the trigger that counts what is new. A test or
-- variant that is gone becomes null.
INSERT INTO {part} (store_id, event_id, month, type, occurred_at, received_at, visitor_id, experiment_id, variant_id,
    moment, props)
SELECT store.id, event_id, month, type, occurred_at, received_at, visitor_id, experiment.id, variant.id, event.moment,
    event.props
FROM returned AS event
JOIN experiments_store AS store ON store.id = event.store_id
LEFT JOIN experiments_experiment AS experiment ON experiment.id = event.experiment_id
LEFT JOIN experiments_variant AS variant ON variant.id = event.variant_id
WHERE month = %s ON CONFLICT DO NOTHING
