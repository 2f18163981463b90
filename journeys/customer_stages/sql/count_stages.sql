-- How many of a store's contacts are at each stage.
SELECT __stage_of__ AS stage_now, count(*) FROM journeys_contactstage AS stage
WHERE stage.store_id = %(store_id)s GROUP BY stage_now
