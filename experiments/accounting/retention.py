"""What a store no longer keeps: old events, counts and samples of decisions.

Months of events that no store keeps any more are dropped whole; of the others, each store's old events are deleted.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Max

from experiments.accounting import funnel_existing, partitions
from experiments.decisions import samples as decision_samples
from experiments.models import DecisionDay, DecisionSample, ForgottenEvents, Store

BATCH = 10_000  # a transaction each: what arrives meanwhile waits for none of them for long

DELETE_OLD = """
-- By part as well, so that the planner opens no part that is younger. A batch by LIMIT: DELETE has none of its own.
DELETE FROM experiments_widgetevent WHERE (store_id, event_id, month) IN (
    SELECT store_id, event_id, month FROM experiments_widgetevent
    WHERE store_id = %s AND month <= %s AND received_at < %s LIMIT %s
)
"""


def forget_old_events(now: datetime) -> int:
    """Delete each store's events that are older than its ``retention_days``.

    Returns how many were deleted one by one, beside the months that were dropped whole.

    A batch is a transaction of its own, so that nothing that arrives meanwhile has to wait. Exposures and orders stay:
    they are the results. So do the counts of the funnel: events that aren't in them yet are counted first.
    """
    funnel_existing.count_existing()
    note_forgotten(now)
    longest = Store.objects.aggregate(days=Max("retention_days"))["days"]
    if longest is not None:
        partitions.drop_past(now, timedelta(days=longest))
    deleted = 0
    for store_id, days in Store.objects.order_by("pk").values_list("pk", "retention_days"):
        deleted += forget_events_before(store_id, now - timedelta(days=days))
    return deleted


def note_forgotten(now: datetime) -> None:
    """Note for each store what is going to be deleted, before any of it is: from then on some of it may be missing."""
    for store_id, days in Store.objects.order_by("pk").values_list("pk", "retention_days"):
        before = now - timedelta(days=days)
        noted, _ = ForgottenEvents.objects.get_or_create(store_id=store_id, defaults={"before": before})
        # Never earlier: what went while the store kept less isn't back when it keeps more.
        if noted.before < before:
            ForgottenEvents.objects.filter(store_id=store_id).update(before=before)


def forget_old_decisions(now: datetime) -> None:
    """Delete the counts older than a store's ``retention_days``, and the samples that nobody asks about any more."""
    today = now.date()
    DecisionSample.objects.filter(day__lt=today - timedelta(days=decision_samples.DAYS)).delete()
    for store_id, days in Store.objects.order_by("pk").values_list("pk", "retention_days"):
        DecisionDay.objects.filter(store=store_id, day__lt=today - timedelta(days=days)).delete()


def forget_events_before(store_id: int, at: datetime) -> int:
    """Delete the store's events that were received before ``at``, batch by batch, and return how many."""
    deleted = 0
    batch = BATCH
    with connection.cursor() as cursor:
        while batch == BATCH:
            cursor.execute(DELETE_OLD, [store_id, at.astimezone(UTC).date(), at, BATCH])
            batch = cursor.rowcount
            deleted += batch
    return deleted
