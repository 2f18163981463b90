-- Write what came of some messages, and mark the next ones as being sent: one statement, and so one commit a group. It
-- gives the IDs of those that may be handed over.
WITH came_of AS (
    SELECT * FROM unnest(
        %(ids)s::bigint[], %(attempts)s::int[], %(states)s::text[], %(provider_ids)s::text[], %(times)s::timestamptz[]
    ) AS came_of (id, attempt, state, provider_id, at)
),
settled AS (
    UPDATE journeys_customermessage AS message SET
        state = came_of.state,
        reason = CASE came_of.state WHEN 'unknown' THEN 'worker_gone' ELSE '' END,
        claimed_until = NULL,
        provider_id = came_of.provider_id,
        sent_at = came_of.at
    FROM came_of
    WHERE message.id = came_of.id AND message.attempts = came_of.attempt AND (
        message.state = 'sending'
        -- The statement that marks it may be under way still, of a worker whose connection is gone: it is waited for, or
        -- finds nothing to mark.
        OR message.state = 'claimed' AND came_of.state = 'planned'
        -- Given up as unknown meanwhile: whoever handed it over knows better. What was never begun may only go out
        -- where it was given up for its worker's sake, and not by an operator after a restore.
        OR message.state = 'unknown' AND (came_of.state = 'sent' OR message.reason = 'worker_gone')
    )
)
UPDATE journeys_customermessage AS message SET state = 'sending', claimed_until = %(until)s
WHERE message.id = ANY(%(next_ids)s) AND message.state = 'claimed'
    -- Another attempt's, where the lease has ended and another worker has it.
    AND message.attempts = (
        SELECT next.attempt FROM unnest(%(next_ids)s::bigint[], %(next_attempts)s::int[]) AS next (id, attempt)
        WHERE next.id = message.id
    )
    AND message.claimed_until >= %(now)s AND message.send_by >= %(now)s
    -- What stops messages at once, however short ago all checks were made. OFFSET 0 keeps each of these a look by its
    -- index for each of the few messages: joined, they would be read whole wherever statistics are old.
    AND EXISTS (SELECT FROM journeys_sendingswitch AS switch WHERE switch.is_on)
    AND EXISTS (SELECT FROM journeys_sender AS sender WHERE sender.store_id = message.store_id AND sender.is_on OFFSET 0)
    AND NOT EXISTS (
        SELECT FROM journeys_suppression AS suppression WHERE suppression.store_id = message.store_id
            AND suppression.channel = 'email' AND suppression.digest = message.address_digest AND suppression.topic = ''
        OFFSET 0
    )
    AND NOT EXISTS (
        SELECT FROM journeys_sendpoint AS point
        JOIN journeys_run AS run ON run.id = point.run_id JOIN journeys_journey AS journey ON journey.id = run.journey_id
        WHERE point.id = message.send_point_id AND journey.status IN ('paused', 'ended')
        OFFSET 0
    )
RETURNING message.id
