-- Versions of a store's orders, one per order; those older than what is stored change nothing.
INSERT INTO experiments_order AS stored
    (store_id, source, received_at, external_id, visitor_id, customer_id, customer_key, status, placed_at, updated_at,
     currency, subtotal_minor, discount_minor, tax_minor, shipping_minor, total_minor, presentment_currency,
     presentment_total_minor, repeat_kind, first_external_id, deleted_at, restored_at, sent_status)
SELECT %(store_id)s, %(source)s, now(), body.external_id, body.visitor_id, body.customer_id,
    body.customer_key, body.status, body.placed_at, body.updated_at, body.currency, body.subtotal_minor,
    body.discount_minor, body.tax_minor, body.shipping_minor, body.total_minor, body.presentment_currency,
    body.presentment_total_minor, body.repeat_kind, body.first_external_id, body.deleted_at, body.restored_at,
    body.status
FROM unnest(
    %(external_id)s::text[], %(visitor_id)s::text[], %(customer_id)s::text[], %(customer_key)s::text[],
    %(status)s::text[],
    %(placed_at)s::timestamptz[], %(updated_at)s::timestamptz[], %(currency)s::text[],
    %(subtotal_minor)s::bigint[], %(discount_minor)s::bigint[], %(tax_minor)s::bigint[],
    %(shipping_minor)s::bigint[], %(total_minor)s::bigint[],
    %(presentment_currency)s::text[], %(presentment_total_minor)s::bigint[],
    %(repeat_kind)s::text[], %(first_external_id)s::text[],
    %(deleted_at)s::timestamptz[], %(restored_at)s::timestamptz[]
) AS body (
    external_id, visitor_id, customer_id, customer_key,
    status,
    placed_at, updated_at, currency,
    subtotal_minor, discount_minor, tax_minor,
    shipping_minor, total_minor,
    presentment_currency, presentment_total_minor,
    repeat_kind, first_external_id,
    deleted_at, restored_at
)
ON CONFLICT (store_id, external_id) DO UPDATE SET
    -- A version that doesn't name them keeps what an earlier one said.
    visitor_id = COALESCE(NULLIF(EXCLUDED.visitor_id, ''), stored.visitor_id),
    customer_id = COALESCE(NULLIF(EXCLUDED.customer_id, ''), stored.customer_id),
    -- Worked out from this version and the stored one, under the customer's lock: see customers.py.
    customer_key = EXCLUDED.customer_key,
    first_external_id = COALESCE(NULLIF(EXCLUDED.first_external_id, ''), stored.first_external_id),
    -- A version that comes after a deletion doesn't bring the order back.
    status = CASE WHEN stored.deleted_at > COALESCE(stored.restored_at, '-infinity') THEN 'cancelled'
        ELSE EXCLUDED.status END,
    -- It says itself whether it is paid.
    unclear_until = NULL,
    (source, sent_status, repeat_kind, placed_at, updated_at, currency, subtotal_minor, discount_minor, tax_minor,
     shipping_minor, total_minor, presentment_currency, presentment_total_minor) =
    (EXCLUDED.source, EXCLUDED.sent_status, EXCLUDED.repeat_kind, EXCLUDED.placed_at, EXCLUDED.updated_at,
     EXCLUDED.currency, EXCLUDED.subtotal_minor, EXCLUDED.discount_minor, EXCLUDED.tax_minor, EXCLUDED.shipping_minor,
     EXCLUDED.total_minor, EXCLUDED.presentment_currency, EXCLUDED.presentment_total_minor)
-- What only a browser told of gives way to any version of the shop's: its time is the browser's.
WHERE stored.updated_at <= EXCLUDED.updated_at OR stored.source = 'snippet'
-- Rows that weren't written are left out: that tells the stale versions.
RETURNING external_id, id
