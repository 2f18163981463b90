"""Events over some days, and all that is due of them moved."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from experiments.accounting import partitions
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.event_store import moving
from experiments.event_store.store import EventRow
from experiments.models import EventBatch, Store, Variant
from tests.factories import NOON

DAY = timedelta(days=1)
LATER = NOON + 30 * DAY
KINDS = ("exposure", "impression", "click", "decline")
# What JSON can hold and databases write in different ways.
PROPS: dict[str, Any] = {
    "target": "accept",
    "text": "Größe \"8\" \\ 'x' \t 🎁",
    "number": 1.5,
    "big": 10**20,
    "none": None,
}


def leave_events(
    store: Store, variant: Variant | None, *, visitors: int = 6, days: int = 3, begin: datetime = NOON
) -> list[EventRow]:
    """Record events of each visitor on each day, and return what is stored."""
    rows = []
    for day in range(days):
        at = begin + day * DAY
        records = []
        for visitor in range(visitors):
            for number, kind in enumerate(KINDS):
                event_id = UUID(int=(store.pk << 64) + (day << 32) + (visitor << 8) + number)
                ids: dict[str, Any] = {}
                if variant is not None:
                    ids = {"experiment_id": variant.experiment_id, "variant_id": variant.pk}
                occurred_at = at - timedelta(seconds=60 * visitor + number, microseconds=7)
                records.append(
                    EventRecord(event_id, kind, occurred_at, f"v_{visitor}", moment="cart", props=PROPS, **ids)
                )
        record_events(store.pk, records, received_at=at)
        partitions.make_ahead(at)
        rows += [row_of(store, record, at) for record in records]
    return rows


def row_of(store: Store, record: EventRecord, received_at: datetime) -> EventRow:
    return EventRow(
        store.pk,
        record.event_id,
        record.type,
        record.occurred_at,
        received_at,
        record.visitor_id,
        record.experiment_id,
        record.variant_id,
        record.moment,
        record.props,
    )


def move_all(now: datetime = LATER, **options: Any) -> None:
    """Move what is due, until nothing is."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a part with checks that wait can't be dropped
    for _ in range(2):
        for _ in moving.move(now, counted_until=now, **options):
            pass


def states() -> list[str]:
    return list(EventBatch.objects.order_by("part").values_list("state", flat=True))
