"""Which messages a worker takes: a few at a time, with a lease, at the sender's rate."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from journeys.models import CustomerMessage, MessageState, Sender
from journeys.sending.in_flight.notes import ClaimedMessage

# What is read for all of them together costs little then, and a quick server has them before a look at them is too old
# (``batches.FRESH``).
CLAIMED_AT_ONCE = 300
# Longer than the hand-over of one message may take by the timeouts of its connection: whoever is slow keeps its own.
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def senders_with_due(now: datetime) -> list[int]:
    """Return the stores whose messages wait and may go out."""
    waiting = CustomerMessage.objects.filter(
        store=OuterRef("store"), state=MessageState.PLANNED, next_attempt_at__lte=now
    )
    senders = Sender.objects.filter(Exists(waiting), is_on=True)
    return list(senders.values_list("store_id", flat=True).order_by("store_id"))


def claim_some(store_id: int, now: datetime, lease: timedelta = LEASE) -> list[ClaimedMessage]:
    """Claim a few of a store's messages, and return them; none where its rate is used up."""
    with transaction.atomic():
        # Locked, so that two workers don't use the same rest of the minute's rate.
        sender = Sender.objects.select_for_update().filter(store=store_id, is_on=True).first()
        if sender is None:
            return []
        if sender.minute_began_at is None or now - sender.minute_began_at >= MINUTE:
            sender.minute_began_at, sender.claimed_in_minute = now, 0
        allowed = min(CLAIMED_AT_ONCE, sender.per_minute - sender.claimed_in_minute)
        if allowed <= 0:
            return []
        due = CustomerMessage.objects.filter(
            store=store_id, state=MessageState.PLANNED, next_attempt_at__lte=now
        ).order_by("next_attempt_at")
        # Not waited for: what another worker has locked, it claims or gives back itself.
        rows = due.select_for_update(skip_locked=True).values_list("pk", "attempts")[:allowed]
        claims = [ClaimedMessage(pk, attempts + 1) for pk, attempts in rows]
        CustomerMessage.objects.filter(pk__in=[claim.message_id for claim in claims]).update(
            state=MessageState.CLAIMED, claimed_until=now + lease, attempts=F("attempts") + 1
        )
        sender.claimed_in_minute += len(claims)
        sender.save(update_fields=["minute_began_at", "claimed_in_minute"])
    return claims


def rows_of(claims: Iterable[ClaimedMessage]) -> QuerySet[CustomerMessage]:
    """Return the messages that are still a worker's own: not one that another has claimed since, after the lease.

    A worker writes nothing of a message but through this, or by a statement that compares attempts itself. It may come
    to write long after the lease, as where it waited for the database; a message that another has on its way meanwhile
    would be planned again, and go out twice.
    """
    ids: dict[int, list[int]] = defaultdict(list)
    for claim in claims:
        ids[claim.attempt].append(claim.message_id)
    own = Q(pk__in=[])
    for attempt, of_attempt in ids.items():
        own |= Q(pk__in=of_attempt, attempts=attempt)
    return CustomerMessage.objects.filter(own)


def return_lost(now: datetime) -> None:
    """Give back what a worker claimed that is gone, and end what it was handing over.

    Nobody knows whether the server took those: they aren't sent again. They are few, and only where the worker's note
    is lost too, as when its machine was started anew: ``in_flight/recovery.py`` comes first.
    """
    lost = CustomerMessage.objects.filter(claimed_until__lt=now)
    lost.filter(state=MessageState.CLAIMED).update(state=MessageState.PLANNED, claimed_until=None)
    lost.filter(state=MessageState.SENDING).update(state=MessageState.UNKNOWN, claimed_until=None, reason="worker_gone")


def expire(now: datetime) -> None:
    """End messages that weren't handed over in their time."""
    waiting = CustomerMessage.objects.filter(state=MessageState.PLANNED, send_by__lt=now)
    waiting.update(state=MessageState.EXPIRED, reason="too_late")
