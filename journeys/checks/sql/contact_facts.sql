-- What is known now of each contact at a step: one row for each of the points that were asked for, in their order.
SELECT point.number, contact.customer_key, contact.timezone, contact.country, contact.locale,
    address.id AS address_id, address.digest AS address_digest, COALESCE(address.state = 'dead', false) AS is_dead,
    EXISTS (
        SELECT FROM journeys_suppression AS suppression
        WHERE suppression.store_id = contact.store_id AND suppression.channel = 'email'
            AND suppression.digest = address.digest AND suppression.topic IN ('', point.topic)
    ) AS is_suppressed,
    COALESCE(contact.friction_until > point.at, false) OR EXISTS (
        SELECT FROM journeys_friction AS friction
        WHERE friction.contact_id = contact.id AND friction.opened_at <= point.at
            AND (friction.closed_at IS NULL OR friction.closed_at > point.at)
    ) AS has_friction,
    COALESCE(NULLIF(own.visitor_id, ''), own.linked_visitor_id, '') AS visitor_id,
    own.placed_at AS order_placed_at, own.currency AS order_currency,
    GREATEST(own.subtotal_minor - own.discount_minor, 0) AS order_value_minor, past.orders AS past_orders,
    own.id IS NOT NULL AND (own.status NOT IN ('paid', 'on_hold') OR EXISTS (
        SELECT FROM experiments_refund AS refund WHERE refund.order_id = own.id)) AS is_undone,
    later.placed_at AS ordered_at, COALESCE(capped.points, 0) AS recent_points,
    offered.skus <> '{}' AND EXISTS (
        SELECT FROM (
            SELECT id FROM experiments_order
            -- The index of customers' orders has none without a customer: unless that is said, all orders are read.
            WHERE store_id = contact.store_id AND customer_key = contact.customer_key AND customer_key <> ''
                AND status IN ('paid', 'on_hold') OFFSET 0) AS bought
        JOIN experiments_orderline AS line ON line.order_id = bought.id AND line.sku = ANY(offered.skus)
    ) AS has_product,
    contract.id IS NOT NULL AND (contract.cancelled_at IS NOT NULL OR contract.ends_at <> point.contract_ends_at)
        AS is_contract_over,
    COALESCE(heard.has_clicked, false) AS has_clicked, COALESCE(heard.has_accepted, false) AS has_accepted,
    answer.tag AS answer
FROM unnest(%(number)s::int[], %(contact_id)s::bigint[], %(run_id)s::bigint[], %(step_id)s::bigint[],
    %(topic)s::text[], %(order_id)s::bigint[], %(contract_id)s::bigint[], %(contract_ends_at)s::timestamptz[],
    %(triggered_at)s::timestamptz[], %(send_point_id)s::bigint[], %(address_id)s::bigint[],
    %(at)s::timestamptz[], %(until)s::timestamptz[], %(offered_skus)s::text[]
) AS point (number, contact_id, run_id, step_id, topic, order_id, contract_id, contract_ends_at, triggered_at,
    send_point_id, address_id, at, until, offered_skus)
-- OFFSET, here and below: a batch's few rows are looked up by their index, one after the other. The planner would read
-- whole tables where their statistics are old, such as those of messages before the first campaign.
JOIN LATERAL (SELECT * FROM journeys_contact WHERE id = point.contact_id OFFSET 0) AS contact ON true
-- The products that the step offers to the contact: most offer one.
CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT jsonb_array_elements_text(point.offered_skus::jsonb)) AS skus OFFSET 0) AS offered
-- The one that the shop named last, as ``journeys/consent.py`` has it.
LEFT JOIN LATERAL (
    SELECT address.* FROM journeys_address AS address
    WHERE address.contact_id = contact.id AND address.channel = 'email'
        AND (point.address_id IS NULL OR address.id = point.address_id)
    ORDER BY address.named_at DESC, address.id DESC LIMIT 1) AS address ON true
LEFT JOIN LATERAL (SELECT * FROM experiments_order WHERE id = point.order_id OFFSET 0) AS own ON true
LEFT JOIN journeys_contract AS contract ON contract.id = point.contract_id
-- The customer's last order but the run's own, and after it.
LEFT JOIN LATERAL (
    SELECT orders.placed_at FROM experiments_order AS orders
    WHERE orders.store_id = contact.store_id AND orders.customer_key = contact.customer_key
        AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold') AND orders.repeat_kind = ''
        AND orders.id IS DISTINCT FROM own.id AND (own.id IS NULL OR orders.placed_at >= own.placed_at)
        AND (point.until IS NULL OR orders.placed_at <= point.until)
    ORDER BY orders.placed_at DESC LIMIT 1) AS later ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS orders FROM experiments_order AS orders
    WHERE orders.store_id = contact.store_id AND orders.customer_key = contact.customer_key
        AND orders.customer_key <> '' AND orders.status IN ('paid', 'on_hold')) AS past ON true
-- In both arms: where messages were counted, control would be let through more often.
LEFT JOIN LATERAL (
    SELECT count(*) AS points FROM journeys_sendpoint AS sent
    -- Nothing is added to the times: it hides them from the index of the store's send points, which looks better as long
    -- as the table's statistics are older than a campaign. A contact has few.
    WHERE sent.contact_id = contact.id AND sent.at + interval '0' > point.at - interval '7 days'
        AND sent.at + interval '0' <= point.at
        AND sent.verdict IN ('send', 'control') AND sent.id IS DISTINCT FROM point.send_point_id) AS capped ON true
LEFT JOIN LATERAL (
    SELECT bool_or(event.kind IN ('clicked', 'accepted')) AS has_clicked, bool_or(event.kind = 'accepted') AS has_accepted
    FROM (SELECT id FROM journeys_sendpoint WHERE run_id = point.run_id OFFSET 0) AS sent
    CROSS JOIN LATERAL (SELECT id FROM journeys_customermessage WHERE send_point_id = sent.id OFFSET 0) AS message
    CROSS JOIN LATERAL (SELECT kind FROM journeys_messageevent WHERE message_id = message.id OFFSET 0) AS event
) AS heard ON true
LEFT JOIN LATERAL (
    SELECT answered.tag FROM journeys_questionanswer AS answered
    WHERE answered.contact_id = contact.id AND answered.at >= point.triggered_at
    ORDER BY answered.at DESC LIMIT 1) AS answer ON true
ORDER BY point.number
