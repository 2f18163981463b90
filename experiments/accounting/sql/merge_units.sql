-- New and changed units. Rows that are the same aren't written: each written row would have its day added up again.
INSERT INTO experiments_exposure AS stored
    (store_id, experiment_id, visitor_id, variant_id, exposed_at, cart_value_minor, segments, orders, revenue_minor,
     has_converted, device, country, customer_type, is_conflicting, refunded_minor, items, upsell_minor, has_accepted,
     margin_minor)
SELECT %(store_id)s, %(experiment_id)s, unit.visitor_id, variant.id, unit.exposed_at, unit.cart_value_minor,
    unit.segments, unit.orders, unit.revenue_minor, unit.orders > 0, '', '', '', false, 0, 0, 0, false,
    -- Without an order there is nothing whose cost is unknown, so the margin is 0 and not NULL.
    CASE WHEN unit.orders = 0 AND unit.revenue_minor = 0 THEN 0 END
FROM imported_unit AS unit
JOIN experiments_variant AS variant ON variant.experiment_id = %(experiment_id)s AND variant.key = unit.variant_key
ON CONFLICT (experiment_id, visitor_id) DO UPDATE SET
    (variant_id, exposed_at, cart_value_minor, segments, orders, revenue_minor, has_converted, margin_minor) =
    (EXCLUDED.variant_id, EXCLUDED.exposed_at, EXCLUDED.cart_value_minor, EXCLUDED.segments, EXCLUDED.orders,
     EXCLUDED.revenue_minor, EXCLUDED.has_converted, EXCLUDED.margin_minor)
WHERE (stored.variant_id, stored.exposed_at, stored.cart_value_minor, stored.segments, stored.orders,
       stored.revenue_minor)
    IS DISTINCT FROM
      (EXCLUDED.variant_id, EXCLUDED.exposed_at, EXCLUDED.cart_value_minor, EXCLUDED.segments, EXCLUDED.orders,
       EXCLUDED.revenue_minor)
-- xmax is 0 only in a row that this statement inserted: that tells the added from the changed.
RETURNING xmax = 0
