-- Events and visitors of a part of an experiment by variant and type: of each exposed visitor of the part what is added
-- up, and what is noted but isn't yet. One statement sees one state of the database.
WITH touched AS MATERIALIZED ({touched}), {spans},
chosen_visitor AS MATERIALIZED (SELECT visitor_id, variant_id FROM {exposures}),
whole AS (
    SELECT visitor_id, variant_id, {totals} FROM (
        SELECT visitor_id, variant_id, {columns}
        FROM chosen_visitor JOIN experiments_funnelvisitor AS stored USING (visitor_id, variant_id)
        WHERE stored.experiment_id = %(experiment_id)s
        UNION ALL
        SELECT visitor_id, variant_id, {columns}
        FROM chosen_visitor JOIN experiments_funnelchange AS change USING (visitor_id, variant_id)
        WHERE change.experiment_id = %(experiment_id)s
    ) AS part GROUP BY visitor_id, variant_id
)
-- result: one row a variant and type; visitors whose accepts were all taken back are in none
SELECT variant_id, step.type, sum(step.events), count(*) FROM whole CROSS JOIN LATERAL {steps}
WHERE step.events > 0 GROUP BY variant_id, step.type
