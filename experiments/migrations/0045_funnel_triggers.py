"""Triggers that note which exposures become an automated browser's, or are one no longer."""

from django.db import migrations

FORWARDS = """
-- By row, since its condition is asked before anything else is done: next to no exposure is an automated browser's.
CREATE FUNCTION note_automated_visitor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO experiments_funnelchange (experiment_id, visitor_id)
    VALUES (COALESCE(NEW.experiment_id, OLD.experiment_id), COALESCE(NEW.visitor_id, OLD.visitor_id));
    RETURN NULL;
END $$;

CREATE TRIGGER automated_exposure_inserted AFTER INSERT ON experiments_exposure
FOR EACH ROW WHEN (NEW.is_automated) EXECUTE FUNCTION note_automated_visitor();
CREATE TRIGGER automated_exposure_updated AFTER UPDATE ON experiments_exposure
FOR EACH ROW WHEN (NEW.is_automated IS DISTINCT FROM OLD.is_automated) EXECUTE FUNCTION note_automated_visitor();
CREATE TRIGGER automated_exposure_deleted AFTER DELETE ON experiments_exposure
FOR EACH ROW WHEN (OLD.is_automated) EXECUTE FUNCTION note_automated_visitor();
"""
BACKWARDS = """
DROP TRIGGER automated_exposure_inserted ON experiments_exposure;
DROP TRIGGER automated_exposure_updated ON experiments_exposure;
DROP TRIGGER automated_exposure_deleted ON experiments_exposure;
DROP FUNCTION note_automated_visitor();
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0044_funnel_counts")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
