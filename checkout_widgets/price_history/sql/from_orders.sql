-- Note what products cost in orders: once a product, price and day, in the catalog's currency and before discounts.
INSERT INTO checkout_widgets_pricechange (product_id, at, price_minor, source)
SELECT DISTINCT product.id, date_trunc('day', placed.placed_at, 'UTC'), line.price_minor, 'order'
FROM experiments_order AS placed
JOIN experiments_orderline AS line ON line.order_id = placed.id
JOIN checkout_widgets_product AS product
    ON product.store_id = placed.store_id AND product.sku = line.sku AND product.currency = placed.currency
WHERE placed.id > %(after)s AND placed.id <= %(until)s AND placed.placed_at BETWEEN %(since)s AND %(now)s
    AND placed.status IN ('paid', 'on_hold')
    AND placed.source <> 'snippet'  -- anybody can make up what a browser tells
    -- Lines are stored without tax. Only where there was none are they what the shop's pages said.
    AND placed.tax_minor = 0
    -- an offer's price is what is compared, not what it is compared with
    AND NOT line.is_upsell AND line.token_experiment_key = ''
    AND line.price_minor > 0  -- a gift is no price
ON CONFLICT DO NOTHING
