"""Events of widgets -> events and exposures."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection, transaction

from experiments.accounting import identity, outcomes, partitions
from experiments.accounting.identity import Sighting
from experiments.accounting.outcomes import LockSubject
from experiments.models import AssignmentUnit, EventType
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql

# Events are resent for this long after they happened (the edge refuses older ones), and so may arrive in two months,
# or in several days where each has a part.
MAX_AGE = timedelta(hours=48)
# Clocks of the edge's machines differ by less than this.
MAX_SKEW = timedelta(hours=1)

INSERT_EVENTS = read_sql(__file__, "insert_events")
# The parts are written out, so that the planner opens these alone.
IS_NEW = """
WHERE NOT EXISTS (
    SELECT FROM experiments_widgetevent AS other
    WHERE other.store_id = %(store_id)s AND other.event_id = event.event_id AND other.month IN ({parts}))
"""
UPSERT_EXPOSURES = read_sql(__file__, "upsert_exposures")
COUNT_REJECTIONS = read_sql(__file__, "count_rejections")


class EventRecord(msgspec.Struct, frozen=True):
    """A verified event. ``cart_value_minor``, in the store's currency, and what follows it are an exposure's.
    ``prior_order_minor`` is given where customers are exposed; of visitors it follows from their orders.

    ``holdout_id`` is the store's holdout experiment, where the exposure counts there as well; ``customer_id`` the
    shop's own id of whoever was logged in; ``segments`` what the page said of the visit, by dimension;
    ``would_show`` what each arm would have shown of product pairs.
    """

    event_id: UUID
    type: str
    occurred_at: datetime
    visitor_id: str
    experiment_id: int | None = None
    variant_id: int | None = None
    moment: str = ""
    props: dict[str, Any] = {}
    cart_value_minor: int | None = None
    device: str = ""
    country: str = ""
    customer_type: str = ""
    is_automated: bool = False
    trigger_version: int = 1
    holdout_id: int | None = None
    holdout_variant_id: int | None = None
    customer_id: str = ""
    segments: dict[str, str] = {}
    cart_items: int | None = None
    past_orders: int | None = None
    prior_order_minor: int | None = None
    would_show: dict[str, Any] | None = None


def record_events(store_id: int, records: Sequence[EventRecord], *, received_at: datetime) -> set[UUID]:
    """Store the events of one store and return the ids that were new; the others are duplicates.

    The first exposure per experiment and visitor counts; one seen with another variant is conflicting. A customer seen
    with a visitor brings orders along that name only the customer. All in one transaction and a fixed number of
    statements, however many records.
    """
    if not records:
        return set()
    events = without_repeats(records)
    sightings = sightings_in(events)
    # Customers are locked before visitors, so that only where none was seen the insert can lock the visitors at once.
    visitors = set() if sightings else visitors_exposed_by(events)
    with transaction.atomic():
        new = insert_events(store_id, events, received_at, visitors)
        moved = see_customers(store_id, sightings)
        exposures = first_exposures(exposures_in(events, new))
        if sightings:
            outcomes.lock(LockSubject.VISITOR, store_id, visitors_exposed_by(events) | moved)
        if exposures or moved:
            outcomes.recompute(store_id, upsert_exposures(store_id, exposures) | moved)
    return new


def visitors_exposed_by(records: Iterable[EventRecord]) -> set[str]:
    """Name the visitors of the exposures.

    They are locked against an order that arrives at this instant: it and the exposure would miss each other.
    """
    return {record.visitor_id for record in records if record.type == EventType.EXPOSURE}


def without_repeats(records: Sequence[EventRecord]) -> list[EventRecord]:
    """Keep the first record of each event id, in the reverse order of the records."""
    by_id: dict[UUID, EventRecord] = {}
    for record in reversed(records):
        by_id[record.event_id] = record
    return list(by_id.values())


def exposures_in(events: Iterable[EventRecord], new: Container[UUID]) -> list[EventRecord]:
    """List the new exposures among the events, then what each of them is to the store's holdout."""
    exposures = []
    for event in events:
        if event.type == EventType.EXPOSURE and event.event_id in new:
            exposures.append(event)
    return [*exposures, *map(as_holdout_event, exposures)]


def as_holdout_event(record: EventRecord) -> EventRecord:
    """Give what the event is to the store's holdout experiment; of no experiment where it is nothing to it."""
    return msgspec.structs.replace(
        record, experiment_id=record.holdout_id, variant_id=record.holdout_variant_id, would_show=None
    )


def sightings_in(records: Iterable[EventRecord]) -> list[Sighting]:
    """List which customers were seen as which visitors, and when, in order."""
    sightings = set()
    for record in records:
        if record.customer_id:
            sightings.add(Sighting(record.customer_id, record.visitor_id, record.occurred_at))
    return sorted(sightings)


def see_customers(store_id: int, sightings: Sequence[Sighting]) -> set[str]:
    """Note which customers were seen, and return the visitors who lost or gained an order by that."""
    if not sightings:
        return set()
    customers = {sighting.customer_id for sighting in sightings}
    # Against an order of the customer that arrives at this instant: it would be linked without this sighting.
    outcomes.lock(LockSubject.CUSTOMER, store_id, customers)
    identity.see_customers(store_id, sightings)
    return identity.visitors_with_other_orders(identity.link(store_id, [], customers))


def insert_events(
    store_id: int, records: Sequence[EventRecord], received_at: datetime, visitors: Collection[str]
) -> set[UUID]:
    """Store the events, then lock the visitors where any event is new: one statement, which saves a round trip.

    Returns the ids that were new, also to the other parts where they may be.
    """
    is_new = ""
    others = other_parts(received_at)
    if others:
        if is_at_a_turn(received_at):
            # Against a copy in another part: a unique constraint holds within a part only, so that two copies that
            # arrive at once, at the turn of a month or day, wait for one another.
            outcomes.lock(LockSubject.EVENT, store_id, [record.event_id for record in records])
        is_new = IS_NEW.format(parts=", ".join(f"'{part}'" for part in others))
    parameters: dict[str, Any] = {
        "store_id": store_id,
        "received_at": received_at,
        "month": partitions.part_at(received_at),
        "events": encode(records),
        "lock": int(LockSubject.VISITOR),
        "buckets": outcomes.buckets_of(store_id, visitors),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_EVENTS.format(is_new=is_new), parameters)
        (new,) = only_column(cursor)
    return set(new or ())


def other_parts(received_at: datetime) -> list[date]:
    """List the other parts in which a copy of an event received now may be stored; none away from a month's turn."""
    possible = partitions.parts_between(received_at - MAX_AGE - MAX_SKEW, received_at + MAX_SKEW)
    return sorted(possible - {partitions.part_at(received_at)})


def is_at_a_turn(received_at: datetime) -> bool:
    """Whether another machine may store a copy in another part at this instant."""
    earliest, latest = received_at - MAX_SKEW, received_at + MAX_SKEW
    return partitions.part_at(earliest) != partitions.part_at(latest)


def encode(rows: Sequence[Any]) -> str:
    """Encode rows as a JSON text."""
    return msgspec.json.encode(rows).decode()


def first_exposures(records: Iterable[EventRecord]) -> list[tuple[EventRecord, bool]]:
    """Give the earliest of these exposures by experiment and visitor, and whether others were of another variant."""
    earliest: dict[tuple[int, str], EventRecord] = {}
    conflicting = set()
    for record in records:
        if record.experiment_id is None or record.variant_id is None:
            continue
        key = (record.experiment_id, record.visitor_id)
        other = earliest.setdefault(key, record)
        if other.variant_id != record.variant_id:
            conflicting.add(key)
        # Of the same instant the smaller variant, as upsert_exposures.sql has it: the order of arrival must not matter.
        if (record.occurred_at, record.variant_id) < (other.occurred_at, other.variant_id or 0):
            earliest[key] = record
    return [(record, key in conflicting) for key, record in earliest.items()]


def upsert_exposures(store_id: int, exposures: Sequence[tuple[EventRecord, bool]]) -> set[str]:
    """Store exposures; where one is stored already, the earlier of the two wins.

    Returns the visitors whose exposure is new or changed and who have orders already: their outcomes are due.
    """
    due = set()
    for written in write_exposures(store_id, exposures, AssignmentUnit.VISITOR):
        if written.has_orders:
            due.add(written.visitor_id)
    return due


class WrittenExposure(NamedTuple):
    """An exposure that is new or changed; ``has_orders`` where orders name it as their visitor, or are its customer's
    after it."""

    experiment_id: int
    visitor_id: str
    is_new: bool
    has_orders: bool


def write_exposures(
    store_id: int, exposures: Sequence[tuple[EventRecord, bool]], unit: AssignmentUnit
) -> list[WrittenExposure]:
    """Store exposures of tests of this unit, and return those that are new or changed; of other tests none is stored.

    The caller holds the visitors' locks, or the customers', in the same transaction, and sees to the outcomes.
    """
    if not exposures:
        return []
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_EXPOSURES, {"store_id": store_id, "exposures": encode(exposures), "unit": unit.value})
        return [WrittenExposure(*row) for row in cursor.fetchall()]


def count_rejections(store_id: int, source: str, codes: Sequence[str], at: datetime) -> None:
    """Add to the day's counts of what was refused, by source (such as ``events``) and reason code."""
    if not codes:
        return
    counts = Counter(codes)
    parameters: dict[str, Any] = {
        "store_id": store_id,
        "day": at.date(),
        "source": source,
        "at": at,
        "codes": list(counts.keys()),
        "counts": list(counts.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT_REJECTIONS, parameters)
