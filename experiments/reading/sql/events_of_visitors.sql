-- Which events are of some visitors of a store.
-- Materialized, and by visitor alone: with the store beside it the planner would read all of the store's events by their
-- primary key.
WITH theirs AS MATERIALIZED (
    SELECT store_id, event_id, month FROM experiments_widgetevent WHERE visitor_id = ANY(%(visitor_ids)s)
)
-- result: one row an event, its id and month
SELECT event_id, month FROM theirs WHERE store_id = %(store_id)s
