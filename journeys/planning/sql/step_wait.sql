-- How long a step waits, in hours: the shortest that its categories give for the order's products, else its own.
SELECT make_interval(hours => COALESCE(
    (SELECT min((step.category_waits ->> product.category)::int)
     FROM experiments_orderline AS line
     JOIN checkout_widgets_product AS product ON product.store_id = {store_id} AND product.sku = line.sku
     WHERE line.order_id = {order_id} AND step.category_waits <> '{{}}' AND step.category_waits ? product.category),
    step.wait_hours)) AS hours
