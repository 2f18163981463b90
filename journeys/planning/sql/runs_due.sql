-- The runs of a journey that are due longest, with their customers. A step whose test is paused waits for it.
SELECT run.id, contact.customer_key
FROM journeys_run AS run
JOIN journeys_contact AS contact ON contact.id = run.contact_id
LEFT JOIN journeys_journeystep AS step ON step.version_id = run.version_id AND step.position = run.position
LEFT JOIN experiments_experiment AS experiment ON experiment.id = step.experiment_id
WHERE run.journey_id = %(journey_id)s AND run.ended_at IS NULL AND run.due_at <= %(now)s
    AND (experiment.id IS NULL OR experiment.status NOT IN ('draft', 'scheduled', 'paused'))
ORDER BY run.due_at, run.id
LIMIT %(limit)s
