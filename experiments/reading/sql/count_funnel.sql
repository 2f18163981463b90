-- Events and visitors of an experiment by variant and type, from its days and from what isn't added up yet. One
-- statement sees one state of the database: of an adding up that ends meanwhile everything or nothing.
-- What isn't added up, by visitor and variant; without a variant it says that the visitor may be automated now.
WITH change AS MATERIALIZED (
    SELECT visitor_id, variant_id, {totals} FROM experiments_funnelchange
    WHERE experiment_id = %(experiment_id)s GROUP BY visitor_id, variant_id
),
-- These visitors as they are in the days. OFFSET keeps it a look-up by index for each: the planner doesn't know how few
-- they are. Materialized: two parts read it.
before AS MATERIALIZED (
    SELECT stored.* FROM (SELECT DISTINCT visitor_id FROM change) AS visitor CROSS JOIN LATERAL (
        SELECT stored.visitor_id, stored.variant_id, stored.is_automated, {columns_of_stored}
        FROM experiments_funnelvisitor AS stored
        WHERE stored.experiment_id = %(experiment_id)s AND stored.visitor_id = visitor.visitor_id OFFSET 0
    ) AS stored
),
-- And as they are now.
after AS (
    SELECT whole.visitor_id, whole.variant_id, COALESCE(exposure.is_automated, false) AS is_automated, {columns}
    FROM (
        SELECT visitor_id, variant_id, {totals} FROM (
            SELECT visitor_id, variant_id, {columns} FROM before
            UNION ALL SELECT visitor_id, variant_id, {columns} FROM change WHERE variant_id IS NOT NULL
        ) AS part GROUP BY visitor_id, variant_id
    ) AS whole
    LEFT JOIN LATERAL (
        SELECT exposure.is_automated FROM experiments_exposure AS exposure
        WHERE exposure.experiment_id = %(experiment_id)s AND exposure.visitor_id = whole.visitor_id OFFSET 0
    ) AS exposure ON true
),
-- The days, less these visitors as they were, with them as they are.
part AS (
    SELECT variant_id, type, is_automated, events, visitors FROM experiments_funnelday
    WHERE experiment_id = %(experiment_id)s
    UNION ALL
    SELECT variant_id, step.type, is_automated, -step.events, -1 FROM before CROSS JOIN LATERAL {steps}
    WHERE step.events > 0
    UNION ALL
    SELECT variant_id, step.type, is_automated, step.events, 1 FROM after CROSS JOIN LATERAL {steps}
    WHERE step.events > 0
)
-- result: one row a variant and type
SELECT variant_id, type, sum(events), sum(visitors)::bigint FROM part
WHERE NOT is_automated OR (
    SELECT store.is_automation_counted FROM experiments_store AS store
    JOIN experiments_experiment AS own ON own.store_id = store.id WHERE own.id = %(experiment_id)s)
GROUP BY variant_id, type HAVING sum(visitors) > 0
