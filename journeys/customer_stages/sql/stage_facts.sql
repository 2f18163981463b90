-- What the stages of contacts follow from: one row for each contact that was asked for, in their order.
SELECT point.number, contact.id AS contact_id, newest.id AS order_id, newest.placed_at,
    COALESCE(parcel.parcels, 0) AS parcels, parcel.delivered_at, COALESCE(parcel.is_estimated, false) AS is_estimated,
    COALESCE(bought.products, '[]') AS products,
    contract.ends_at AS contract_ends_at, COALESCE(contract.category, '') AS contract_category
FROM unnest(%(number)s::int[], %(contact_id)s::bigint[], %(order_id)s::bigint[], %(at)s::timestamptz[])
    AS point (number, contact_id, order_id, at)
-- OFFSET, here and below: each is looked up by its index, one after the other, whatever statistics say of tables.
JOIN LATERAL (SELECT id, store_id, customer_key FROM journeys_contact WHERE id = point.contact_id OFFSET 0)
    AS contact ON true
-- The order that is asked for, else the newest: which somebody placed, and not only a browser told of.
LEFT JOIN LATERAL (
    SELECT orders.id, orders.placed_at
    FROM (
        SELECT id, placed_at FROM experiments_order
        -- The index of customers' orders has none without a customer: unless that is said, all orders are read.
        WHERE store_id = contact.store_id AND customer_key = contact.customer_key AND customer_key <> ''
            AND status IN ('paid', 'on_hold') AND repeat_kind = '' AND source <> 'snippet' OFFSET 0) AS orders
    WHERE orders.placed_at <= point.at AND (point.order_id IS NULL OR orders.id = point.order_id)
    ORDER BY orders.placed_at DESC, orders.id DESC LIMIT 1) AS newest ON true
-- Parcels that were sent: an order has arrived once all of them have.
LEFT JOIN LATERAL (
    SELECT count(*) AS parcels, bool_or(shipment.is_estimated) AS is_estimated,
        CASE WHEN bool_and(shipment.delivered_at IS NOT NULL) THEN max(shipment.delivered_at) END AS delivered_at
    FROM journeys_shipment AS shipment
    WHERE shipment.order_id = newest.id
        AND (shipment.shipped_at IS NOT NULL OR shipment.delivered_at IS NOT NULL)) AS parcel ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(product.category, line.quantity)) AS products
    FROM experiments_orderline AS line
    JOIN checkout_widgets_product AS product ON product.store_id = contact.store_id AND product.sku = line.sku
    WHERE line.order_id = newest.id AND product.kind = 'goods') AS bought ON true
-- The one that ends next.
LEFT JOIN LATERAL (
    SELECT contract.ends_at, product.category
    FROM journeys_contract AS contract
    LEFT JOIN checkout_widgets_product AS product
        ON product.store_id = contact.store_id AND product.sku = contract.sku
    WHERE contract.contact_id = contact.id AND contract.cancelled_at IS NULL AND contract.ends_at > point.at
    ORDER BY contract.ends_at, contract.id LIMIT 1) AS contract ON true
ORDER BY point.number
