"""Triggers that note the days whose sums are outdated, in the transaction that changes an exposure or a cap."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION note_touched_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM after;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM before;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER exposures_inserted AFTER INSERT ON experiments_exposure REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_days();
CREATE TRIGGER exposures_updated AFTER UPDATE ON experiments_exposure
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_touched_days();
CREATE TRIGGER exposures_deleted AFTER DELETE ON experiments_exposure REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION note_touched_days();

-- The lock is the one of experiments.rollups: no day is being added up with the old cap while this one waits to commit.
CREATE FUNCTION note_changed_cap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4083, (NEW.id % 2147483647)::int);
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT experiment_id, day FROM experiments_exposureday WHERE experiment_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER cap_changed AFTER UPDATE OF cap_minor ON experiments_experiment
FOR EACH ROW WHEN (OLD.cap_minor IS DISTINCT FROM NEW.cap_minor) EXECUTE FUNCTION note_changed_cap();

INSERT INTO experiments_touchedday (experiment_id, day)
SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM experiments_exposure;
"""
BACKWARDS = """
DROP TRIGGER cap_changed ON experiments_experiment;
DROP FUNCTION note_changed_cap();
DROP TRIGGER exposures_inserted ON experiments_exposure;
DROP TRIGGER exposures_updated ON experiments_exposure;
DROP TRIGGER exposures_deleted ON experiments_exposure;
DROP FUNCTION note_touched_days();
DELETE FROM experiments_touchedday;
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0007_exposure_day")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
