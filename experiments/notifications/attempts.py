"""What came of each attempt to send a message: kept for a month, and shown beside the address."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from experiments.models import AuditEntry, WebhookAttempt, WebhookTarget
from experiments.notifications import outgoing
from experiments.notifications.message import Message, type_of

KEEP = timedelta(days=30)  # as long as what shop systems delivered: long enough to find out why something wasn't told
LONGEST_TEXT = 200


def send(target: WebhookTarget, entry: AuditEntry, message: Message) -> None:
    """Send the message once, and keep what came of it. Raises ``NotDelivered``."""
    attempt = WebhookAttempt(target=target, message_id=f"msg_{entry.pk}", message_type=type_of(entry))
    attempt.at = timezone.now()
    body = outgoing.body_of(attempt.message_type, entry.at.isoformat(), message.data)
    started = time.monotonic()
    try:
        attempt.status = outgoing.post(
            target.url,
            target.secrets(attempt.at),
            message_id=attempt.message_id,
            timestamp=int(attempt.at.timestamp()),
            body=body,
        )
    except outgoing.NotDelivered as error:
        attempt.status = error.status
        attempt.error = str(error)[:LONGEST_TEXT]
        raise
    finally:
        attempt.duration_ms = round(1000 * (time.monotonic() - started))
        save_attempt(attempt)


def save_attempt(attempt: WebhookAttempt) -> None:
    """Store the attempt, and the address's newest one beside it for the list of addresses."""
    result = attempt.error or f"Answered {attempt.status}"
    with transaction.atomic():
        # The address may have been deleted while its answer was awaited: then there is nothing to show it beside.
        known = WebhookTarget.objects.filter(pk=attempt.target_id)
        if known.update(last_attempt_at=attempt.at, last_result=result):
            attempt.save()


def forget_old(now: datetime) -> None:
    """Delete the attempts that are no longer shown."""
    WebhookAttempt.objects.filter(at__lt=now - KEEP).delete()
