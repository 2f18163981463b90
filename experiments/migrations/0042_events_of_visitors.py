"""Find a visitor's events without reading every month: for erasure and export."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations

from experiments.big_tables.indexes import AddIndexToPartitions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0041_events_of_stores_by_time")]
    operations = [
        AddIndexToPartitions(
            model_name="widgetevent",
            index=BrinIndex(
                fields=["visitor_id"],
                opclasses=["text_bloom_ops(n_distinct_per_range = 2000, false_positive_rate = 0.001)"],
                pages_per_range=64,
                autosummarize=True,
                name="event_visitor",
            ),
        ),
    ]
