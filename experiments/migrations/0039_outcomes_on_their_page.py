"""Let PostgreSQL write a changed outcome to the page that the exposure is on, and to no index (HOT).

The index of buyers goes: its condition named columns that outcomes change. New pages keep a tenth free for outcomes;
those that are full stay as they are.
"""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    # The index is dropped without a lock that a writer waits for, and again where that was interrupted.
    atomic = False
    dependencies = [("experiments", "0038_names_for_people")]
    operations = [
        RemoveIndexConcurrently(model_name="exposure", name="exposure_buyers"),
        migrations.RunSQL(
            "ALTER TABLE experiments_exposure SET (fillfactor = 90)",
            "ALTER TABLE experiments_exposure RESET (fillfactor)",
        ),
    ]
