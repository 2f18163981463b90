-- Runs go on to their next step, or end: after the last one, or for a reason.
UPDATE journeys_run AS run SET
    position = run.position + 1,
    is_control = run.is_control OR moved.is_control,
    ended_at = CASE WHEN moved.reason <> '' OR step.id IS NULL THEN %(now)s::timestamptz END,
    ended_reason = CASE WHEN moved.reason = '' AND step.id IS NULL THEN 'completed' ELSE moved.reason END,
    -- It may be over already: what was due too long ago is told by that.
    due_at = COALESCE(next.at, run.due_at)
FROM unnest(%(run_id)s::bigint[], %(end_reason)s::text[], %(is_control)s::bool[]) AS moved (run_id, reason, is_control)
JOIN journeys_run AS present ON present.id = moved.run_id
LEFT JOIN journeys_journeystep AS step
    ON step.version_id = present.version_id AND step.position = present.position + 1
LEFT JOIN LATERAL (
    SELECT CASE step.wait_from WHEN 'trigger' THEN present.triggered_at ELSE %(now)s END + wait.hours AS at
    FROM (__step_wait__) AS wait) AS next ON step.id IS NOT NULL
WHERE run.id = moved.run_id
