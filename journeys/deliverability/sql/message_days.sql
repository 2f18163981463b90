-- What became of a store's messages, by the store's day on which they were handed over.
WITH handed AS (
    SELECT message.id, message.state, message.reason,
        (COALESCE(message.sent_at, message.planned_at) AT TIME ZONE %(zone)s)::date AS day
    FROM journeys_customermessage AS message
    -- Planned at most so long before it went out; the index is by this.
    WHERE message.store_id = %(store_id)s AND message.planned_at >= %(since)s::timestamptz - interval '8 days'
        AND COALESCE(message.sent_at, message.planned_at) >= %(since)s
        AND message.state IN ('sent', 'failed', 'unknown')
),
heard AS (
    SELECT event.message_id, bool_or(event.kind = 'delivered') AS delivered, bool_or(event.kind = 'bounced') AS bounced,
        bool_or(event.kind = 'soft_bounced') AS soft_bounced, bool_or(event.kind = 'rejected') AS rejected,
        bool_or(event.kind = 'complained') AS complained, bool_or(event.kind = 'unsubscribed') AS opted_out
    FROM journeys_messageevent AS event JOIN handed ON handed.id = event.message_id
    GROUP BY event.message_id
),
known AS (
    SELECT handed.day, handed.state, heard.*,
        -- What the server said at once, where a provider says it later.
        handed.state = 'failed' AND handed.reason IN ('smtp 550', 'smtp 551', 'smtp 553', 'refused') AS refused
    FROM handed LEFT JOIN heard ON heard.message_id = handed.id
)
-- result: a row a day
SELECT day,
    count(*) FILTER (WHERE state = 'sent' OR refused) AS sent,
    count(*) FILTER (WHERE delivered) AS delivered,
    count(*) FILTER (WHERE bounced OR refused) AS hard_bounced,
    -- One that was for now, until it arrived or bounced for good.
    count(*) FILTER (WHERE soft_bounced AND NOT delivered AND NOT bounced) AS soft_bounced,
    count(*) FILTER (WHERE rejected OR (state = 'failed' AND NOT refused)) AS rejected,
    count(*) FILTER (WHERE complained) AS complained,
    count(*) FILTER (WHERE opted_out) AS opted_out,
    count(*) FILTER (WHERE state = 'unknown') AS unknown
FROM known GROUP BY day ORDER BY day
