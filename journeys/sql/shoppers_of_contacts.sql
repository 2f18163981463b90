-- Which customers and visitors contacts are: one row each, at most so many a contact, its customers first.
WITH contact AS (
    SELECT id, store_id, customer_key FROM journeys_contact
    WHERE store_id = %(store_id)s AND id = ANY(%(contact_ids)s::bigint[])
),
ordered AS (
    SELECT DISTINCT contact.id AS contact_id, orders.customer_id, orders.visitor_id, orders.linked_visitor_id
    FROM contact
    -- OFFSET, here and below: looked up by the index, one contact after the other, whatever statistics say of tables.
    CROSS JOIN LATERAL (
        SELECT customer_id, visitor_id, linked_visitor_id FROM experiments_order
        -- The index of customers' orders has none without a customer: unless that is said, all orders are read.
        WHERE store_id = contact.store_id AND customer_key = contact.customer_key AND customer_key <> '' OFFSET 0
    ) AS orders
),
customer AS (
    SELECT contact_id, customer_id FROM ordered WHERE customer_id <> ''
    UNION
    -- The shop's own ID, of whom there is no order either.
    SELECT id, substr(customer_key, 3) FROM contact WHERE left(customer_key, 2) = 'i_'
),
shopper AS (
    SELECT contact_id, 'customer' AS kind, customer_id AS shopper_id FROM customer
    UNION
    SELECT contact_id, 'visitor', visitor_id FROM ordered WHERE visitor_id <> ''
    UNION
    SELECT contact_id, 'visitor', linked_visitor_id FROM ordered WHERE linked_visitor_id <> ''
    UNION
    SELECT customer.contact_id, 'visitor', sighting.visitor_id
    FROM customer
    CROSS JOIN LATERAL (
        SELECT visitor_id FROM experiments_customersighting
        WHERE store_id = %(store_id)s AND customer_id = customer.customer_id OFFSET 0
    ) AS sighting
),
numbered AS (
    SELECT contact_id, kind, shopper_id,
        row_number() OVER (PARTITION BY contact_id ORDER BY kind, shopper_id) AS number
    FROM shopper
)
-- result: contact, kind, ID
SELECT contact_id, kind, shopper_id FROM numbered WHERE number <= %(most)s
