"""What the worker does to tell: one job for each reader and each address, so that one that fails costs no other."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone, translation
from procrastinate import RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from experiments.models import AuditEntry, SlackChannel, WebhookTarget
from experiments.notifications import attempts, mail, slack
from experiments.notifications.email import Email
from experiments.notifications.message import message_of
from experiments.notifications.outgoing import NotDelivered

# After 4 s, 16 s, ... 18 hours: a receiver that is away for a day misses nothing.
ATTEMPTS = RetryStrategy(max_attempts=8, exponential_wait=4)
LONGEST_WAIT = timedelta(days=1)  # that a receiver may ask for: later, what happened is no news


class AsTheReceiverAsks(RetryStrategy):
    """Tries again as ``ATTEMPTS`` does, or later where the receiver asks for it."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again; ``None`` once it was tried often enough."""
        decision = super().get_retry_decision(exception=exception, job=job)
        if decision is None or not isinstance(exception, NotDelivered) or exception.retry_at is None:
            return decision
        latest = timezone.now() + LONGEST_WAIT
        # Never earlier than without its word: a receiver that says 0 would be asked nine times in a second.
        earliest = decision.retry_at or timezone.now()
        return RetryDecision(retry_at=max(earliest, min(exception.retry_at, latest)))


@app.task(queue="notifications")
def tell(entry_id: int) -> None:
    """Queue an e-mail for each member and a message for each address that wants to know of an entry."""
    entry = entry_of(entry_id)
    if entry is None:
        return
    message = message_of(entry)
    if message is None:
        return
    for language, addresses in mail.recipients(entry.store, message.topic).items():
        with translation.override(language):
            translated = message_of(entry)
            if translated is not None:
                queue_mails(addresses, translated.email)
    wanting = WebhookTarget.objects.filter(store=entry.store, is_active=True, topics__contains=[message.topic.value])
    for endpoint_id in wanting.values_list("pk", flat=True):
        post_message.defer(endpoint_id=endpoint_id, entry_id=entry.pk)
    channels = SlackChannel.objects.filter(store=entry.store, is_active=True, topics__contains=[message.topic.value])
    for channel_id in channels.values_list("pk", flat=True):
        post_to_slack.defer(channel_id=channel_id, entry_id=entry.pk)


def queue_mails(addresses: Iterable[str], email: Email) -> None:
    """Queue the same e-mail to each address, in the language of now."""
    for address in addresses:
        send_mail.defer(address=address, subject=email.subject, text=email.text, html=email.html)


@app.task(queue="notifications", retry=ATTEMPTS)
def send_mail(address: str, subject: str, text: str, html: str = "") -> None:
    """Send one e-mail; jobs that the release before queued have no HTML."""
    mail.send(address, subject, text, html)


@app.task(queue="notifications", retry=AsTheReceiverAsks(max_attempts=8, exponential_wait=4))
def post_message(endpoint_id: int, entry_id: int) -> None:
    """Send one signed message. Raises ``NotDelivered``, for another attempt, unless none can help.

    ``endpoint_id`` is the webhook target's: jobs that the release before queued call it so.
    """
    target = WebhookTarget.objects.filter(pk=endpoint_id, is_active=True).first()
    entry = entry_of(entry_id)
    if target is None or entry is None:
        return
    message = message_of(entry)
    if message is None:
        return
    try:
        attempts.send(target, entry, message)
    except NotDelivered as error:
        if not error.is_final:
            raise


@app.task(queue="notifications", retry=AsTheReceiverAsks(max_attempts=8, exponential_wait=4))
def post_to_slack(channel_id: int, entry_id: int) -> None:
    """Send one message to a channel. Raises ``NotDelivered``, for another attempt, unless none can help.

    The job has numbers alone: the channel's address is a secret, and jobs stand in the log.
    """
    channel = SlackChannel.objects.filter(pk=channel_id, is_active=True).first()
    entry = entry_of(entry_id)
    if channel is None or entry is None:
        return
    message = message_of(entry)
    if message is None:
        return
    try:
        slack.send(channel, message)
    except NotDelivered as error:
        if not error.is_final:
            raise


def entry_of(entry_id: int) -> AuditEntry | None:
    """Return the entry with its store and experiment; ``None`` where it was deleted since the job was queued."""
    return AuditEntry.objects.select_related("store", "experiment__store").filter(pk=entry_id).first()


@app.periodic(cron="27 3 * * *")
@app.task(queue="notifications", queueing_lock="forget_old_attempts")
def forget_old_attempts(timestamp: int) -> None:
    """Delete old attempts to send messages, each night."""
    attempts.forget_old(timezone.now())


@app.periodic(cron="0 6 * * 1")
@app.task(queue="notifications", queueing_lock="send_digests")
def send_digests(timestamp: int) -> None:
    """Tell each Monday how the running tests stand."""
    for digest in mail.digests():
        with translation.override(digest.language):
            queue_mails(digest.recipients, digest.email)
