-- The latest runs of a version at each of its steps, with how long the step waits for them.
SELECT run.id, run.contact_id, run.order_id, run.contract_id, run.contract_ends_at, run.triggered_at, step.position,
    wait.hours
FROM (
    SELECT * FROM journeys_run WHERE version_id = %(version_id)s ORDER BY triggered_at DESC, id DESC LIMIT %(most)s
) AS run
JOIN journeys_journeystep AS step ON step.version_id = run.version_id
CROSS JOIN LATERAL (__step_wait__) AS wait
