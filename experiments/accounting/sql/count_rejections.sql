-- What was refused, added to the day's counts.
INSERT INTO experiments_rejection AS stored (store_id, day, source, code, count, last_at)
SELECT %(store_id)s, %(day)s, %(source)s, code, count, %(at)s
FROM unnest(%(codes)s::text[], %(counts)s::bigint[]) AS rejected (code, count)
-- In one order everywhere: two statements that lock the same rows in different orders deadlock.
ORDER BY code
ON CONFLICT (store_id, day, source, code) DO UPDATE SET
    count = stored.count + EXCLUDED.count, last_at = GREATEST(stored.last_at, EXCLUDED.last_at)
