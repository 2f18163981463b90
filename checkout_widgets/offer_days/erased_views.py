"""Takes an erased visitor out of the counts of days whose events have gone on to ClickHouse.

Such a day isn't counted again: what the visitor's own events say of it is taken away. The worker does that when every
shard can be read, from what ``note`` leaves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from checkout_widgets.models import ShownDay
from checkout_widgets.offer_days import refresh
from checkout_widgets.offer_days.figures import SHOWN
from experiments.models import EventBatch, EventErasure, Exposure, Store, WidgetEvent
from experiments.reading import offer_views
from experiments.reading.events import are_of_visitors

FIELDS = ("month", "received_at", "occurred_at", "type", "visitor_id", "experiment_id", "variant_id", "props")
COUNTS = SHOWN


def note(store: Store, visitor_id: str, days: Collection[date]) -> None:
    """Note that a visitor is to be erased on ClickHouse, where any of the events may be there.

    In the transaction of the erasure, before it deletes anything. ``days``: those of the events in PostgreSQL.
    """
    batches = list(EventBatch.objects.filter(state=EventBatch.BatchState.MOVED).values_list("pk", flat=True))
    if not settings.ANALYTICS_SHARDS and not EventBatch.objects.exists():
        return
    left = set()
    for day in days:
        if not offer_views.has_all_events(store, day):
            left.add(day)
    events = []
    if left:
        found = WidgetEvent.objects.filter(are_of_visitors(store, [visitor_id]), store=store)
        for event in found.values(*FIELDS):
            if store.day_of(event["occurred_at"]) in left:
                events.append(as_json(event))
    robots = Exposure.objects.filter(store=store, visitor_id=visitor_id, is_automated=True)
    EventErasure.objects.create(
        store_id=store.pk,
        visitor_id=visitor_id,
        requested_at=timezone.now(),
        events=events,
        batches=batches,
        automated_in=list(robots.values_list("experiment_id", flat=True)),
    )


def take_out_noted() -> None:
    """Take out of the counts whoever is to be erased and isn't out of them yet. Raises ``NotAvailable``."""
    from experiments.event_store.erasing import events_to_erase  # loads ClickHouse's client, where it is set up

    for erasure in EventErasure.objects.exclude(visitor_id="").filter(are_views_taken_out=False).order_by("pk"):
        events = list(erasure.events)
        for row in events_to_erase(erasure):
            # In whichever part: all of them are read.
            events.append(as_json(row._asdict() | {"month": offer_views.month_of(row.received_at)}))
        with transaction.atomic():
            take_out(erasure, events)
            erasure.are_views_taken_out = True
            erasure.events = []
            erasure.save(update_fields=["are_views_taken_out", "events"])


def take_out(erasure: EventErasure, events: Iterable[dict[str, Any]]) -> None:
    """Take away what a visitor's events have added to the days that aren't counted again."""
    store = Store.objects.filter(pk=erasure.store_id).first()
    if store is None:
        return
    refresh.lock()
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        # As the exposures said, which are erased: a robot was in no count, unless the store counts them.
        if store.is_automation_counted or event["experiment_id"] not in erasure.automated_in:
            by_day[store.day_of(datetime.fromisoformat(event["occurred_at"]))].append(event)
    for day, of_day in by_day.items():
        take_out_of_day(store, day, of_day)


def take_out_of_day(store: Store, day: date, events: list[dict[str, Any]]) -> None:
    """Take away what a visitor's events have added to one day."""
    views = offer_views.views_of_events(store, day, events)
    offers = refresh.shown_offers(store, {found.variant_id for found in views})
    for found in views:
        offer_id = offers.get((found.variant_id, found.step))
        if offer_id is None:
            continue
        kept = ShownDay.objects.filter(
            store=store,
            day=day,
            offer_id=offer_id,
            variant_id=found.variant_id,
            step=found.step,
            dimension=found.dimension,
            value=found.value,
        )
        kept.update(**{name: F(name) - getattr(found, name) for name in COUNTS})


def as_json(event: dict[str, Any]) -> dict[str, Any]:
    """Return what is needed of an event, times as texts."""
    fields = {}
    for name in FIELDS:
        fields[name] = event[name]
        if isinstance(event[name], date):  # and so also an instant
            fields[name] = event[name].isoformat()
    return fields
