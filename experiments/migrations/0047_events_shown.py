"""Find the widgets that came on screen lately in a store, for the setup page, by the index alone.

For that the parts of the table are vacuumed after each half percent of new rows instead of a fifth, which makes the
Bloom filters of new pages as well (``event_visitor``).
"""

from django.db import migrations, models

from experiments.big_tables.indexes import AddIndexToPartitions
from experiments.big_tables.locks import short_wait
from experiments.sql_columns import only_column

PARTS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'experiments_widgetevent'::regclass"
VACUUM_OFTEN = "autovacuum_vacuum_insert_scale_factor = 0.005"


def vacuum_often(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PARTS)
        parts = only_column(cursor)
    for part in parts:
        with short_wait(schema_editor.connection):
            schema_editor.execute(f"ALTER TABLE {part} SET ({VACUUM_OFTEN})")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0046_funnel_events")]
    operations = [
        AddIndexToPartitions(
            model_name="widgetevent",
            index=models.Index(
                fields=["store", "received_at"],
                include=("moment", "occurred_at", "month"),
                condition=models.Q(type="impression"),
                name="event_shown",
            ),
        ),
        migrations.RunPython(vacuum_often, migrations.RunPython.noop),
    ]
