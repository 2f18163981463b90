-- The orders of a store's day, each with its fate: the names of ``Fate``, of several reasons the first there.
-- Every step looks rows up by index, one order at a time: a day has few orders and an order's visitor few exposures.
WITH theirs AS MATERIALIZED (
    SELECT orders.*, COALESCE(NULLIF(orders.visitor_id, ''), orders.linked_visitor_id) AS whose
    FROM experiments_order AS orders
    WHERE orders.store_id = %(store_id)s AND orders.placed_at >= %(begins)s AND orders.placed_at < %(ends)s
),
-- What outcomes.py would make of the order, told in the same order of reasons as the page lists them.
fate AS (
    SELECT theirs.id, theirs.external_id, theirs.placed_at, theirs.currency, theirs.total_minor, theirs.tax_minor,
        theirs.shipping_minor, theirs.discount_minor,
        CASE
            WHEN theirs.status = 'pending' THEN 'unpaid'
            WHEN theirs.status = 'cancelled' AND theirs.deleted_at > COALESCE(theirs.restored_at, '-infinity')
                THEN 'deleted'
            WHEN theirs.status = 'cancelled' THEN 'cancelled'
            WHEN theirs.currency <> store.currency THEN 'other_currency'
            WHEN theirs.source = 'snippet' AND NOT {is_unsigned_counted} THEN 'unsigned'
            WHEN theirs.repeat_kind <> '' AND NOT store.is_repeat_counted THEN theirs.repeat_kind
            WHEN seen.is_counted OR reached.is_counted THEN 'counted'
            WHEN theirs.whose = '' THEN 'no_visitor'
            WHEN seen.is_earlier THEN 'outside_window'
            ELSE 'not_exposed'
        END AS fate
    FROM theirs JOIN experiments_store AS store ON store.id = theirs.store_id
    -- Whether the visitor was exposed before the order, and whether it counts for any of those tests: within the
    -- attribution window, or as the order that led to a confirmation page, which is the visitor's last before it.
    LEFT JOIN LATERAL (
        SELECT bool_or(date_trunc('second', exposure.exposed_at) <= theirs.placed_at) AS is_earlier,
            bool_or(
                (date_trunc('second', exposure.exposed_at) <= theirs.placed_at AND theirs.placed_at
                    < exposure.exposed_at + make_interval(hours => 24 * experiment.attribution_window_days))
                OR (experiment.moment = 'confirmation' AND theirs.placed_at <= exposure.exposed_at
                    AND theirs.placed_at >= date_trunc('second', exposure.exposed_at)
                        - make_interval(hours => {confirmation_hours})
                    AND NOT EXISTS (
                        SELECT FROM experiments_order AS later
                        WHERE later.store_id = theirs.store_id
                            AND (later.visitor_id = theirs.whose
                                OR (later.linked_visitor_id = theirs.whose AND later.linked_visitor_id <> ''))
                            AND later.currency = store.currency AND later.placed_at <= exposure.exposed_at
                            AND (later.source <> 'snippet' OR {is_unsigned_counted})
                            AND (later.repeat_kind = '' OR store.is_repeat_counted)
                            AND (later.placed_at, later.external_id) > (theirs.placed_at, theirs.external_id)))
            ) AS is_counted
        FROM experiments_exposure AS exposure
        JOIN experiments_experiment AS experiment
            ON experiment.id = exposure.experiment_id AND experiment.source <> 'imported'
        WHERE exposure.store_id = theirs.store_id AND exposure.visitor_id = theirs.whose AND theirs.whose <> ''
            AND (NOT exposure.is_automated OR store.is_automation_counted)
            AND experiment.unit = 'visitor'
    ) AS seen ON true
    -- Whether it counts for a test on customers, whoever the visitor was.
    LEFT JOIN LATERAL (
        SELECT bool_or(exposure.exposed_at < theirs.placed_at AND theirs.placed_at
            < exposure.exposed_at + make_interval(hours => 24 * experiment.attribution_window_days)) AS is_counted
        FROM experiments_exposure AS exposure
        JOIN experiments_experiment AS experiment
            ON experiment.id = exposure.experiment_id AND experiment.unit = 'customer'
        WHERE exposure.store_id = theirs.store_id AND exposure.visitor_id = 'c:' || theirs.customer_key
            AND theirs.customer_key <> ''
    ) AS reached ON true
)
