"""Find the events of a visitor without reading every month, and those of a store by the time of their receipt.

Made part by part, without holding up whoever stores events (``experiments/partition_indexes.py``). The index by time
alone goes: reads are of one store.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

from experiments import partition_indexes

TABLE = "experiments_widgetevent"
BY_STORE = "(store_id, received_at)"
BY_VISITOR = """
USING brin (visitor_id text_bloom_ops(n_distinct_per_range = 2000, false_positive_rate = 0.001))
WITH (pages_per_range = 64, autosummarize = on)
"""
BY_TIME = "USING brin (received_at) WITH (autosummarize = on)"


def forwards(apps, schema_editor):
    connection = schema_editor.connection
    partition_indexes.create(connection, table=TABLE, index="event_store_received", definition=BY_STORE)
    partition_indexes.create(connection, table=TABLE, index="event_visitor", definition=BY_VISITOR)
    partition_indexes.drop(connection, "event_received")


def backwards(apps, schema_editor):
    connection = schema_editor.connection
    partition_indexes.create(connection, table=TABLE, index="event_received", definition=BY_TIME)
    partition_indexes.drop(connection, "event_visitor")
    partition_indexes.drop(connection, "event_store_received")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0039_outcomes_on_their_page")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.RemoveIndex(model_name="widgetevent", name="event_received"),
                migrations.AddIndex(
                    model_name="widgetevent",
                    index=models.Index(fields=["store", "received_at"], name="event_store_received"),
                ),
                migrations.AddIndex(
                    model_name="widgetevent",
                    index=BrinIndex(
                        fields=["visitor_id"],
                        opclasses=["text_bloom_ops(n_distinct_per_range = 2000, false_positive_rate = 0.001)"],
                        pages_per_range=64,
                        autosummarize=True,
                        name="event_visitor",
                    ),
                ),
            ],
        )
    ]
