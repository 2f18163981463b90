"""Triggers that note the days whose long-term sums are outdated, in the transaction that changes an outcome."""

from django.db import migrations

# An order beyond the attribution window changes no exposure. The day is the exposure's; of an exposure that is gone, its
# own trigger has noted the day.
FORWARDS = """
CREATE FUNCTION note_touched_long_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT exposure.experiment_id, (exposure.exposed_at AT TIME ZONE 'UTC')::date
    FROM changed JOIN experiments_exposure AS exposure
        ON exposure.experiment_id = changed.experiment_id AND exposure.visitor_id = changed.visitor_id;
    RETURN NULL;
END $$;

CREATE TRIGGER long_outcomes_inserted AFTER INSERT ON experiments_longoutcome REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_long_days();
CREATE TRIGGER long_outcomes_updated AFTER UPDATE ON experiments_longoutcome REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_long_days();
CREATE TRIGGER long_outcomes_deleted AFTER DELETE ON experiments_longoutcome REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_long_days();
"""
BACKWARDS = """
DROP TRIGGER long_outcomes_inserted ON experiments_longoutcome;
DROP TRIGGER long_outcomes_updated ON experiments_longoutcome;
DROP TRIGGER long_outcomes_deleted ON experiments_longoutcome;
DROP FUNCTION note_touched_long_days();
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0072_long_outcomes")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
