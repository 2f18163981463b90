"""Triggers that note the days whose sums by custom metrics are outdated, in the transaction that changes an outcome."""

from django.db import migrations

# An outcome may change where its exposure doesn't: where an order has another product of the same price now. The day is
# the exposure's; of an exposure that is gone, its own trigger has noted the day.
FORWARDS = """
CREATE FUNCTION note_touched_metric_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT exposure.experiment_id, (exposure.exposed_at AT TIME ZONE 'UTC')::date
    FROM changed JOIN experiments_chosenmetric AS chosen ON chosen.id = changed.chosen_id
    JOIN experiments_exposure AS exposure
        ON exposure.experiment_id = chosen.experiment_id AND exposure.visitor_id = changed.visitor_id;
    RETURN NULL;
END $$;

CREATE TRIGGER custom_outcomes_inserted AFTER INSERT ON experiments_customoutcome REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_metric_days();
CREATE TRIGGER custom_outcomes_updated AFTER UPDATE ON experiments_customoutcome REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_metric_days();
CREATE TRIGGER custom_outcomes_deleted AFTER DELETE ON experiments_customoutcome REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_metric_days();
"""
BACKWARDS = """
DROP TRIGGER custom_outcomes_inserted ON experiments_customoutcome;
DROP TRIGGER custom_outcomes_updated ON experiments_customoutcome;
DROP TRIGGER custom_outcomes_deleted ON experiments_customoutcome;
DROP FUNCTION note_touched_metric_days();
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0060_custom_metrics")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
