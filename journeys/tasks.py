"""What the worker does after the order."""

from django.utils import timezone
from procrastinate.contrib.django import app

from journeys.sending import handing_over


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="send_messages")
def send_messages(timestamp: int) -> None:
    """Send the messages that are due; planning queues it too, so that none waits for the minute to pass."""
    handing_over.send_due(timezone.now())
