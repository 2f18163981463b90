-- The products of a store's orders, for counting what goes together. A customer's number is a digest: two of a million
-- customers share one with a probability below one in ten million. 0 is an order whose customer nobody knows.
SELECT
    CASE WHEN placed.customer_key = '' THEN 0 ELSE hashtextextended(placed.customer_key, 0) END,
    placed.id,
    product.id,
    floor(extract(epoch FROM placed.placed_at) / 60)::bigint
FROM experiments_order AS placed
JOIN experiments_orderline AS line ON line.order_id = placed.id
JOIN checkout_widgets_product AS product ON product.store_id = placed.store_id AND product.sku = line.sku
WHERE
    placed.store_id = %(store_id)s
    AND placed.placed_at >= %(since)s
    AND placed.placed_at < %(until)s
    AND placed.status IN ('paid', 'on_hold')
    -- Anybody can send an order from a browser, and no shopper chose what a subscription renews.
    AND placed.source <> 'snippet'
    AND placed.repeat_kind = ''
    -- What our own offers sold is left out: a suggestion would only confirm itself.
    AND NOT line.is_upsell
    AND product.kind = 'goods'
