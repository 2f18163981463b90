-- What a deletion or a restoration means for an order that is stored, whatever version of it is the newest. Arrivals
-- are compared with arrivals, as the shop says no time of a deletion; at the same instant the restoration wins.
UPDATE experiments_order AS stored SET
    deleted_at = GREATEST(stored.deleted_at, arrival.deleted_at),
    restored_at = GREATEST(stored.restored_at, arrival.restored_at),
    -- Empty in orders stored before there was a column for it: what counted then is what was sent.
    sent_status = COALESCE(NULLIF(stored.sent_status, ''), stored.status),
    status = CASE
        WHEN GREATEST(stored.deleted_at, arrival.deleted_at)
            > COALESCE(GREATEST(stored.restored_at, arrival.restored_at), '-infinity') THEN 'cancelled'
        ELSE COALESCE(NULLIF(stored.sent_status, ''), stored.status) END,
    -- Orders that were deleted before there was a column for it have the arrival as their version, and would refuse the
    -- one that the restoration comes with: it makes way for any.
    updated_at = CASE
        WHEN arrival.restored_at IS NOT NULL AND stored.sent_status = '' AND stored.status = 'cancelled'
            THEN LEAST(stored.placed_at, stored.updated_at)
        ELSE stored.updated_at END
FROM (VALUES (%(external_id)s, %(deleted_at)s::timestamptz, %(restored_at)s::timestamptz))
    AS arrival (external_id, deleted_at, restored_at)
WHERE stored.store_id = %(store_id)s AND stored.external_id = arrival.external_id
