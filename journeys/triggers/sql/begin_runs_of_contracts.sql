-- Runs of contracts that are about to end: the newest launched version of each journey, at the end's distance.
INSERT INTO journeys_run
    (store_id, journey_id, version_id, contact_id, contract_id, contract_ends_at, occasion, position, is_control,
     triggered_at, due_at, ended_reason)
SELECT contract.store_id, %(journey_id)s, %(version_id)s, contract.contact_id, contract.id, contract.ends_at,
    'contract ' || contract.id || ' until ' || to_char(contract.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 0,
    false, begins.at, begins.at + wait.hours, ''
FROM journeys_contract AS contract
JOIN journeys_journeystep AS step ON step.version_id = %(version_id)s AND step.position = 0
CROSS JOIN LATERAL (SELECT contract.ends_at - make_interval(days => %(days_before)s) AS at) AS begins
CROSS JOIN LATERAL (__step_wait__) AS wait
WHERE contract.store_id = %(store_id)s AND contract.cancelled_at IS NULL
    AND contract.ends_at BETWEEN %(after)s + make_interval(days => %(days_before)s)
        AND %(now)s + make_interval(days => %(days_before)s)
    AND (%(skus)s::text[] = '{}' AND %(categories)s::text[] = '{}' OR contract.sku = ANY(%(skus)s) OR EXISTS (
        SELECT FROM checkout_widgets_product AS product
        WHERE product.store_id = contract.store_id AND product.sku = contract.sku
            AND product.category = ANY(%(categories)s)))
ORDER BY contract.contact_id, contract.id
ON CONFLICT (journey_id, contact_id, occasion) DO NOTHING
