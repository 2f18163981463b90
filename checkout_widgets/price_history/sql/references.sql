-- The items of these offers, or of all, with what each may be said to have cost before.
WITH asked AS (
    -- `begins`: from then on a price counts. What runs is compared with the time before it began, so that the price it
    -- is compared with doesn't rise while it runs.
    SELECT item.id AS item_id, item.offer_id, item.product_id, item.quantity, store.compare_at_rule AS rule,
        coalesce(started.at, %(now)s) - CASE store.compare_at_rule WHEN 'lowest' THEN %(lowest_of)s ELSE %(had_within)s END
            AS begins
    FROM checkout_widgets_offeritem AS item
    JOIN checkout_widgets_offer AS offer ON offer.id = item.offer_id
    JOIN experiments_store AS store ON store.id = offer.store_id
    LEFT JOIN LATERAL (
        SELECT min(experiment.started_at) AS at
        FROM (
            SELECT variant_id, offer_id FROM checkout_widgets_widget
            UNION ALL SELECT variant_id, offer_id FROM checkout_widgets_nextwidget
        ) AS widget
        JOIN experiments_variant AS variant ON variant.id = widget.variant_id
        JOIN experiments_experiment AS experiment ON experiment.id = variant.experiment_id
        WHERE widget.offer_id = item.offer_id AND (
            experiment.status IN ('running', 'paused')
            OR experiment.status = 'concluded' AND experiment.rolled_out_variant_id = variant.id
        )
    ) AS started ON true
    WHERE %(offer_ids)s::bigint[] IS NULL OR item.offer_id = ANY(%(offer_ids)s::bigint[])
), priced AS (
    SELECT asked.*, prices.lowest, prices.lowest_at, prices.highest, known.since
    FROM asked
    LEFT JOIN LATERAL (
        SELECT min(known.price_minor) AS lowest, max(known.price_minor) AS highest,
            (array_agg(known.at ORDER BY known.price_minor, known.at DESC))[1] AS lowest_at
        FROM (
            SELECT price_minor, at FROM checkout_widgets_pricechange
            WHERE product_id = asked.product_id AND at BETWEEN asked.begins AND %(now)s
            UNION ALL
            -- the catalog's price when that time began; what an order paid before says nothing of it
            (SELECT price_minor, at FROM checkout_widgets_pricechange
            WHERE product_id = asked.product_id AND at < asked.begins AND source = 'catalog'
            ORDER BY at DESC, id DESC LIMIT 1)
        ) AS known
    ) AS prices ON true
    LEFT JOIN LATERAL (
        SELECT min(at) AS since FROM checkout_widgets_pricechange WHERE product_id = asked.product_id
    ) AS known ON true
)
-- result:
SELECT item_id, offer_id, quantity, rule, begins, since, lowest, lowest_at, highest,
    -- The lowest that is known bounds the lowest that was. The highest says nothing where earlier prices aren't known.
    CASE WHEN rule = 'lowest' THEN lowest WHEN since <= begins THEN highest END AS reference
FROM priced
ORDER BY item_id
