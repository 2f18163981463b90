-- Note the message that the server has just taken, where there is one, and mark the next as being sent: one statement
-- and so one commit a message. It gives the next one's ID, or nothing where that may not go out.
WITH taken AS (
    UPDATE journeys_customermessage SET state = 'sent', reason = '', claimed_until = NULL,
        provider_id = %(provider_id)s, sent_at = %(now)s
    -- Also where it was given up as unknown meanwhile: whoever handed it over knows better.
    WHERE id = %(taken_id)s::bigint AND state IN ('sending', 'unknown')
)
UPDATE journeys_customermessage AS message SET state = 'sending', claimed_until = %(until)s
WHERE message.id = %(next_id)s AND message.state = 'claimed'
    -- The lease has ended where another worker has it.
    AND message.claimed_until >= %(now)s AND message.send_by >= %(now)s
    -- What stops messages at once, however short ago all checks were made.
    AND EXISTS (SELECT FROM journeys_sendingswitch AS switch WHERE switch.is_on)
    AND EXISTS (SELECT FROM journeys_sender AS sender WHERE sender.store_id = message.store_id AND sender.is_on)
    AND NOT EXISTS (
        SELECT FROM journeys_suppression AS suppression WHERE suppression.store_id = message.store_id
            AND suppression.channel = 'email' AND suppression.digest = message.address_digest AND suppression.topic = ''
    )
    AND NOT EXISTS (
        SELECT FROM journeys_sendpoint AS point
        JOIN journeys_run AS run ON run.id = point.run_id JOIN journeys_journey AS journey ON journey.id = run.journey_id
        WHERE point.id = message.send_point_id AND journey.status IN ('paused', 'ended')
    )
RETURNING message.id
