-- What covariates add up to, by day and variant, of the days in "touched": arrays in the order of
-- experiments.reading.covariates.LAYOUT. Visitors are grouped by all that many of them share, of which there are few
-- groups: products are then made once a group, not once a visitor.
SELECT day, variant_id, sum(everybody.visitors)::bigint AS visitors, ARRAY[{totals}]::numeric[] AS sums
FROM (
    SELECT {day}, variant_id, {keys}, count(*) AS visitors, {of_everybody} FROM {exposures} GROUP BY {cell}
) AS everybody
-- Buyers apart, as in experiments.reading.sums: everybody else adds nothing to a product with an outcome.
LEFT JOIN (
    SELECT {day}, variant_id, {keys}, {of_buyers} FROM {exposures} AND {is_buyer} GROUP BY {cell}
) AS buyers USING (day, variant_id, {names})
GROUP BY day, variant_id
