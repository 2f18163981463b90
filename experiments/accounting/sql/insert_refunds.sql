-- Refunds of orders; "lines" is JSON.
INSERT INTO experiments_refund (order_id, external_id, amount_minor, refunded_at, lines)
SELECT order_id, external_id, amount_minor, refunded_at, lines::jsonb
FROM unnest(
    %(order_id)s::bigint[], %(external_id)s::text[], %(amount_minor)s::bigint[], %(refunded_at)s::timestamptz[],
    %(lines)s::text[]
) AS refund (order_id, external_id, amount_minor, refunded_at, lines)
