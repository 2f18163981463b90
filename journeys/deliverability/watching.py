"""Warns a store's team of what mail providers hold against it, and pauses sending before they do worse."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from experiments import audit
from experiments.models import AuditAction
from journeys.deliverability.counts import MessageCounts, counts_by_day, total
from journeys.deliverability.limits import LimitState, states_of
from journeys.models import Sender

ACTOR = "deliverability"
WINDOW = timedelta(days=7)  # long enough for complaints, which come some days after the message


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="watch_senders", lock="watch_senders")
def watch_senders(timestamp: int) -> None:
    """Look at every sender that sends."""
    now = timezone.now()
    for sender in Sender.objects.select_related("store").filter(is_on=True).order_by("pk"):
        watch(sender, now)


def watch(sender: Sender, now: datetime) -> None:
    """Pause a sender that is over a limit, and warn of limits that come near."""
    states = states_of(counts_of(sender, now))
    over = [state for state in states if state.is_over]
    if over:
        pause(sender, over[0], now)
        return
    warn(sender, [state for state in states if state.is_warning])


def counts_of(sender: Sender, now: datetime) -> MessageCounts:
    """Return what is counted against the limits: the last seven days, or since somebody has turned sending on again."""
    return total(counts_by_day(sender.store, counted_from(sender, now)).values())


def counted_from(sender: Sender, now: datetime) -> datetime:
    """Return since when messages are counted against the limits."""
    since = now - WINDOW
    if sender.counted_since is not None:
        since = max(since, sender.counted_since)
    return since


@transaction.atomic
def pause(sender: Sender, state: LimitState, now: datetime) -> None:
    """Send nothing more until somebody has looked, and tell the team."""
    row = Sender.objects.select_for_update().get(pk=sender.pk)
    if not row.is_on:  # somebody has turned it off meanwhile
        return
    row.is_on, row.paused_at, row.paused_for = False, now, state.limit
    row.save(update_fields=["is_on", "paused_at", "paused_for"])
    audit.record(store=sender.store, action=AuditAction.SENDER_PAUSED, actor=ACTOR, detail=detail_of(state))


@transaction.atomic
def warn(sender: Sender, near: Sequence[LimitState]) -> None:
    """Tell the team of limits that it hasn't been told of since they were last kept."""
    warned_for = [state.limit.value for state in near]
    if warned_for == sender.warned_for:
        return
    Sender.objects.filter(pk=sender.pk).update(warned_for=warned_for)
    for state in near:
        if state.limit not in sender.warned_for:
            audit.record(store=sender.store, action=AuditAction.SENDER_WARNED, actor=ACTOR, detail=detail_of(state))


def detail_of(state: LimitState) -> dict[str, object]:
    """Return what the audit trail says of a limit."""
    return {"limit": state.limit.value, "count": state.count, "sent": state.sent}


def resume(sender: Sender, now: datetime) -> None:
    """Count from now on: somebody has looked at it, and turns sending on again."""
    sender.paused_at, sender.paused_for, sender.warned_for = None, "", []
    sender.counted_since = now
