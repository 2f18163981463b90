-- Part "span" has the hours and days that an exposure's orders count in, "lead" the order that led to the exposure: for
-- a place that has "exposure", "experiment" and "store".
-- How far back the order that led to the moment may lie, how long outcomes are attributed, and what counts.
CROSS JOIN LATERAL (
    SELECT make_interval(hours => CASE experiment.moment {hours} ELSE 0 END) AS led,
        make_interval(hours => 24 * experiment.attribution_window_days) AS attributed,
        experiment.moment = 'confirmation' AS is_lead_counted,
        {is_unsigned_counted} AS is_unsigned_counted, false AS is_renewal_counted
) AS span
-- The order that led to the exposure: the visitor's last up to it. Of a customer it is known from the send point, however
-- old it is. Its status isn't asked for: the covariate is
-- what was known at the exposure, and must not follow what became of the order since.
LEFT JOIN LATERAL (
    SELECT latest.id, GREATEST(COALESCE(kept.value, 0) - latest.discount_minor, 0) AS value
    FROM ({visitor_orders}) AS latest
    -- What it was worth without this test's offer: the covariate must not hold the effect. An accepted line
    -- adds back its share of the order's discount, and nothing else.
    CROSS JOIN LATERAL (
        SELECT sum(CASE WHEN experiment_key = experiment.key THEN discount_minor
            ELSE price_minor * quantity::numeric END) AS value
        FROM experiments_orderline WHERE order_id = latest.id
    ) AS kept
    WHERE experiment.unit = 'visitor' AND experiment.moment IN ('confirmation', 'follow_up')
        AND latest.placed_at <= exposure.exposed_at AND latest.currency = store.currency
        AND (latest.source <> 'snippet' OR span.is_unsigned_counted)
        AND (latest.repeat_kind = '' OR store.is_repeat_counted)
    ORDER BY latest.placed_at DESC, latest.external_id DESC LIMIT 1
) AS lead ON true
