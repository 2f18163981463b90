"""Has the days of tests with covariates added up anew: their sums have one outcome more, the products bought."""

from django.db import migrations

# Until the worker has done it, reports read those days from their exposures, with the new sums.
NOTE_DAYS = """
INSERT INTO experiments_touchedday (experiment_id, day)
SELECT DISTINCT experiment_id, day FROM experiments_covariateday
"""


class Migration(migrations.Migration):
    dependencies = [("experiments", "0076_touched_days_of_tests")]
    operations = [migrations.RunSQL(NOTE_DAYS, NOTE_DAYS)]
