"""Holdouts are followed for a year, those from before too: the worker computes their stores' outcomes once more.

The migration itself only queues; nothing waits for it, and until it is done a holdout's later orders are missing.
"""

from django.db import connection, migrations
from procrastinate.contrib.django import app

WITH_A_HOLDOUT = "SELECT DISTINCT store_id FROM experiments_experiment WHERE source = 'holdout' ORDER BY store_id"


def queue(apps, schema_editor):
    """Queue the computation for each store that has or had a holdout."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_A_HOLDOUT)
        stores = [store_id for (store_id,) in cursor.fetchall()]
    for store_id in stores:
        app.configure_task("experiments.tasks.recompute_outcomes", lock="recompute_outcomes").defer(store_id=store_id)


class Migration(migrations.Migration):
    dependencies = [
        ("experiments", "0079_journey_audit_actions"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunPython(queue, migrations.RunPython.noop)]
