"""Events of which ClickHouse has the older ones: what PostgreSQL has, it answers; the rest is asked of every shard."""

import heapq
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from experiments.event_store.shards import shards
from experiments.event_store.store import BEGINNING, EventRow, PostgresEvents
from experiments.models import EventBatch, EventErasure, Experiment, Store, Variant, WidgetEvent
from experiments.reading.events import keep_parts
from experiments.reading.replica import alias

MICROSECOND = timedelta(microseconds=1)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
# The columns of an EventRow.
SELECT_EVENTS = """
SELECT store_id, toString(event_id) AS id, type, occurred_at, received_at, visitor_id, experiment_id, variant_id,
    moment, props
FROM events FINAL WHERE """


@dataclass(frozen=True)
class Condition:
    """A condition on moved events, with its parameters; of none at all where no batch may have any."""

    text: str
    parameters: dict[str, Any] = field(default_factory=dict)
    is_of_none: bool = False

    def and_(self, text: str, **parameters: Any) -> "Condition":
        """Add another one."""
        return replace(self, text=f"{self.text} AND {text}", parameters=self.parameters | parameters)


class ClickHouseEvents:
    """Events in PostgreSQL and on ClickHouse, each in one of the two."""

    def __init__(self) -> None:
        self.recent = PostgresEvents()

    def received(self, store: Store, *, since: datetime, until: datetime) -> "MergedEvents":
        """Find events of both."""
        return MergedEvents(store, since, until)

    def rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Yield those of PostgreSQL, then those of each shard."""
        with transaction.atomic(using=alias()):
            keep_parts()
            yield from self.recent.rows(store, visitor_ids)
            yield from self.moved_rows(store, visitor_ids)

    def moved_rows(self, store: Store, visitor_ids: Collection[str] | None = None) -> Iterator[EventRow]:
        """Yield those of each shard. The caller keeps the parts of PostgreSQL's table (``keep_parts``)."""
        condition = moved_condition(store.pk)
        if visitor_ids is None:
            return moved(condition)
        if not visitor_ids:
            return iter(())
        return moved(condition.and_("visitor_id IN %(visitor_ids)s", visitor_ids=tuple(visitor_ids)))


@dataclass(frozen=True)
class MergedEvents:
    """A store's events received within a time, as pages ask for them: in order, some at once."""

    store: Store
    since: datetime
    until: datetime
    conditions: tuple[tuple[str, Any], ...] = ()
    is_newest_first: bool = False

    def filter(self, **conditions: Any) -> "MergedEvents":
        """Leave out what doesn't meet the conditions."""
        return replace(self, conditions=(*self.conditions, *conditions.items()))

    def order_by(self, *fields: str) -> "MergedEvents":
        """Put them in this order."""
        return replace(self, is_newest_first=fields[0] == "-received_at")

    def __getitem__(self, some: slice) -> list[WidgetEvent]:
        """Merge the first of PostgreSQL with the first of each shard."""
        order: tuple[str, ...] = ("received_at", "event_id")
        if self.is_newest_first:
            order = ("-received_at", "-event_id")
        with transaction.atomic(using=alias()):
            keep_parts()
            recent = PostgresEvents().received(self.store, since=self.since, until=self.until)
            for name, value in self.conditions:
                recent = recent.filter(**{name: value})
            sources: list[Iterable[WidgetEvent]] = [recent.order_by(*order)[: some.stop]]
            sources += self.of_shards(some.stop)
            merged = list(heapq.merge(*sources, key=position, reverse=self.is_newest_first))
        return merged[some.start : some.stop]

    def of_shards(self, limit: int) -> list[list[WidgetEvent]]:
        """Ask each shard for the first of its events."""
        condition = self.condition()
        if condition.is_of_none:
            return []
        direction = "DESC" if self.is_newest_first else "ASC"
        statement = f"{SELECT_EVENTS} {condition.text} ORDER BY received_at {direction}, id {direction} LIMIT {limit}"
        tests = Experiment.with_holdouts.filter(store=self.store)
        tests_by_id, variants = tests.in_bulk(), Variant.objects.filter(experiment__in=tests).in_bulk()
        found = []
        for shard in shards():
            rows = map(as_row, shard.rows(statement, condition.parameters))
            # Each is in order already.
            found.append([as_event(row, self.store, tests_by_id, variants) for row in rows])
        return found

    def condition(self) -> Condition:
        """Write the conditions for ClickHouse."""
        condition = moved_condition(self.store.pk, since=self.since, until=self.until).and_(
            "received_at >= %(since)s AND received_at < %(until)s",
            since=microseconds(self.since),
            until=microseconds(self.until),
        )
        for name, value in self.conditions:
            condition = condition.and_(CONDITIONS[name], **{name: as_parameter(value)})
        return condition


# What pages and the filters of the read API ask for.
CONDITIONS = {
    "type": "type = %(type)s",
    "experiment": "experiment_id = %(experiment)s",
    "received_at__gt": "received_at > %(received_at__gt)s",
    "received_at__lt": "received_at < %(received_at__lt)s",
}


def as_parameter(value: Any) -> int | str:
    """Turn a filter's value into ClickHouse's: times, which pages write as texts, and rows by their ids."""
    if isinstance(value, Experiment):
        return value.pk
    try:
        return microseconds(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def position(event: WidgetEvent) -> tuple[datetime, str]:
    """Return where an event stands among others: as both databases compare."""
    return event.received_at, str(event.event_id)


def moved_condition(store_id: int, *, since: datetime = BEGINNING, until: datetime = FOREVER) -> Condition:
    """Return the condition of events that ClickHouse alone has, received in this time; without those being erased."""
    batches = EventBatch.objects.using(alias()).filter(
        state=EventBatch.BatchState.MOVED, last_received_at__gte=since, first_received_at__lt=until
    )
    first, last, numbers = FOREVER, BEGINNING, []
    for batch in batches:
        numbers.append(batch.pk)
        first, last = min(first, batch.first_received_at), max(last, batch.last_received_at)
    condition = Condition(
        "batch IN %(batches)s AND day >= %(first)s AND day <= %(last)s AND store_id = %(store_id)s",
        {"batches": tuple(numbers), "first": day_of(first), "last": day_of(last), "store_id": store_id},
        is_of_none=not numbers,
    )
    return without_erased(condition, store_id)


def without_erased(condition: Condition, store_id: int) -> Condition:
    """Leave out what is being erased: it is gone from every answer from the instant that somebody asked for it."""
    for erasure in EventErasure.objects.using(alias()).filter(store_id=store_id):
        text, parameters = of_erasure(erasure)
        condition = condition.and_(f"NOT ({text})", **parameters)
    return condition


def of_erasure(erasure: EventErasure) -> tuple[str, dict[str, Any]]:
    """Write the condition of what is to be erased, with its parameters."""
    number = erasure.pk
    text = f"store_id = %(store_{number})s"
    parameters: dict[str, Any] = {f"store_{number}": erasure.store_id}
    if erasure.experiment_id is not None:
        text += f" AND experiment_id = %(test_{number})s"
        parameters[f"test_{number}"] = erasure.experiment_id
    if erasure.visitor_id:
        # What the visitor does from then on is new, and stays.
        text += f" AND visitor_id = %(visitor_{number})s AND received_at <= %(asked_{number})s"
        parameters |= {
            f"visitor_{number}": erasure.visitor_id,
            f"asked_{number}": microseconds(erasure.requested_at),
        }
    return text, parameters


def moved(condition: Condition) -> Iterator[EventRow]:
    """Yield the events that meet the condition, of one shard after the other."""
    if condition.is_of_none:
        return
    for shard in shards():
        yield from map(as_row, shard.stream(SELECT_EVENTS + condition.text, condition.parameters))


def as_row(values: tuple[Any, ...]) -> EventRow:
    """Turn ClickHouse's values into what PostgreSQL has."""
    store_id, event_id, kind, occurred_at, received_at, visitor_id, experiment_id, variant_id, moment, props = values
    return EventRow(
        store_id,
        UUID(event_id),
        kind,
        at_microsecond(occurred_at),
        at_microsecond(received_at),
        visitor_id,
        experiment_id or None,
        variant_id or None,
        moment,
        json.loads(props),
    )


def as_event(row: EventRow, store: Store, tests: dict[int, Experiment], variants: dict[int, Variant]) -> WidgetEvent:
    """Turn a row into what a page shows, with its test and variant; of none where these are gone."""
    values = row._asdict()
    test, variant = tests.get(values.pop("experiment_id")), variants.get(values.pop("variant_id"))
    del values["store_id"]
    return WidgetEvent(store=store, month=day_of(row.received_at), experiment=test, variant=variant, **values)


def microseconds(at: datetime) -> int:
    """Return an instant as ClickHouse has it."""
    return (at - BEGINNING) // MICROSECOND


def at_microsecond(number: int) -> datetime:
    """Return the instant that ClickHouse has as a number."""
    return BEGINNING + number * MICROSECOND


def day_of(at: datetime) -> date:
    """Return the UTC day of an instant."""
    return at.astimezone(UTC).date()
