-- What visitors of a store declined within a time: who, of which variant, at which step of a sequence, and when.
-- By month as well, so that the planner opens no part that can't have any; the index has declines alone. Those of events
-- that have gone on to ClickHouse stay in a table of their own.
SELECT visitor_id, variant_id, step, occurred_at FROM ({declines}) AS declined
WHERE store_id = %(store_id)s AND visitor_id = ANY(%(visitor_ids)s::text[])
    AND month BETWEEN %(first_month)s AND %(last_month)s
    AND occurred_at > %(since)s AND occurred_at <= %(until)s
UNION ALL
SELECT visitor_id, variant_id, step, occurred_at FROM experiments_moveddecline
WHERE store_id = %(store_id)s AND visitor_id = ANY(%(visitor_ids)s::text[])
    AND occurred_at > %(since)s AND occurred_at <= %(until)s
