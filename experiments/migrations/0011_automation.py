"""Exposures of automated browsers, and a trigger that has the days with some added up anew when a store counts them."""

from django.db import migrations, models

# The lock is the one of experiments.rollups: no day is being added up by the old setting while this one waits to commit.
FORWARDS = """
CREATE FUNCTION note_changed_automation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4083, (experiment_id % 2147483647)::int) FROM (
        SELECT DISTINCT experiment_id FROM experiments_exposure
        WHERE store_id = NEW.id AND is_automated ORDER BY experiment_id
    ) AS automated;
    INSERT INTO experiments_touchedday (experiment_id, day)
    SELECT DISTINCT experiment_id, (exposed_at AT TIME ZONE 'UTC')::date FROM experiments_exposure
    WHERE store_id = NEW.id AND is_automated;
    RETURN NULL;
END $$;

CREATE TRIGGER automation_changed AFTER UPDATE OF is_automation_counted ON experiments_store
FOR EACH ROW WHEN (OLD.is_automation_counted IS DISTINCT FROM NEW.is_automation_counted)
EXECUTE FUNCTION note_changed_automation();
"""
BACKWARDS = """
DROP TRIGGER automation_changed ON experiments_store;
DROP FUNCTION note_changed_automation();
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0010_lifecycle")]
    operations = [
        migrations.AddField(
            model_name="store",
            name="is_automation_counted",
            field=models.BooleanField(
                default=False,
                help_text="For stores whose own tests drive a browser: their visits count like a shopper's",
                verbose_name="count automated browsers",
            ),
        ),
        migrations.AddField(
            model_name="exposure",
            name="is_automated",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="exposure",
            index=models.Index(
                condition=models.Q(("is_automated", True)),
                fields=["store", "experiment", "visitor_id"],
                name="exposure_automated",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
