-- What control's newest buyers at some tests bought of some products, for a plan. Some buyers of each test are enough to
-- know a mean and how much it varies, and each takes some look-ups.
WITH chosen AS MATERIALIZED (SELECT %(skus)s::text[] AS skus),
-- Read backward by the index of a test's exposures until there are enough.
buyer AS MATERIALIZED (
    SELECT newest.* FROM unnest(%(experiments)s::bigint[]) AS test (id)
    CROSS JOIN LATERAL (
        SELECT exposure.* FROM experiments_exposure AS exposure
        JOIN experiments_variant AS variant ON variant.id = exposure.variant_id AND variant.is_control
        WHERE exposure.experiment_id = test.id AND exposed_at >= %(since)s AND has_converted
            AND (NOT exposure.is_automated OR %(is_automation_counted)s)
        ORDER BY exposed_at DESC LIMIT %(most)s
    ) AS newest
),
part AS (
    SELECT sold.orders, COALESCE(sold.units, 0) AS units, COALESCE(sold.revenue - sold.refunded, 0) AS revenue
    FROM buyer AS exposure CROSS JOIN chosen
    JOIN experiments_experiment AS experiment ON experiment.id = exposure.experiment_id
    JOIN experiments_store AS store ON store.id = exposure.store_id
    {leading_order}
    CROSS JOIN LATERAL (
        {sold}
    ) AS sold
)
-- result: one row: the buyers that were read, those with any of the products, and sums of their units and net revenue
SELECT count(*), count(*) FILTER (WHERE orders > 0), COALESCE(sum(units), 0), COALESCE(sum(units * units), 0),
    COALESCE(sum(revenue), 0), COALESCE(sum(revenue * revenue), 0)
FROM part
