-- Writes the exposures of one customer's key under another one; of two in one test the earlier wins, as in
-- upsert_exposures.sql. Outcomes stay behind: they are recomputed from the orders. The rows of the key that is given up
-- are deleted by the caller.
INSERT INTO experiments_exposure AS stored
    (store_id, experiment_id, visitor_id, variant_id, exposed_at, cart_value_minor, cart_items, past_orders, device,
     country, customer_type, is_conflicting, is_automated, trigger_version, segments, prior_order_minor, orders,
     revenue_minor, refunded_minor, items, upsell_minor, has_converted, has_accepted)
SELECT moved.store_id, moved.experiment_id, %(kept)s, moved.variant_id, moved.exposed_at, moved.cart_value_minor,
    moved.cart_items, moved.past_orders, moved.device, moved.country, moved.customer_type, moved.is_conflicting,
    moved.is_automated, moved.trigger_version, moved.segments, moved.prior_order_minor, 0, 0, 0, 0, 0, false, false
FROM experiments_exposure AS moved
JOIN experiments_experiment AS experiment ON experiment.id = moved.experiment_id AND experiment.unit = 'customer'
WHERE moved.store_id = %(store_id)s AND moved.visitor_id = %(given_up)s
-- In one order everywhere: two that write the same rows in different orders deadlock.
ORDER BY moved.experiment_id
ON CONFLICT (experiment_id, visitor_id) DO UPDATE SET
    is_conflicting = stored.is_conflicting OR EXCLUDED.is_conflicting OR stored.variant_id <> EXCLUDED.variant_id,
    (variant_id, exposed_at, past_orders, country, customer_type, segments, prior_order_minor) = (
        SELECT earlier.variant_id, earlier.exposed_at, earlier.past_orders, earlier.country, earlier.customer_type,
            earlier.segments, earlier.prior_order_minor
        FROM (VALUES
            (EXCLUDED.variant_id, EXCLUDED.exposed_at, EXCLUDED.past_orders, EXCLUDED.country, EXCLUDED.customer_type,
             EXCLUDED.segments, EXCLUDED.prior_order_minor),
            (stored.variant_id, stored.exposed_at, stored.past_orders, stored.country, stored.customer_type,
             stored.segments, stored.prior_order_minor)
        ) AS earlier (variant_id, exposed_at, past_orders, country, customer_type, segments, prior_order_minor)
        ORDER BY earlier.exposed_at, earlier.variant_id LIMIT 1)
