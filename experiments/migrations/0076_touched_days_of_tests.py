"""Triggers note the days that changed by each test's own clock."""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION note_touched_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE {zone})::date FROM after{of_after};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE {zone})::date FROM before{of_before};
    ELSE
        -- an update that moves an exposure touches both its days
        INSERT INTO experiments_touchedday (experiment_id, day)
        SELECT experiment_id, (exposed_at AT TIME ZONE {zone})::date FROM after{of_after}
        UNION
        SELECT experiment_id, (exposed_at AT TIME ZONE {zone})::date FROM before{of_before};
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_changed_automation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4083, (experiment_id % 2147483647)::int) FROM (
        SELECT DISTINCT experiment_id FROM experiments_exposure
        WHERE store_id = NEW.id AND is_automated ORDER BY experiment_id
    ) AS automated;
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE {zone})::date FROM experiments_exposure AS exposure{of_exposure}
    WHERE exposure.store_id = NEW.id AND is_automated;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_touched_long_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT exposure.experiment_id, (exposure.exposed_at AT TIME ZONE {zone})::date
    FROM changed JOIN experiments_exposure AS exposure
        ON exposure.experiment_id = changed.experiment_id AND exposure.visitor_id = changed.visitor_id{of_exposure};
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION note_touched_metric_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT exposure.experiment_id, (exposure.exposed_at AT TIME ZONE {zone})::date
    FROM changed JOIN experiments_chosenmetric AS chosen ON chosen.id = changed.chosen_id
    JOIN experiments_exposure AS exposure
        ON exposure.experiment_id = chosen.experiment_id AND exposure.visitor_id = changed.visitor_id{of_exposure};
    RETURN NULL;
END $$;
"""
JOIN = " JOIN experiments_experiment AS test ON test.id = {rows}.experiment_id"


def functions(zone: str, join: str) -> str:
    """Write the functions with the days of a zone, which ``join`` looks up for rows of exposures."""
    return FUNCTIONS.format(
        zone=zone,
        of_after=join.format(rows="after"),
        of_before=join.format(rows="before"),
        of_exposure=join.format(rows="exposure"),
    )


class Migration(migrations.Migration):
    dependencies = [("experiments", "0075_days_of_tests")]
    operations = [
        migrations.RunSQL(functions("test.day_zone", JOIN), functions("'UTC'", "")),
        # Days are looked up, not worked out from each exposure's time: nothing asks the planner for it any more.
        migrations.RunSQL(
            "DROP STATISTICS exposure_days",
            "CREATE STATISTICS exposure_days ON ((exposed_at AT TIME ZONE 'UTC')::date) FROM experiments_exposure",
        ),
    ]
