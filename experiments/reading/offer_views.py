"""How often a store's widgets were shown and what shoppers answered, on one day: read from the events themselves."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Min

from experiments.models import EventBatch, Store, WidgetEvent
from experiments.reading.aggregation import fetch
from experiments.reading.events import are_of_visitors
from experiments.sql_files import read_sql

# Events are resent for two days (``ingestion.MAX_AGE``), and clocks of the edge's machines differ by less than an hour.
ARRIVAL = timedelta(hours=49)
CLOCKS = timedelta(hours=1)
LONGEST_MS = 600_000  # a page that stayed open over lunch would say more than a hundred shoppers
OFFER_VIEWS = read_sql(__file__, "offer_views")
STORED = "experiments_widgetevent"
GIVEN = """jsonb_to_recordset(%(events)s::jsonb) AS event (store_id bigint, month date, received_at timestamptz,
    occurred_at timestamptz, type text, visitor_id text, experiment_id bigint, variant_id bigint, props jsonb)"""
DAYS_OF_EVENTS = """
SELECT DISTINCT (occurred_at AT TIME ZONE %(zone)s)::date FROM experiments_widgetevent
WHERE store_id = %(store_id)s AND month BETWEEN %(first_month)s AND %(last_month)s
    AND received_at >= %(since)s AND received_at < %(until)s
    AND type IN ('impression', 'click', 'accept', 'decline', 'view', 'reason')
ORDER BY 1
"""


class VariantViews(NamedTuple):
    """What widgets reported of a variant, by one value of a dimension; ``""`` is everybody. As ``ShownDay`` has it.

    ``step`` is the answer after which a second offer came; empty of first offers.
    """

    variant_id: int
    step: str
    dimension: str
    value: str
    shown: int
    in_cart: int
    declined: int
    decided: int
    decision_ms: int
    viewed: int
    view_ms: int
    not_interested: int
    too_expensive: int
    have_it: int
    not_now: int


def day_span(store: Store, day: date) -> tuple[datetime, datetime]:
    """Give the instants at which a day of the store's calendar begins and ends."""
    midnight, next_day = time(tzinfo=store.zone), day + timedelta(days=1)
    return datetime.combine(day, midnight), datetime.combine(next_day, midnight)


def views_of_day(store: Store, day: date) -> list[VariantViews]:
    """Count what the store's widgets reported of the day."""
    return count_views(store, day, STORED)


def views_of_events(store: Store, day: date, events: Collection[Mapping[str, Any]]) -> list[VariantViews]:
    """Count what these events say of the day: they are all of a visitor's, so that it is the visitor's share."""
    of_store = [{**event, "store_id": store.pk} for event in events]
    return count_views(store, day, GIVEN, events=json.dumps(of_store))


def count_views(store: Store, day: date, source: str, **events: str) -> list[VariantViews]:
    """Count what events of one of the two sources say of the day."""
    begins, ends = day_span(store, day)
    received_before = ends + ARRIVAL
    parameters = {
        "store_id": store.pk,
        "is_automation_counted": store.is_automation_counted,
        "begins": begins,
        "ends": ends,
        "received_before": received_before,
        **months_between(begins, received_before),
        **events,
    }
    query = OFFER_VIEWS.format(longest_ms=LONGEST_MS, events=source)
    return [VariantViews(*row) for row in fetch(query, parameters)]


def has_all_events(store: Store, day: date) -> bool:
    """Whether PostgreSQL has all events of the day that were ever stored: some may be on ClickHouse alone."""
    begins, ends = day_span(store, day)
    moved = EventBatch.objects.filter(state=EventBatch.BatchState.MOVED, last_received_at__gte=begins - CLOCKS)
    return not moved.filter(first_received_at__lt=ends + ARRIVAL).exists()


def days_received(store: Store, since: datetime, until: datetime) -> list[date]:
    """List the days of the store's calendar of which events were received in the time, in order."""
    parameters = {"store_id": store.pk, "zone": store.zone.key, "since": since, "until": until}
    rows = fetch(DAYS_OF_EVENTS, {**parameters, **months_between(since, until)})
    return [day for (day,) in rows]


def days_of_visitor(store: Store, visitor_id: str) -> list[date]:
    """List the days of the store's calendar on which a visitor has events, in order."""
    events = WidgetEvent.objects.filter(are_of_visitors(store, [visitor_id]), store=store)
    return sorted({store.day_of(at) for at in events.values_list("occurred_at", flat=True)})


def first_received_at(store: Store) -> datetime | None:
    """Find when the store's first event that is still kept was received; None without one."""
    first: datetime | None = WidgetEvent.objects.filter(store=store).aggregate(first=Min("received_at"))["first"]
    return first


def months_between(since: datetime, until: datetime) -> dict[str, date]:
    """Bound the parts in which events of a time are stored: months by their first days, and days by themselves."""
    return {"first_month": month_of(since), "last_month": until.astimezone(UTC).date()}


def month_of(at: datetime) -> date:
    """Give the month of a part of the table of events: its first day in UTC."""
    return at.astimezone(UTC).date().replace(day=1)
