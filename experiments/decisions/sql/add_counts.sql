-- Counts of decisions, added to those that are stored, however many processes do so at once.
INSERT INTO experiments_decisionday AS stored
    (store_id, day, moment, experiment_id, reason, count, first_at, last_at)
SELECT store.id, counted.day, counted.moment, experiment.id, counted.reason,
    sum(counted.count), min(counted.first_at), max(counted.last_at)
FROM unnest(%(store_id)s::bigint[], %(day)s::date[], %(moment)s::text[], %(experiment_id)s::bigint[],
            %(reason)s::text[], %(number)s::bigint[], %(first_at)s::timestamptz[], %(last_at)s::timestamptz[])
    AS counted (store_id, day, moment, experiment_id, reason, count, first_at, last_at)
-- A store that is gone takes its counts with it; an experiment that is gone, or another store's, becomes null.
JOIN experiments_store AS store ON store.id = counted.store_id
LEFT JOIN experiments_experiment AS experiment
    ON experiment.id = counted.experiment_id AND experiment.store_id = store.id
-- Two experiments that are gone become one row: ON CONFLICT can't touch a row twice in one statement.
GROUP BY store.id, counted.day, counted.moment, experiment.id, counted.reason
-- In one order everywhere: two processes that lock the same rows in different orders deadlock.
ORDER BY store.id, counted.day, counted.moment, experiment.id, counted.reason
ON CONFLICT (store_id, day, moment, experiment_id, reason) DO UPDATE SET
    count = stored.count + EXCLUDED.count,
    first_at = LEAST(stored.first_at, EXCLUDED.first_at), last_at = GREATEST(stored.last_at, EXCLUDED.last_at)
