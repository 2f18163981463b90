-- What the exposures of an experiment say about themselves: counts over all variants.
WITH touched AS MATERIALIZED ({touched}), {spans},
-- The first and the last exposure, and where the last week with exposures begins; one row of nulls where there is none.
ends AS MATERIALIZED (
    SELECT min(exposed_at) AS first, max(exposed_at) AS last, max(exposed_at) - make_interval(days => {traffic_days})
        AS recent FROM experiments_exposure WHERE experiment_id = %(experiment_id)s AND {is_counted}
),
-- The two times that lie within a day, that of the attribution window and that of the last week: a day's sum can't tell
-- who was exposed before and who after. Those after it, on the same day, are counted by index.
edge AS MATERIALIZED (
    SELECT at, (at AT TIME ZONE %(day_zone)s)::date AS day, (
        SELECT count(*) FROM experiments_exposure
        WHERE experiment_id = %(experiment_id)s AND {is_counted} AND exposed_at > at
            AND exposed_at < ((at AT TIME ZONE %(day_zone)s)::date + 1)::timestamp AT TIME ZONE %(day_zone)s
            AND (at AT TIME ZONE %(day_zone)s)::date NOT IN (SELECT day FROM touched)
    ) AS beyond
    FROM (SELECT %(open_since)s::timestamptz AS at UNION SELECT recent FROM ends) AS edges
),
-- Each day once: its kept sums, or one row for all exposures of the touched days.
part AS (
    SELECT visitors, conflicting, visitors - missing AS known, cart_value,
        CASE WHEN day > (%(open_since)s AT TIME ZONE %(day_zone)s)::date THEN visitors ELSE 0 END AS immature,
        CASE WHEN day > (ends.recent AT TIME ZONE %(day_zone)s)::date THEN visitors ELSE 0 END AS fresh
    FROM experiments_exposureday, ends
    WHERE experiment_id = %(experiment_id)s AND dimension = '' AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT count(*), count(*) FILTER (WHERE is_conflicting), count({cart_value}), sum({cart_value}),
        count(*) FILTER (WHERE exposed_at > %(open_since)s), count(*) FILTER (WHERE exposed_at > ends.recent)
    FROM ends CROSS JOIN {touched_exposures}
)
-- result: one row
SELECT COALESCE(sum(visitors), 0), COALESCE(sum(conflicting), 0),
    COALESCE(sum(immature), 0) + (SELECT beyond FROM edge WHERE at = %(open_since)s),
    COALESCE(sum(known), 0), COALESCE(round(sum(cart_value) / NULLIF(sum(known), 0)), 0),
    COALESCE(sum(fresh), 0) + COALESCE((SELECT beyond FROM edge WHERE at = ends.recent), 0), ends.first, ends.last
FROM ends LEFT JOIN part ON true GROUP BY ends.first, ends.last, ends.recent
