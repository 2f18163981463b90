"""The events of a visitor, found in all months without reading them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.partitions import make_ahead, months
from experiments.models import Store, WidgetEvent
from experiments.reading.events import EVENTS_OF_VISITORS, USE_BLOOM_FILTERS, are_of_visitors
from experiments.time_ordered_ids import new_uuid
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def record(store: Store, visitor_id: str, *, days: int = 0) -> EventRecord:
    at = NOON + timedelta(days=days)
    event = EventRecord(new_uuid(), "click", at, visitor_id)
    record_events(store.pk, [event], received_at=at)
    return event


def found(store: Store, *visitor_ids: str) -> set[Any]:
    events = WidgetEvent.objects.filter(are_of_visitors(store, visitor_ids), store=store)
    return set(events.values_list("event_id", flat=True))


def test_are_of_visitors_are_theirs_of_all_months_and_nobody_elses():
    store, other = factories.make_store(), factories.make_store()
    make_ahead(NOON)
    first, second, third = record(store, "v_1"), record(store, "v_1", days=40), record(store, "v_2", days=75)
    record(store, "v_3")
    record(other, "v_1")
    assert found(store, "v_1") == {first.event_id, second.event_id}
    assert found(store, "v_1", "v_2") == {first.event_id, second.event_id, third.event_id}


def test_are_of_visitors_without_any_are_none():
    store = factories.make_store()
    record(store, "v_1")
    assert found(store, "v_2") == set()
    assert found(store) == set()


def test_are_of_visitors_reads_no_part_whole_and_leaves_other_plans_alone():
    store = factories.make_store()
    are_of_visitors(store, ["v_1"])
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
        cursor.execute(USE_BLOOM_FILTERS)
        cursor.execute("EXPLAIN " + EVENTS_OF_VISITORS, {"store_id": store.pk, "visitor_ids": ["v_1"]})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert plan.count("Bitmap Index Scan on") == len(months()) + 1  # and the part for all others
