-- Lines of orders. An acceptance counts until settle_acceptances.sql finds that another order has it first.
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key,
     token_experiment_key, refused_code, acceptance_id)
SELECT order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, experiment_key <> '',
    experiment_key, experiment_key, refused_code, acceptance_id
FROM unnest(
    %(order_id)s::bigint[], %(position)s::int[], %(sku)s::text[], %(quantity)s::int[],
    %(price_minor)s::bigint[], %(discount_minor)s::bigint[], %(cost_minor)s::bigint[],
    %(experiment_key)s::text[], %(refused_code)s::text[], %(acceptance_id)s::uuid[]
) AS line (
    order_id, position, sku, quantity,
    price_minor, discount_minor, cost_minor,
    experiment_key, refused_code, acceptance_id
)
