-- Exposures of a store, one per experiment and visitor; with one that is stored already, the earlier of the two wins.
INSERT INTO experiments_exposure AS stored
    (store_id, experiment_id, visitor_id, variant_id, exposed_at, cart_value_minor, cart_items, past_orders, device,
     country, customer_type, is_conflicting, is_automated, trigger_version, segments, would_show, prior_order_minor, orders,
     revenue_minor, refunded_minor, items, upsell_minor, has_converted, has_accepted)
SELECT %(store_id)s, first.experiment_id, first.visitor_id, first.variant_id, first.occurred_at,
    first.cart_value_minor, first.cart_items, first.past_orders, first.device, first.country, first.customer_type,
    (pair ->> 1)::bool, first.is_automated, first.trigger_version, COALESCE(first.segments, '{}'),
    first.would_show, first.prior_order_minor, 0, 0, 0, 0, 0, false, false
-- Pairs of an event and whether others of its batch were of another variant, as one JSON text: see insert_events.sql.
FROM json_array_elements(%(exposures)s::json) AS pair
CROSS JOIN LATERAL json_to_record(pair -> 0) AS first (experiment_id bigint, visitor_id text, variant_id bigint,
    occurred_at timestamptz, cart_value_minor bigint, cart_items smallint, past_orders smallint, device text,
    country text, customer_type text, is_automated bool, trigger_version smallint, segments jsonb,
    would_show jsonb, prior_order_minor bigint)
-- Those of an experiment that is gone, or another store's, are left out. Imported ones bring their exposures. A visitor
-- is in no test of customers, nor a customer in one of visitors: outcomes would be looked for in the wrong orders.
JOIN experiments_experiment AS experiment ON experiment.id = first.experiment_id
    AND experiment.store_id = %(store_id)s AND experiment.source <> 'imported' AND experiment.unit = %(unit)s
JOIN experiments_variant AS variant ON variant.id = first.variant_id AND variant.experiment_id = experiment.id
-- In one order everywhere: two batches that lock the same rows in different orders deadlock.
ORDER BY first.experiment_id, first.visitor_id
ON CONFLICT (experiment_id, visitor_id) DO UPDATE SET
    is_conflicting = stored.is_conflicting OR EXCLUDED.is_conflicting OR stored.variant_id <> EXCLUDED.variant_id,
    is_automated = stored.is_automated OR EXCLUDED.is_automated,
    -- All that an exposure says comes from the same one of the two, whichever arrived first. Of the same instant the
    -- smaller variant wins, so that the result doesn't depend on the order of arrival.
    (variant_id, exposed_at, cart_value_minor, cart_items, past_orders, device, country, customer_type,
     trigger_version, segments, would_show, prior_order_minor) = (
        SELECT earlier.variant_id, earlier.exposed_at, earlier.cart_value_minor, earlier.cart_items,
            earlier.past_orders, earlier.device, earlier.country, earlier.customer_type, earlier.trigger_version,
            earlier.segments, earlier.would_show, earlier.prior_order_minor
        FROM (VALUES
            (EXCLUDED.variant_id, EXCLUDED.exposed_at, EXCLUDED.cart_value_minor, EXCLUDED.cart_items,
             EXCLUDED.past_orders, EXCLUDED.device, EXCLUDED.country, EXCLUDED.customer_type,
             EXCLUDED.trigger_version, EXCLUDED.segments, EXCLUDED.would_show,
             EXCLUDED.prior_order_minor),
            (stored.variant_id, stored.exposed_at, stored.cart_value_minor, stored.cart_items, stored.past_orders,
             stored.device, stored.country, stored.customer_type, stored.trigger_version, stored.segments,
             stored.would_show, stored.prior_order_minor)
        ) AS earlier (variant_id, exposed_at, cart_value_minor, cart_items, past_orders, device, country,
            customer_type, trigger_version, segments, would_show, prior_order_minor)
        ORDER BY earlier.exposed_at, earlier.variant_id LIMIT 1)
-- A later exposure that says nothing new isn't written: each written row would have its day added up again.
WHERE EXCLUDED.is_conflicting OR stored.variant_id <> EXCLUDED.variant_id OR EXCLUDED.exposed_at < stored.exposed_at
    OR (EXCLUDED.is_automated AND NOT stored.is_automated)
-- Whether the row is new: nobody has replaced a version of it. Whether the visitor has orders: two questions and not one
-- with OR, so that each is answered by its own index. Of a customer only orders after the send point count.
RETURNING experiment_id, visitor_id, stored.xmax = 0, CASE WHEN %(unit)s = 'customer' THEN EXISTS (
    SELECT FROM experiments_order AS orders
    WHERE orders.store_id = stored.store_id AND orders.customer_key = substr(stored.visitor_id, 3)
        AND orders.customer_key <> '' AND orders.placed_at > stored.exposed_at)
ELSE EXISTS (
    SELECT FROM experiments_order AS orders
    WHERE orders.store_id = stored.store_id AND orders.visitor_id = stored.visitor_id)
OR EXISTS (
    SELECT FROM experiments_order AS orders
    WHERE orders.store_id = stored.store_id AND orders.linked_visitor_id = stored.visitor_id
        AND orders.linked_visitor_id <> '')
END
