-- What an order's goods are worth and what was paid back of them: for a place that has "orders" and "line".
-- All goods after discounts.
CROSS JOIN LATERAL (SELECT line.merchandise - orders.discount_minor AS net) AS goods
-- Refunds are cut at what the goods were worth: what goes beyond was shipping, and no revenue.
CROSS JOIN LATERAL (
    SELECT LEAST(COALESCE(sum(amount_minor), 0), GREATEST(goods.net, 0)) AS amount
    FROM experiments_refund WHERE order_id = orders.id
) AS refund
