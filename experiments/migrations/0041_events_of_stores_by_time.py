"""Find a store's events by the time of their receipt: for the setup page, the read API and retention."""

from django.db import migrations, models

from experiments.big_tables.indexes import AddIndexToPartitions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0040_words_once_more")]
    operations = [
        AddIndexToPartitions(
            model_name="widgetevent",
            index=models.Index(fields=["store", "received_at"], name="event_store_received"),
        ),
    ]
