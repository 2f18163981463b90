-- How long a store's orders and refunds took, by test, variant, day of exposure by the test's clock, and age in hours since it.
-- Those who bought, since a time: read by the index of buyers, test by test.
WITH buyer AS MATERIALIZED (
    SELECT experiment.store_id, exposure.experiment_id, exposure.variant_id, exposure.visitor_id, exposure.exposed_at,
        make_interval(hours => 24 * experiment.attribution_window_days) AS attributed,
        experiment.moment = 'confirmation' AS is_lead_counted, experiment.day_zone, experiment.unit
    FROM experiments_experiment AS experiment
    JOIN experiments_exposure AS exposure ON exposure.experiment_id = experiment.id
        AND exposure.exposed_at >= %(since)s AND exposure.exposed_at < %(now)s AND {is_buyer}
        AND (NOT exposure.is_automated OR %(is_automation_counted)s)
    WHERE experiment.store_id = %(store_id)s AND experiment.source = 'live'
),
-- Their orders that count, each by index. The one that led to a confirmation page was known at the exposure.
bought AS MATERIALIZED (
    SELECT buyer.experiment_id, buyer.variant_id, (buyer.exposed_at AT TIME ZONE buyer.day_zone)::date AS day, buyer.exposed_at,
        orders.id AS order_id, orders.placed_at,
        orders.subtotal_minor - orders.discount_minor
            + CASE WHEN %(is_tax_revenue)s THEN orders.tax_minor ELSE 0 END
            + CASE WHEN %(is_shipping_revenue)s THEN orders.shipping_minor ELSE 0 END AS value
    FROM buyer
    -- The store is the row's and no number, as in visitor_orders.sql.
    CROSS JOIN LATERAL (
        SELECT named.* FROM experiments_order AS named
        WHERE buyer.unit = 'visitor' AND named.store_id = buyer.store_id AND named.visitor_id = buyer.visitor_id
            AND named.placed_at >= date_trunc('second', buyer.exposed_at)
                - CASE WHEN buyer.is_lead_counted THEN make_interval(hours => 24) ELSE make_interval() END
            AND named.placed_at < LEAST(buyer.exposed_at + buyer.attributed, %(now)s)
        UNION ALL
        SELECT linked.* FROM experiments_order AS linked
        WHERE buyer.unit = 'visitor' AND linked.store_id = buyer.store_id
            AND linked.linked_visitor_id = buyer.visitor_id AND linked.linked_visitor_id <> ''
            AND linked.placed_at >= date_trunc('second', buyer.exposed_at)
                - CASE WHEN buyer.is_lead_counted THEN make_interval(hours => 24) ELSE make_interval() END
            AND linked.placed_at < LEAST(buyer.exposed_at + buyer.attributed, %(now)s)
        UNION ALL
        SELECT owned.* FROM experiments_order AS owned
        WHERE buyer.unit = 'customer' AND owned.store_id = buyer.store_id
            AND owned.customer_key = substr(buyer.visitor_id, 3) AND owned.customer_key <> ''
            AND owned.placed_at > buyer.exposed_at
            AND owned.placed_at < LEAST(buyer.exposed_at + buyer.attributed, %(now)s)
    ) AS orders
    WHERE orders.status IN ('paid', 'on_hold') AND orders.currency = %(currency)s
        AND (orders.repeat_kind = '' OR %(is_repeat_counted)s)
        AND (orders.source <> 'snippet' OR %(is_unsigned_counted)s)
),
-- Both as amounts after so many hours.
amount AS (
    SELECT experiment_id, variant_id, day, extract(epoch FROM placed_at - exposed_at) / 3600 AS hours,
        1 AS orders, GREATEST(value, 0) AS value, 0 AS refunded, 0 AS refunds
    FROM bought
    UNION ALL
    SELECT bought.experiment_id, bought.variant_id, bought.day,
        extract(epoch FROM refund.refunded_at - bought.exposed_at) / 3600, 0, 0, refund.amount_minor, 1
    FROM bought JOIN experiments_refund AS refund ON refund.order_id = bought.order_id
    WHERE refund.refunded_at < %(now)s
),
-- By step of age, named by its end: whole hours on the first day, then whole days. Grouped before the variant's key is
-- looked up, which would else be done for every order.
step AS (
    SELECT experiment_id, variant_id, day,
        CASE WHEN hours <= 24 THEN GREATEST(ceil(hours), 1) ELSE ceil(hours / 24) * 24 END::int AS age,
        sum(orders) AS orders, sum(value) AS value, sum(refunded) AS refunded, sum(refunds) AS refunds
    FROM amount GROUP BY 1, 2, 3, 4
)
-- result: one row a test, variant, day and step of age
SELECT experiment_id, (SELECT key FROM experiments_variant WHERE id = variant_id), day, age, orders, value, refunded, refunds
FROM step
