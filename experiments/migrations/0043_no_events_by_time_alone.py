"""Drop the index of all stores' events by time: 0041 has made one by store and time, which all reads take."""

from django.db import migrations

from experiments.big_tables.indexes import RemoveIndexFromPartitions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0042_events_of_visitors")]
    operations = [RemoveIndexFromPartitions(model_name="widgetevent", name="event_received")]
