"""What was heard of messages by time, for the nightly retention; made without holding up whoever writes events."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journeys", "0012_quotes_of_offers")]
    operations = [
        AddIndexConcurrently(
            model_name="messageevent",
            index=models.Index(fields=["at"], name="message_event_at"),
        ),
    ]
