-- result: one row a fate and currency. Refunds are cut at what was paid for the goods, as reports cut them.
SELECT fate.fate, fate.currency, count(*), sum(fate.total_minor), sum(line.goods - fate.discount_minor),
    sum(fate.tax_minor), sum(fate.shipping_minor), sum(refund.amount)
FROM fate
CROSS JOIN LATERAL (
    SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS goods
    FROM experiments_orderline WHERE order_id = fate.id
) AS line
CROSS JOIN LATERAL (
    SELECT LEAST(COALESCE(sum(amount_minor), 0), GREATEST(line.goods - fate.discount_minor, 0)) AS amount
    FROM experiments_refund WHERE order_id = fate.id
) AS refund
GROUP BY fate.fate, fate.currency
