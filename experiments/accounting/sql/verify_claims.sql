-- Believes the claims that give the total as a signed source gives it: in the currency of the shop, or in the one that
-- the shopper saw.
UPDATE experiments_orderclaim AS claim SET is_verified = true
FROM experiments_order AS orders
WHERE claim.store_id = %(store_id)s AND claim.external_id = ANY(%(external_ids)s::text[]) AND NOT claim.is_verified
    AND orders.store_id = claim.store_id AND orders.external_id = claim.external_id
    -- An order that only a browser told of has its total from the claim itself, and would confirm any.
    AND orders.source <> 'snippet'
    AND (claim.currency, claim.total_minor) IN (
        (orders.currency, orders.total_minor), (orders.presentment_currency, orders.presentment_total_minor))
