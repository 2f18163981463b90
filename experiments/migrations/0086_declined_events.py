"""Find what visitors declined lately, so that no message offers it again: an index of declines alone."""

from django.db import migrations, models

from experiments.big_tables.indexes import AddIndexToPartitions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("experiments", "0085_untrue_claims")]
    operations = [
        AddIndexToPartitions(
            model_name="widgetevent",
            index=models.Index(
                fields=["store", "visitor_id"], condition=models.Q(type="decline"), name="event_declined"
            ),
        ),
    ]
