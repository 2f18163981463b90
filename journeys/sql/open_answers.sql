-- Answers on the confirmation page that nothing has followed from yet, of visitors whose order names a customer.
SELECT answer.id, answer.store_id, placed.id, placed.customer_key
FROM checkout_widgets_confirmationanswer AS answer
CROSS JOIN LATERAL (
    -- The newest first: the question stands after an order, and a browser may have had others before.
    SELECT id, customer_key FROM experiments_order
    WHERE store_id = answer.store_id AND visitor_id = answer.visitor_id AND customer_key <> ''
    UNION ALL
    SELECT id, customer_key FROM experiments_order
    WHERE store_id = answer.store_id AND linked_visitor_id = answer.visitor_id AND linked_visitor_id <> ''
        AND customer_key <> ''
    ORDER BY 1 DESC
    LIMIT 1
) AS placed
WHERE NOT answer.is_followed_up AND answer.at >= %(since)s
ORDER BY answer.at DESC
-- result: answer, store, order, key of the customer
LIMIT %(most)s
