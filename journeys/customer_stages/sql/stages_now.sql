-- A store's contacts at their stages now, but for those of whom something is wrong; the newest order last.
SELECT stage.contact_id, __stage_of__ AS stage
FROM journeys_contactstage AS stage
JOIN journeys_contact AS contact ON contact.id = stage.contact_id
WHERE stage.store_id = %(store_id)s AND (contact.friction_until IS NULL OR contact.friction_until <= %(now)s)
ORDER BY stage.arrived_at NULLS LAST, stage.contact_id
