"""What the worker does after the order: when each job runs.

``queueing_lock``: a job that still waits isn't queued again. ``lock``: two planners would only wait for one another.
"""

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from journeys import confirmation_answers, site_answers, site_caps
from journeys.contact_files.jobs import forget_contact_files, import_contact_file
from journeys.contacts.jobs import forget_contacts, look_after_parcels, merge_guest_customer
from journeys.customer_stages import refresh
from journeys.deliverability.watching import watch_senders
from journeys.message_holdout import sync_all_message_holdouts
from journeys.models import Sender
from journeys.planning import rounds
from journeys.sending import domain_records, handing_over
from journeys.tracking.deliveries import forget_provider_deliveries, read_provider_delivery
from journeys.triggers import by_time, orders

# Loaded with this module. Names in full, one by one: ruff takes what isn't named so for an import that nobody uses.
__all__ = [
    "forget_contact_files",
    "forget_contacts",
    "forget_provider_deliveries",
    "import_contact_file",
    "look_after_parcels",
    "merge_guest_customer",
    "read_provider_delivery",
    "watch_senders",
]


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


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="plan_journeys", lock="plan_journeys")
def plan_journeys(timestamp: int) -> None:
    """Plan the steps that are due, and have their messages sent."""
    if rounds.plan_due(timezone.now()):
        try:
            send_messages.configure().defer(timestamp=timestamp)
        except AlreadyEnqueued:
            return  # it waits already, and will find these messages too


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="note_send_points", lock="note_send_points")
def note_send_points(timestamp: int) -> None:
    """Have today's send points count on stores' pages, in both arms alike."""
    site_caps.note_send_points(timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="begin_journeys", lock="begin_journeys")
def begin_journeys(timestamp: int) -> None:
    """Begin the runs whose time has come: contracts, campaigns, and what customers have reached."""
    by_time.begin_due(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="keep_message_holdouts_up")
def keep_message_holdouts_up(timestamp: int) -> None:
    """See that each store's holdout of messages has its experiment."""
    sync_all_message_holdouts(timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="note_answers", lock="note_answers")
def note_answers(timestamp: int) -> None:
    """Link answers to customers, and have them steer offers on stores' pages."""
    confirmation_answers.follow_up(timezone.now())
    site_answers.note_answers()


@app.periodic(cron="57 * * * *")
@app.task(queueing_lock="refresh_stages", lock="refresh_stages")
def refresh_stages(timestamp: int) -> None:
    """Work out how far customers are with what they bought; after the parcels, whose arrival may just be estimated."""
    refresh.refresh_all(timezone.now())


@app.periodic(cron="22 * * * *")
@app.task(queueing_lock="begin_missed_runs", lock="begin_missed_runs")
def begin_missed_runs(timestamp: int) -> None:
    """Begin the runs of lately placed orders that have none: orders that came in another way than through the app."""
    orders.begin_missed(timezone.now())
