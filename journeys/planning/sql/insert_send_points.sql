-- The send points of a batch, by run.
INSERT INTO journeys_sendpoint (store_id, run_id, step_id, contact_id, variant_id, at, verdict, pairs)
SELECT %(store_id)s, point.run_id, point.step_id, point.contact_id, point.variant_id, %(now)s, point.verdict,
    point.pairs::jsonb
FROM unnest(%(run_id)s::bigint[], %(step_id)s::bigint[], %(contact_id)s::bigint[], %(variant_id)s::bigint[],
    %(verdict)s::text[], %(pairs)s::text[]) AS point (run_id, step_id, contact_id, variant_id, verdict, pairs)
RETURNING run_id, id
