"""What the worker does after the order."""

from django.utils import timezone
from procrastinate.contrib.django import app

from journeys.models import Sender
from journeys.sending import domain_records, handing_over


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="send_messages")
def send_messages(timestamp: int) -> None:
    """Send the messages that are due; planning queues it too, so that none waits for the minute to pass."""
    handing_over.send_due(timezone.now())


@app.periodic(cron="23 5 * * *")
@app.task(queueing_lock="check_sender_domains")
def check_sender_domains(timestamp: int) -> None:
    """Look at the records of every sender's domain: what was right at the start may be changed by somebody."""
    for sender in Sender.objects.exclude(address=""):
        domain_records.check(sender, timezone.now())
