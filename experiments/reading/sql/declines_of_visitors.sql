-- What visitors of a store declined within a time: who, of which variant, at which step of a sequence, and when.
-- By month as well, so that the planner opens no part that can't have any; the index has declines alone. An acceptance
-- that was taken back is a decline with "undone": nobody said no to the offer. Under a rolled-out winner events carry no
-- variant, but what the edge noted of their token does; anything else there, anybody may have sent.
SELECT visitor_id,
    COALESCE(variant_id, CASE WHEN props #>> '{offerlift,rollout}' ~ '^[0-9]{1,18}$'
        THEN (props #>> '{offerlift,rollout}')::bigint END) AS variant_id,
    CASE WHEN props #>> '{offerlift,step}' IN ('accepted', 'declined')
        THEN props #>> '{offerlift,step}' ELSE '' END AS step,
    occurred_at
FROM experiments_widgetevent
WHERE store_id = %(store_id)s AND visitor_id = ANY(%(visitor_ids)s::text[]) AND type = 'decline'
    AND month BETWEEN %(first_month)s AND %(last_month)s
    AND occurred_at > %(since)s AND occurred_at <= %(until)s
    AND NOT props @> '{"undone": true}'
