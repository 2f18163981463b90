-- All that was declined: where, who, of which variant, at which step of a sequence, and when.
-- An acceptance that was taken back is a decline with "undone": nobody said no to the offer. Under a rolled-out winner
-- events carry no variant, but what the edge noted of their token does; anything else there, anybody may have sent.
SELECT store_id, month, visitor_id,
    COALESCE(variant_id, CASE WHEN props #>> '{offerlift,rollout}' ~ '^[0-9]{1,18}$'
        THEN (props #>> '{offerlift,rollout}')::bigint END) AS variant_id,
    CASE WHEN props #>> '{offerlift,step}' IN ('accepted', 'declined')
        THEN props #>> '{offerlift,step}' ELSE '' END AS step,
    occurred_at
FROM experiments_widgetevent
WHERE type = 'decline' AND NOT props @> '{"undone": true}'
