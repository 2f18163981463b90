-- Of each offer that says a share: how many customers bought the product it is of, and how many of them one of its own.
-- Customers, not orders. Who bought less than a month ago has had no time to come back, and isn't counted.
WITH owner AS (
    SELECT DISTINCT offer.id AS offer_id, offer.store_id, bought.customer_key
    FROM checkout_widgets_offer AS offer
    JOIN checkout_widgets_product AS product ON product.id = offer.share_of_id
    JOIN experiments_order AS bought ON bought.store_id = offer.store_id
    JOIN experiments_orderline AS line ON line.order_id = bought.id AND line.sku = product.sku
    WHERE bought.placed_at > %(since)s AND bought.placed_at <= %(until)s
        AND bought.status = ANY(%(statuses)s) AND bought.customer_key <> ''
),
counted AS (
    SELECT owner.offer_id, count(*) AS owners, count(*) FILTER (WHERE EXISTS (
        SELECT FROM experiments_order AS other
        JOIN experiments_orderline AS line ON line.order_id = other.id
        JOIN checkout_widgets_product AS product ON product.sku = line.sku AND product.store_id = other.store_id
        JOIN checkout_widgets_offeritem AS item ON item.product_id = product.id AND item.offer_id = owner.offer_id
        WHERE other.store_id = owner.store_id AND other.customer_key = owner.customer_key
            AND other.placed_at > %(since)s AND other.status = ANY(%(statuses)s)
    )) AS owners_with
    FROM owner
    GROUP BY owner.offer_id
)
UPDATE checkout_widgets_offer AS offer
SET owners = coalesce(counted.owners, 0), owners_with = coalesce(counted.owners_with, 0)
FROM checkout_widgets_offer AS same
LEFT JOIN counted ON counted.offer_id = same.id
WHERE same.id = offer.id
    -- Only what differs is written: each write of an offer makes every edge process load its store again.
    AND (offer.owners, offer.owners_with) IS DISTINCT FROM
        (coalesce(counted.owners, 0), coalesce(counted.owners_with, 0))
