"""Erases what ClickHouse has of a visitor, a test or a store, and what stores no longer keep.

Whoever erases something notes it (``EventErasure``), and no answer has it any more. The worker then has each shard
delete the rows, and takes the note away once all of them say that none is left: while one is down, the note stays.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from experiments.event_store.clickhouse import Condition, day_of, moved, of_erasure
from experiments.event_store.moving import DECLINES_STAY, of_forgotten
from experiments.event_store.shards import shards
from experiments.event_store.store import EventRow, NotAvailable
from experiments.models import EventBatch, EventErasure, ForgottenEvents, MovedDecline, Store

logger = logging.getLogger(__name__)

# What a worker has sent that was killed is stored by then: it may hold what was erased meanwhile.
SENT_FOR = timedelta(minutes=1)
COUNT = "SELECT count() FROM events FINAL WHERE "
DELETE = "ALTER TABLE events DELETE WHERE "
# ClickHouse deletes by and by: what it was told before comes first.
UNFINISHED = """
SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = 'events' AND is_done = 0
"""
DAYS = """
SELECT DISTINCT toString(partition) FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND active
"""


def events_to_erase(erasure: EventErasure) -> list[EventRow]:
    """Read what the shards alone had of a visitor when somebody asked to erase it. Raises ``NotAvailable``."""
    text, parameters = of_erasure(erasure)
    condition = Condition(text, parameters, is_of_none=not erasure.batches)
    return list(moved(condition.and_("batch IN %(batches)s", batches=tuple(erasure.batches))))


def erase_noted(now: datetime) -> None:
    """Have the shards delete what is noted and what batches have left, and take away the notes when nothing is left."""
    for erasure in EventErasure.objects.filter(requested_at__lt=now - SENT_FOR).order_by("pk"):
        # A visitor is taken out of the counts by what the shards have, and so before that goes.
        if erasure.visitor_id and not erasure.are_views_taken_out:
            continue
        if delete_everywhere(*of_erasure(erasure)):
            erasure.delete()
    for batch in EventBatch.objects.filter(state=EventBatch.BatchState.LEFT):
        if delete_everywhere("batch = %(batch)s", {"batch": batch.pk}):
            batch.delete()


def delete_everywhere(text: str, parameters: dict[str, Any]) -> bool:
    """Have each shard delete the rows that meet a condition, and return whether all say that they have none."""
    is_gone = True
    for shard in shards():
        try:
            if shard.rows(COUNT + text, parameters) == [(0,)]:
                continue
            if shard.rows(UNFINISHED) == [(0,)]:
                shard.rows(DELETE + text, parameters)
        except NotAvailable as error:
            logger.warning("Erased events wait: %s", error)
        is_gone = False
    return is_gone


def forget_old_events(now: datetime) -> None:
    """Have the shards delete what stores no longer keep: days whole where no store does. Raises ``NotAvailable``."""
    forget_old_declines(now)
    longest = Store.objects.aggregate(days=Max("retention_days"))["days"]
    if longest is None:
        return
    oldest_kept = now - timedelta(days=longest)
    for shard in shards():
        for (day,) in shard.rows(DAYS):
            if date.fromisoformat(day) < day_of(oldest_kept):
                shard.rows(f"ALTER TABLE events DROP PARTITION '{day}'")
    for forgotten in ForgottenEvents.objects.all():
        delete_everywhere(*of_forgotten(forgotten))
    EventBatch.objects.filter(state=EventBatch.BatchState.MOVED, last_received_at__lt=oldest_kept).delete()


def forget_old_declines(now: datetime) -> None:
    """Delete the declines that keep nobody from anything any more, and those that stores no longer keep."""
    MovedDecline.objects.filter(occurred_at__lt=now - DECLINES_STAY).delete()
    for forgotten in ForgottenEvents.objects.filter(before__gt=now - DECLINES_STAY):
        MovedDecline.objects.filter(store=forgotten.store_id, occurred_at__lt=forgotten.before).delete()
