-- The visitors of a test by variant, and by what they were in each of some other tests of the store. Part
-- "other" has the tests with the time in which both ran, "mine" the test's visitors, each once.
WITH other AS MATERIALIZED (
    SELECT id, GREATEST(started_at, %(begins)s) AS begins, LEAST(COALESCE(ended_at, %(ends)s), %(ends)s) AS ends
    FROM experiments_experiment WHERE store_id = %(store_id)s AND id = ANY(%(others)s)
), mine AS MATERIALIZED (
    SELECT exposure.visitor_id, exposure.variant_id, exposed_at, has_converted, {revenue} AS revenue,
        -- a visitor who declined somewhere else in the test's variants counts where the exposure does
        COALESCE(events.decline > 0, FALSE) AS has_declined
    FROM experiments_exposure AS exposure
    LEFT JOIN experiments_funnelvisitor AS events
        ON events.experiment_id = exposure.experiment_id AND events.visitor_id = exposure.visitor_id
        AND events.variant_id = exposure.variant_id
    WHERE exposure.experiment_id = %(experiment_id)s AND (NOT exposure.is_automated OR %(is_automation_counted)s)
        AND exposed_at < (%(through)s::date + 1)::timestamp AT TIME ZONE %(day_zone)s
)
-- result: a row for each other test, variant, and variant there, which is null for those who aren't in it
SELECT other.id, mine.variant_id, theirs.variant_id,
    count(*),
    -- who saw the other test first can't have been kept from it
    count(*) FILTER (WHERE theirs.exposed_at < mine.exposed_at),
    count(*) FILTER (WHERE mine.has_declined),
    count(*) FILTER (WHERE mine.has_declined AND theirs.exposed_at < mine.exposed_at),
    count(*) FILTER (WHERE mine.has_converted),
    COALESCE(sum(mine.revenue), 0),
    COALESCE(sum(mine.revenue::numeric * mine.revenue), 0)
FROM other
JOIN mine ON mine.exposed_at >= other.begins AND mine.exposed_at < other.ends
LEFT JOIN experiments_exposure AS theirs ON theirs.experiment_id = other.id AND theirs.visitor_id = mine.visitor_id
GROUP BY other.id, mine.variant_id, theirs.variant_id
