"""What raw events are read for, whichever database keeps them: ``event_store()`` is the one of the settings.

No result reads them: funnels and the counts of offers are added up as events come in. PostgreSQL takes every event in,
and answers for it for days, also where it goes on to ClickHouse (``moving.py``): there it knows what comes twice.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, Self
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from experiments.models import EventBatch, Store, WidgetEvent
from experiments.reading import events
from experiments.reading.replica import alias

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class NotAvailable(Exception):
    """A ClickHouse server doesn't answer, so that nobody knows all of the events: an answer would be too small."""


class EventRow(NamedTuple):
    """An event as it is stored."""

    store_id: int
    event_id: UUID
    type: str
    occurred_at: datetime
    received_at: datetime
    visitor_id: str
    experiment_id: int | None
    variant_id: int | None
    moment: str
    props: dict[str, Any]


class FoundEvents(Protocol):
    """Events of one store, as Django REST framework's pages ask for them; ``QuerySet`` is one."""

    def filter(self, **conditions: Any) -> Self:
        """Leave out what doesn't meet the conditions."""

    def order_by(self, *fields: str) -> Self:
        """Put them in this order: by when they were received and by their ids."""

    def __getitem__(self, some: slice) -> Collection[WidgetEvent]:
        """Return some of them."""


class EventStore(Protocol):
    """Reads raw events. Raises ``NotAvailable`` rather than to leave any out."""

    def received(self, store: Store, *, since: datetime, until: datetime) -> "FoundEvents | QuerySet[WidgetEvent]":
        """Find a store's events received from ``since`` on and before ``until``, with their tests and variants."""

    def rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Yield all events of a store, or of some of its visitors."""

    def moved_rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Yield those of ``rows`` that PostgreSQL doesn't have."""


class PostgresEvents:
    """All events are in PostgreSQL; else somebody has to say so in the settings."""

    def received(self, store: Store, *, since: datetime, until: datetime) -> QuerySet[WidgetEvent]:
        """Query them."""
        refuse_where_moved(since)
        return events.events_received(store, since=since, until=until)

    def rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Read them by and by."""
        refuse_where_moved(BEGINNING)
        found = WidgetEvent.objects.filter(store=store)
        if visitor_ids is not None:
            found = found.filter(events.are_of_visitors(store, visitor_ids))
        yield from map(EventRow._make, found.values_list(*EventRow._fields).iterator())

    def moved_rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Yield none."""
        refuse_where_moved(BEGINNING)
        return iter(())


def refuse_where_moved(since: datetime) -> None:
    """Raise ``NotAvailable`` where ClickHouse has events received since then, and no setting says how to ask it."""
    if settings.ANALYTICS_SHARDS:
        return
    if (
        EventBatch.objects.using(alias())
        .filter(state=EventBatch.BatchState.MOVED, last_received_at__gte=since)
        .exists()
    ):
        raise NotAvailable("Older events are on ClickHouse, but ANALYTICS_URL isn't set.")


def event_store() -> EventStore:
    """Return the one that the settings name. Without ``ANALYTICS_URL`` nothing of ClickHouse is loaded."""
    if not settings.ANALYTICS_SHARDS:
        return PostgresEvents()
    from experiments.event_store.clickhouse import ClickHouseEvents

    return ClickHouseEvents()
