-- Customers of a store, each with an address, an opt-in, and one order.
WITH contact AS (
    INSERT INTO journeys_contact (store_id, customer_key, locale, timezone, country, seen_at, created_at)
    SELECT %(store_id)s, 'i_' || number, 'en', '', 'DE', %(placed_at)s, %(placed_at)s
    FROM generate_series(1, %(customers)s) AS number
    RETURNING id, customer_key
),
address AS (
    INSERT INTO journeys_address
        (store_id, contact_id, channel, value, key_id, digest, state, named_at, created_at)
    SELECT %(store_id)s, id, 'email', 'sealed', 'key', md5(customer_key), 'ok', %(placed_at)s, %(placed_at)s
    FROM contact
    RETURNING id
),
consent AS (
    INSERT INTO journeys_consentrecord
        (address_id, basis, topic, source, wording_version, categories, said_at, recorded_at)
    SELECT id, 'opt_in', '', 'bench', '', '{}', %(placed_at)s, %(placed_at)s FROM address
),
placed AS (
    INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, customer_key, status,
        placed_at, updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor,
        total_minor)
    SELECT %(store_id)s, 'order-' || customer_key, 'api', 'v_' || customer_key, substr(customer_key, 3), customer_key,
        'paid', %(placed_at)s, %(placed_at)s, %(placed_at)s, 'EUR', 4900, 0, 0, 0, 4900
    FROM contact
    RETURNING id
)
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
SELECT id, 0, 'tea', 1, 4900, 0, 2000, false, '' FROM placed
