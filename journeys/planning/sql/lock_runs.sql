-- Those of the runs that are still due, locked with their contacts: one contact's runs of two journeys, planned by two
-- workers at once, would each miss the other's send point. Not stronger, as runs that begin refer to contacts too.
SELECT run.id, run.contact_id, run.version_id, run.position, run.order_id, run.contract_id, run.triggered_at,
    run.due_at, run.is_control, run.contract_ends_at
FROM journeys_run AS run
JOIN journeys_contact AS contact ON contact.id = run.contact_id
JOIN journeys_journey AS journey ON journey.id = run.journey_id AND journey.status = 'running'
WHERE run.id = ANY(%(run_ids)s) AND run.ended_at IS NULL AND run.due_at <= %(now)s
ORDER BY run.due_at, run.id
FOR NO KEY UPDATE OF run, contact SKIP LOCKED
