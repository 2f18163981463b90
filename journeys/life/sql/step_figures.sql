-- What became of a journey's send points, by step and verdict: their number, and of their messages how many were handed
-- over, delivered, clicked by people, accepted, and led to an opt-out; and how many contacts ordered within 30 days.
SELECT step.key, min(step.position), point.verdict, count(*),
    count(*) FILTER (WHERE message.state = 'sent'),
    count(*) FILTER (WHERE heard.has_delivered), count(*) FILTER (WHERE heard.has_clicked),
    count(*) FILTER (WHERE heard.has_accepted), count(*) FILTER (WHERE heard.has_opted_out),
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM experiments_order AS orders
        WHERE orders.store_id = point.store_id AND orders.customer_key = contact.customer_key
            AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold')
            AND orders.placed_at >= point.at AND orders.placed_at < point.at + interval '30 days'))
FROM journeys_sendpoint AS point
JOIN journeys_journeystep AS step ON step.id = point.step_id
JOIN journeys_journeyversion AS version ON version.id = step.version_id AND version.journey_id = %(journey_id)s
JOIN journeys_contact AS contact ON contact.id = point.contact_id
LEFT JOIN journeys_customermessage AS message ON message.send_point_id = point.id
LEFT JOIN LATERAL (
    SELECT bool_or(event.kind = 'delivered') AS has_delivered, bool_or(event.kind = 'clicked') AS has_clicked,
        bool_or(event.kind = 'accepted') AS has_accepted,
        bool_or(event.kind IN ('unsubscribed', 'complained')) AS has_opted_out
    FROM journeys_messageevent AS event WHERE event.message_id = message.id) AS heard ON true
GROUP BY step.key, point.verdict
ORDER BY min(step.position), point.verdict
