-- Outcomes as they were computed while tests had no unit but the visitor: what they come to may not have changed by a cent.
-- Fills the outcome columns of some visitors' exposures from their orders.
-- Every step looks rows up by index, one exposure at a time: no join whose cost hangs on the planner's guess of how
-- many orders a visitor has, which is wrong just after a large import.
-- The outcome of each exposure as its orders have it now. Imported experiments bring their own and are left out.
WITH outcome AS MATERIALIZED (
    SELECT exposure.experiment_id, exposure.visitor_id, placed.*, lead.value AS prior
    FROM experiments_exposure AS exposure
    JOIN experiments_experiment AS experiment
        ON experiment.id = exposure.experiment_id AND experiment.source <> 'imported'
    JOIN experiments_store AS store ON store.id = exposure.store_id
    -- Part "span" has the hours and days that an exposure's orders count in, "lead" the order that led to the exposure: for
-- a place that has "exposure", "experiment" and "store".
-- How far back the order that led to the moment may lie, how long outcomes are attributed, and what counts.
CROSS JOIN LATERAL (
    SELECT make_interval(hours => CASE experiment.moment WHEN 'confirmation' THEN 24 WHEN 'follow_up' THEN 720  ELSE 0 END) AS led,
        make_interval(hours => 24 * experiment.attribution_window_days) AS attributed,
        experiment.moment = 'confirmation' AS is_lead_counted,
        store.unsigned_orders = 'always'
        OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL) AS is_unsigned_counted
) AS span
-- The order that led to the exposure: the visitor's last up to it. Its status isn't asked for: the covariate is
-- what was known at the exposure, and must not follow what became of the order since.
LEFT JOIN LATERAL (
    SELECT latest.id, GREATEST(COALESCE(kept.value, 0) - latest.discount_minor, 0) AS value
    FROM (-- All orders that may be the outcome of an exposure's visitor, or may have led to the exposure: for a place that has
-- "exposure" and "span". Two queries and not one with OR, so that each reads its own index.
SELECT named.* FROM experiments_order AS named
WHERE named.store_id = %(store_id)s AND named.visitor_id = exposure.visitor_id
    AND named.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND named.placed_at < exposure.exposed_at + span.attributed
UNION ALL
SELECT linked.* FROM experiments_order AS linked
WHERE linked.store_id = %(store_id)s AND linked.linked_visitor_id = exposure.visitor_id
    AND linked.linked_visitor_id <> ''
    AND linked.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND linked.placed_at < exposure.exposed_at + span.attributed
) AS latest
    -- What it was worth without this test's offer: the covariate must not hold the effect. An accepted line
    -- adds back its share of the order's discount, and nothing else.
    CROSS JOIN LATERAL (
        SELECT sum(CASE WHEN experiment_key = experiment.key THEN discount_minor
            ELSE price_minor * quantity::numeric END) AS value
        FROM experiments_orderline WHERE order_id = latest.id
    ) AS kept
    WHERE experiment.moment IN ('confirmation', 'follow_up')
        AND latest.placed_at <= exposure.exposed_at AND latest.currency = store.currency
        AND (latest.source <> 'snippet' OR span.is_unsigned_counted)
        AND (latest.repeat_kind = '' OR store.is_repeat_counted)
    ORDER BY latest.placed_at DESC, latest.external_id DESC LIMIT 1
) AS lead ON true

    -- What the orders that count add up to.
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders,
            COALESCE(sum(
                goods.net + CASE WHEN store.is_tax_revenue THEN orders.tax_minor ELSE 0 END
                + CASE WHEN store.is_shipping_revenue THEN orders.shipping_minor ELSE 0 END
            ), 0) AS revenue,
            -- Tax is paid back in proportion to the goods.
            COALESCE(sum(refund.amount + CASE WHEN store.is_tax_revenue AND goods.net > 0 THEN
                round(orders.tax_minor * refund.amount / goods.net) ELSE 0 END), 0) AS refunded,
            COALESCE(sum(line.items), 0) AS items,
            COALESCE(sum(line.upsell), 0) AS upsell,
            -- Unknown as soon as one cost is: a sum of the others would be too high.
            CASE WHEN COALESCE(bool_and(line.is_cost_known), true) THEN
                COALESCE(sum(goods.net - line.cost - refund.amount), 0)
            END AS margin,
            COALESCE(bool_or(line.has_accepted), false) AS has_accepted
        FROM (-- All orders that may be the outcome of an exposure's visitor, or may have led to the exposure: for a place that has
-- "exposure" and "span". Two queries and not one with OR, so that each reads its own index.
SELECT named.* FROM experiments_order AS named
WHERE named.store_id = %(store_id)s AND named.visitor_id = exposure.visitor_id
    AND named.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND named.placed_at < exposure.exposed_at + span.attributed
UNION ALL
SELECT linked.* FROM experiments_order AS linked
WHERE linked.store_id = %(store_id)s AND linked.linked_visitor_id = exposure.visitor_id
    AND linked.linked_visitor_id <> ''
    AND linked.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
    AND linked.placed_at < exposure.exposed_at + span.attributed
) AS orders
        -- The order's lines. In a holdout's experiment an accepted offer of any test counts.
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS merchandise,
                COALESCE(sum(cost_minor * quantity::numeric), 0) AS cost,
                COALESCE(bool_and(cost_minor IS NOT NULL), true) AS is_cost_known,
                sum(quantity) AS items,
                sum(price_minor * quantity::numeric - discount_minor)
                    FILTER (WHERE experiment_key = experiment.key OR is_any) AS upsell,
                bool_or(experiment_key = experiment.key OR is_any) AS has_accepted
            FROM experiments_orderline
            CROSS JOIN LATERAL (SELECT experiment.source = 'holdout' AND experiment_key <> '' AS is_any) AS sold
            WHERE order_id = orders.id
        ) AS line
        -- All goods after discounts.
        CROSS JOIN LATERAL (SELECT line.merchandise - orders.discount_minor AS net) AS goods
        -- Refunds are cut at what the goods were worth: what goes beyond was shipping, and no revenue.
        CROSS JOIN LATERAL (
            SELECT LEAST(COALESCE(sum(amount_minor), 0), GREATEST(goods.net, 0)) AS amount
            FROM experiments_refund WHERE order_id = orders.id
        ) AS refund
        WHERE -- Whether an order counts for an exposure: for a place that has "orders", "exposure", "store", "span" and "lead".
orders.currency = store.currency
    AND orders.status IN ('paid', 'on_hold')
    AND (orders.repeat_kind = '' OR store.is_repeat_counted)
    AND (orders.source <> 'snippet' OR span.is_unsigned_counted)
    -- From the exposure's second on: shop systems date orders by whole seconds, and an order of the same second
    -- would else come before the exposure that it followed.
    AND CASE WHEN orders.id = lead.id THEN span.is_lead_counted
        ELSE orders.placed_at >= date_trunc('second', exposure.exposed_at) END

    ) AS placed
    WHERE exposure.store_id = %(store_id)s AND exposure.visitor_id = ANY(%(visitor_ids)s::text[])
)
-- result: the number of rows written; what is the same already isn't, or each row would have its day added up again
UPDATE experiments_exposure AS exposure SET
    orders = outcome.orders, revenue_minor = outcome.revenue, refunded_minor = outcome.refunded,
    items = outcome.items, upsell_minor = outcome.upsell, margin_minor = outcome.margin,
    has_converted = outcome.orders > 0, has_accepted = outcome.has_accepted, prior_order_minor = outcome.prior
FROM outcome
WHERE exposure.experiment_id = outcome.experiment_id AND exposure.visitor_id = outcome.visitor_id
    AND (exposure.orders, exposure.revenue_minor, exposure.refunded_minor, exposure.items, exposure.upsell_minor,
         exposure.margin_minor, exposure.has_accepted, exposure.prior_order_minor)
        IS DISTINCT FROM
        (outcome.orders, outcome.revenue, outcome.refunded, outcome.items, outcome.upsell, outcome.margin,
         outcome.has_accepted, outcome.prior)
