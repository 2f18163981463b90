-- The rows of a batch, and nothing looked at: every second customer is in control. One statement, which is the least.
WITH due AS (
    SELECT run.id AS run_id, run.contact_id, contact.customer_key, address.id AS address_id, address.digest,
        consent.id AS consent_id,
        CASE run.id %% 2 WHEN 0 THEN %(control_id)s::bigint ELSE %(treatment_id)s::bigint END AS variant_id
    FROM journeys_run AS run
    JOIN journeys_contact AS contact ON contact.id = run.contact_id
    JOIN journeys_address AS address ON address.contact_id = contact.id
    JOIN journeys_consentrecord AS consent ON consent.address_id = address.id
    WHERE run.journey_id = %(journey_id)s AND run.ended_at IS NULL AND run.due_at <= %(now)s
    ORDER BY run.due_at, run.id
    LIMIT %(limit)s
),
exposed AS (
    INSERT INTO experiments_exposure (store_id, experiment_id, visitor_id, variant_id, exposed_at, device, country,
        customer_type, is_conflicting, is_automated, trigger_version, segments, prior_order_minor, orders,
        revenue_minor, refunded_minor, items, upsell_minor, has_converted, has_accepted)
    SELECT %(store_id)s, %(experiment_id)s, 'c:' || customer_key, variant_id, %(now)s, '', 'DE', 'new', false, false, 1,
        '{}', 4900, 0, 0, 0, 0, 0, false, false
    FROM due ORDER BY customer_key
),
point AS (
    INSERT INTO journeys_sendpoint (store_id, run_id, step_id, contact_id, variant_id, at, verdict)
    SELECT %(store_id)s, run_id, %(step_id)s, contact_id, variant_id, %(now)s,
        CASE variant_id WHEN %(control_id)s THEN 'control' ELSE 'send' END
    FROM due
    RETURNING id, run_id, verdict
),
message AS (
    INSERT INTO journeys_customermessage
        (store_id, send_point_id, contact_id, address_id, address_digest, consent_id, answered_act, state, reason,
         planned_at, send_by, next_attempt_at, attempts, provider_id, content_digest)
    SELECT %(store_id)s, point.id, due.contact_id, due.address_id, due.digest, due.consent_id, '', 'planned', '',
        %(now)s, %(now)s, %(now)s, 0, '', ''
    FROM point JOIN due USING (run_id) WHERE point.verdict = 'send'
),
noted AS (
    UPDATE journeys_contact AS contact SET last_send_point_at = %(now)s FROM due WHERE contact.id = due.contact_id
)
UPDATE journeys_run AS run SET position = 1, ended_at = %(now)s, ended_reason = 'completed'
FROM due WHERE run.id = due.run_id
