-- What widgets reported of a store within a day, by variant, step of a sequence, dimension and value.
-- The events that say something of an offer, with what the edge noted of their signed token. By month as well, so that
-- the planner opens no part that can't have any. What isn't of the form that the edge writes, anybody may have sent.
WITH event AS MATERIALIZED (
    SELECT visitor_id, type, occurred_at, experiment_id, props,
        COALESCE(variant_id, CASE WHEN props #>> '{{offerlift,rollout}}' ~ '^[0-9]{{1,18}}$'
            THEN (props #>> '{{offerlift,rollout}}')::bigint END) AS variant_id,
        CASE WHEN jsonb_typeof(props #> '{{offerlift,about}}') = 'object'
            THEN props #> '{{offerlift,about}}' ELSE '{{}}' END AS about,
        CASE WHEN props #>> '{{offerlift,step}}' IN ('accepted', 'declined')
            THEN props #>> '{{offerlift,step}}' ELSE '' END AS step,
        type = 'decline' AND props @> '{{"undone": true}}' AS is_undone
    FROM {events}
    WHERE store_id = %(store_id)s AND month BETWEEN %(first_month)s AND %(last_month)s
        AND received_at >= %(begins)s AND received_at < %(received_before)s
        AND occurred_at >= %(begins)s AND occurred_at < %(ends)s
        AND type IN ('impression', 'click', 'accept', 'decline', 'view', 'reason')
),
-- Without automated browsers, unless the store counts them: as the exposure says where there is one, else the token.
counted AS (
    SELECT event.* FROM event
    WHERE variant_id IS NOT NULL AND (%(is_automation_counted)s OR (
        NOT props @> '{{"offerlift": {{"automated": true}}}}'
        AND NOT EXISTS (
            SELECT FROM experiments_exposure AS exposure
            WHERE exposure.store_id = %(store_id)s AND exposure.experiment_id = event.experiment_id
                AND exposure.visitor_id = event.visitor_id AND exposure.is_automated)))
),
-- Each with what the visitor did before: an answer is the first click on the button, or decline, after an impression.
stepped AS (
    SELECT *, lag(type) OVER steps AS type_before, occurred_at - lag(occurred_at) OVER steps AS waited
    FROM counted
    WHERE type IN ('impression', 'accept', 'decline') OR type = 'click' AND props @> '{{"target": "accept"}}'
    WINDOW steps AS (PARTITION BY visitor_id, variant_id, step ORDER BY occurred_at, type <> 'impression')
),
-- How long a widget was in view is told in pieces, each time that the page is hidden. The first piece after an impression
-- makes it one whose time is known; pieces without an impression on the day are left out.
viewed AS (
    SELECT *, lag(type) OVER views AS type_before, count(*) FILTER (WHERE type = 'impression') OVER views AS impressions
    FROM counted WHERE type = 'impression' OR type = 'view' AND props ->> 'ms' ~ '^[0-9]{{1,9}}$'
    WINDOW views AS (PARTITION BY visitor_id, variant_id, step ORDER BY occurred_at, type <> 'impression')
),
-- Why a visitor declined: the last word on an offer of the day, however often its events came.
reasoned AS (
    SELECT DISTINCT ON (visitor_id, variant_id, step) variant_id, step, about, props ->> 'reason' AS reason
    FROM counted WHERE type = 'reason'
    ORDER BY visitor_id, variant_id, step, occurred_at DESC
),
answered AS (
    SELECT variant_id, step, about, type, is_undone,
        type IN ('click', 'decline') AND NOT is_undone AND type_before = 'impression' AS is_answer,
        LEAST(round(extract(epoch FROM waited) * 1000), {longest_ms})::bigint AS waited_ms,
        false AS is_first_view, NULL::bigint AS view_ms, NULL AS reason
    FROM stepped
    UNION ALL
    SELECT variant_id, step, about, type, false, false, NULL, type_before = 'impression',
        LEAST((props ->> 'ms')::bigint, {longest_ms}), NULL
    FROM viewed WHERE type = 'view' AND impressions > 0
    UNION ALL
    SELECT variant_id, step, about, 'reason', false, false, NULL, false, NULL, reason FROM reasoned
)
-- result: one row a variant, step, dimension and value
SELECT variant_id, step, dimension.name, dimension.value,
    count(*) FILTER (WHERE type = 'impression') AS shown,
    count(*) FILTER (WHERE type = 'accept') - count(*) FILTER (WHERE is_undone) AS in_cart,
    count(*) FILTER (WHERE type = 'decline' AND NOT is_undone) AS declined,
    count(*) FILTER (WHERE is_answer) AS decided,
    COALESCE(sum(waited_ms) FILTER (WHERE is_answer), 0)::bigint AS decision_ms,
    count(*) FILTER (WHERE is_first_view) AS viewed,
    COALESCE(sum(view_ms), 0)::bigint AS view_ms,
    count(*) FILTER (WHERE reason = 'not_interested') AS not_interested,
    count(*) FILTER (WHERE reason = 'too_expensive') AS too_expensive,
    count(*) FILTER (WHERE reason = 'have_it') AS have_it,
    count(*) FILTER (WHERE reason = 'not_now') AS not_now
FROM answered
CROSS JOIN LATERAL (
    SELECT '' AS name, '' AS value UNION ALL SELECT key, value FROM jsonb_each_text(about) WHERE value <> ''
) AS dimension
GROUP BY variant_id, step, dimension.name, dimension.value
