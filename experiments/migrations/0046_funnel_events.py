"""A trigger that notes what new events add to the funnel; events that are there already are counted later.

Apart from the triggers on exposures: a batch of events writes to both tables.
"""

from django.db import migrations

FORWARDS = """
-- Once a statement, not once an event. One row a visitor and variant, however many events came in one batch.
CREATE FUNCTION note_funnel_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_funnelchange (experiment_id, variant_id, visitor_id, received_at, first_on,
        exposure, impression, click, accept, accept_failed, decline, skipped, error)
    SELECT experiment_id, variant_id, visitor_id, received_at, (min(occurred_at) AT TIME ZONE 'UTC')::date,
        count(*) FILTER (WHERE type = 'exposure'),
        count(*) FILTER (WHERE type = 'impression'),
        count(*) FILTER (WHERE type = 'click'),
        count(*) FILTER (WHERE type = 'accept')
            - count(*) FILTER (WHERE type = 'decline' AND props @> '{"undone": true}'),
        count(*) FILTER (WHERE type = 'accept_failed'),
        count(*) FILTER (WHERE type = 'decline' AND NOT props @> '{"undone": true}'),
        count(*) FILTER (WHERE type = 'skipped'),
        count(*) FILTER (WHERE type = 'error')
    FROM added WHERE experiment_id IS NOT NULL AND variant_id IS NOT NULL
    GROUP BY experiment_id, variant_id, visitor_id, received_at;
    RETURN NULL;
END $$;

CREATE TRIGGER events_inserted AFTER INSERT ON experiments_widgetevent REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION note_funnel_events();

-- After the trigger, which has waited for all who wrote without it: what is there now is to be counted.
INSERT INTO experiments_uncountedevents (since) SELECT NULL WHERE EXISTS (SELECT FROM experiments_widgetevent);
"""
BACKWARDS = """
DROP TRIGGER events_inserted ON experiments_widgetevent;
DROP FUNCTION note_funnel_events();
DELETE FROM experiments_uncountedevents;
DELETE FROM experiments_funnelchange;
DELETE FROM experiments_funnelvisitor;
DELETE FROM experiments_funnelday;
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0045_funnel_triggers")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
