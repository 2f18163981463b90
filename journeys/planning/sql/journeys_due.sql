-- Running journeys, of stores that send, while the installation does, that have something due: a look into the index for each.
SELECT journey.id
FROM journeys_journey AS journey
JOIN journeys_sender AS sender ON sender.store_id = journey.store_id AND sender.is_on
WHERE journey.status = 'running' AND NOT EXISTS (SELECT FROM journeys_sendingswitch WHERE NOT is_on) AND EXISTS (
    SELECT FROM journeys_run AS run
    WHERE run.journey_id = journey.id AND run.ended_at IS NULL AND run.due_at <= %(now)s)
ORDER BY journey.id
