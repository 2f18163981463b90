-- Messages of the send points that have one.
INSERT INTO journeys_customermessage
    (store_id, send_point_id, contact_id, address_id, address_digest, consent_id, answered_act, state, reason,
     planned_at, send_by, next_attempt_at, attempts, provider_id, content_digest)
SELECT %(store_id)s, message.send_point_id, message.contact_id, message.address_id, message.address_digest,
    message.consent_id, '', 'planned', '', %(now)s, %(now)s + make_interval(hours => message.delay_hours + message.within_hours),
    %(now)s + make_interval(hours => message.delay_hours), 0,
    '', ''
FROM unnest(%(send_point_id)s::bigint[], %(contact_id)s::bigint[], %(address_id)s::bigint[],
    %(address_digest)s::text[], %(consent_id)s::bigint[], %(within_hours)s::int[], %(delay_hours)s::int[])
    AS message (send_point_id, contact_id, address_id, address_digest, consent_id, within_hours, delay_hours)
