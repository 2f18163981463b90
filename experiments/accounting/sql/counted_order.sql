-- Whether an order counts for an exposure: for a place that has "orders", "exposure", "experiment", "store", "span"
-- and "lead".
orders.currency = store.currency
    AND orders.status IN ('paid', 'on_hold')
    AND (orders.repeat_kind = '' OR store.is_repeat_counted
        OR (orders.repeat_kind = 'renewal' AND span.is_renewal_counted))
    AND (orders.source <> 'snippet' OR span.is_unsigned_counted)
    -- From the exposure's second on: shop systems date orders by whole seconds, and an order of the same second
    -- would else come before the exposure that it followed.
    -- A customer's come after the send point, which is no page: the order that began the run may be of its second.
    AND CASE WHEN experiment.unit = 'customer' THEN orders.placed_at > exposure.exposed_at
        WHEN orders.id = lead.id THEN span.is_lead_counted
        ELSE orders.placed_at >= date_trunc('second', exposure.exposed_at) END
