-- What became of the send points of a store's journeys since an instant, by journey.
WITH points AS (
    SELECT version.journey_id, point.id, point.verdict
    FROM journeys_sendpoint AS point
    JOIN journeys_journeystep AS step ON step.id = point.step_id
    JOIN journeys_journeyversion AS version ON version.id = step.version_id
    WHERE point.store_id = %(store_id)s AND point.at >= %(since)s AND point.at < %(until)s
)
-- result: a row a journey
SELECT points.journey_id, count(*),
    count(*) FILTER (WHERE points.verdict = 'control'),
    count(*) FILTER (WHERE message.state = 'sent'),
    count(*) FILTER (WHERE heard.has_clicked), count(*) FILTER (WHERE heard.has_opted_out)
FROM points
LEFT JOIN journeys_customermessage AS message ON message.send_point_id = points.id
LEFT JOIN LATERAL (
    SELECT bool_or(event.kind = 'clicked') AS has_clicked,
        bool_or(event.kind IN ('unsubscribed', 'complained')) AS has_opted_out
    FROM journeys_messageevent AS event WHERE event.message_id = message.id) AS heard ON true
GROUP BY points.journey_id
