"""An update notes each day once: nearly all updates leave the day of an exposure as it was, and it was noted twice."""

from django.db import migrations

ONCE = """
CREATE OR REPLACE FUNCTION note_touched_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM after;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM before;
    ELSE
        -- an update that moves an exposure touches both its days
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM after
        UNION
        SELECT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM before;
    END IF;
    RETURN NULL;
END $$;
"""
TWICE = """
CREATE OR REPLACE FUNCTION note_touched_days() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0048_plan_version_and_delays")]
    operations = [migrations.RunSQL(ONCE, TWICE)]
