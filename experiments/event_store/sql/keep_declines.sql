-- The declines of a part that is about to be dropped -> those that stay, as long as a no counts.
INSERT INTO experiments_moveddecline (batch_id, store_id, visitor_id, variant_id, step, occurred_at)
SELECT %(batch)s, store_id, visitor_id, variant_id, step, occurred_at
FROM ({declines}) AS declined
WHERE month = %(part)s AND occurred_at > %(since)s
