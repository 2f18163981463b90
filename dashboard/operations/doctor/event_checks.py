"""Whether the ClickHouse servers that keep older events answer, and whether anything waits for them."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from dashboard.operations.collector import oldest_waiting_event
from dashboard.operations.doctor.diagnosis import Diagnosis, ok, problem, warning
from experiments.event_store.store import NotAvailable
from experiments.models import EventBatch, EventErasure

COPIED_WITHIN = timedelta(days=2)  # a day is copied when it is over
ERASED_WITHIN = timedelta(hours=1)


def check_events() -> Iterator[Diagnosis]:
    """Look at the servers and at what waits; say nothing where events never leave PostgreSQL."""
    if settings.ANALYTICS_SHARDS:
        yield from about_servers()
        yield from about_waiting()
    # Somebody took the setting away before the events were back.
    elif EventBatch.objects.filter(state=EventBatch.BatchState.MOVED).exists():
        text = "Older events are on ClickHouse, but ANALYTICS_URL isn't set, so nobody can read them."
        yield problem("Events", text, "Set ANALYTICS_URL. To do without it, run: manage.py move_events --to postgres")
    yield from about_erasures()


def about_servers() -> Iterator[Diagnosis]:
    """Say which servers answer."""
    from experiments.event_store.shards import shards  # loads ClickHouse's client

    for shard in shards():
        # Each by itself: one that is down doesn't keep the others from being named.
        try:
            ((version,),) = shard.rows("SELECT version()")
        except NotAvailable as error:
            fix = "Start it, or correct ANALYTICS_URL. Until then events stay in PostgreSQL, and none is lost."
            yield problem("Events", f"{error}.", fix)
        else:
            yield ok("Events", f"ClickHouse {version} at {shard.name} answers.")


def about_waiting() -> Iterator[Diagnosis]:
    """Say whether events of days that are over wait for long."""
    oldest = oldest_waiting_event()
    if oldest is not None and timezone.now() - oldest > COPIED_WITHIN:
        text = f"Events received on {oldest:%Y-%m-%d} and later wait to be copied to ClickHouse."
        yield warning("Events", text, "Look at the worker's log, or run: manage.py move_events --to clickhouse")


def about_erasures() -> Iterator[Diagnosis]:
    """Say whether anybody waits to be erased from ClickHouse; nothing reads their events any more."""
    # Fewer than an hour are on their way: ClickHouse deletes by and by.
    waiting = EventErasure.objects.filter(requested_at__lt=timezone.now() - ERASED_WITHIN).count()
    if waiting:
        text = f"{waiting} erasures aren't finished on every ClickHouse server."
        yield problem("Events", text, "Start the servers that don't answer; the worker then finishes the erasures.")
