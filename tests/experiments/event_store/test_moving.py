"""Parts go on to ClickHouse whole, whatever ends a move half way, and come back as they were."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection

from experiments.accounting import partitions
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.retention import note_forgotten
from experiments.event_store import moving, shards
from experiments.event_store.store import NotAvailable, event_store
from experiments.models import EventBatch, FunnelChange, Store, Variant, WidgetEvent
from experiments.reading.declines import declines_of
from tests import factories
from tests.experiments.event_store.moved import DAY, LATER, leave_events, move_all, states
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def variant(store: Store) -> Variant:
    return factories.make_experiment(store).variants.get(key="treatment")


def count_rows() -> list[int]:
    return [found for shard in shards.shards() for ((found,),) in [shard.rows("SELECT count() FROM events FINAL")]]


def test_part_is_copied_when_its_day_is_over_and_dropped_when_nothing_counts_it_again(on_clickhouse, store, variant):
    leave_events(store, variant)
    move_all(NOON + timedelta(hours=13))
    assert states() == []
    move_all(NOON + timedelta(hours=15))
    assert (states(), sum(count_rows())) == (["copied"], 24)
    move_all(NOON + 4 * DAY)
    assert (states(), WidgetEvent.objects.count()) == (["copied"] * 3, 72)
    for counted_until in (NOON + timedelta(hours=76), NOON + timedelta(hours=77)):
        for _ in moving.move(LATER, counted_until=counted_until):
            pass
    assert states() == ["moved", "copied", "copied"]
    assert (WidgetEvent.objects.count(), sum(count_rows())) == (48, 72)
    assert min(count_rows()) > 0, "each shard has some visitors"
    assert date(2026, 11, 2) not in partitions.months()


def test_block_that_was_sent_before_a_kill_is_sent_again_as_it_was(on_clickhouse, store, variant, monkeypatch):
    sent = leave_events(store, variant, visitors=40, days=1)
    monkeypatch.setattr(moving, "BLOCK_PAGES", 1)
    steps = moving.move(LATER, counted_until=LATER)
    batch = next(steps)
    steps.close()
    # The rows are stored, and what would say so isn't: as after a kill between the two.
    EventBatch.objects.update(copied_pages=0, rows=0)
    move_all()
    assert states() == ["moved"]
    assert sum(count_rows()) == len(sent) == EventBatch.objects.get().rows > batch.rows
    assert len({row.event_id for row in event_store().rows(store)}) == len(sent) == len(list(event_store().rows(store)))


def test_batch_that_differs_is_given_up_and_copied_again(on_clickhouse, store, variant):
    leave_events(store, variant, days=1)
    move_all(NOON + 2 * DAY)
    WidgetEvent.objects.filter(visitor_id="v_1", type="click").update(moment="thanks")
    for _ in moving.move(LATER, counted_until=LATER):
        pass
    assert (states(), WidgetEvent.objects.count()) == (["left"], 24)
    move_all()
    assert sorted(states()) == ["left", "moved"]
    assert [row.moment for row in event_store().rows(store, ["v_1"]) if row.type == "click"] == ["thanks"]
    assert len(list(event_store().rows(store))) == 24


def test_shard_that_is_down_stops_the_move_and_nothing_is_dropped(on_clickhouse, store, variant):
    leave_events(store, variant)
    on_clickhouse[0].kill()
    try:
        with pytest.raises(NotAvailable, match=on_clickhouse[0].address):
            move_all()
        record_events(store.pk, [], received_at=LATER)
        assert WidgetEvent.objects.count() == 72
    finally:
        on_clickhouse[0].start()
    move_all()
    assert (states(), sum(count_rows())) == (["moved"] * 3, 72)


def test_events_come_back_as_they_were_and_are_counted_once(on_clickhouse, store, variant, settings):
    sent = leave_events(store, variant)
    move_all()
    notes = FunnelChange.objects.count()
    for _ in moving.bring_back():
        pass
    settings.ANALYTICS_SHARDS = []
    assert sorted(event_store().rows(store), key=lambda row: row.event_id) == sent
    assert set(WidgetEvent.objects.values_list("month", flat=True)) == {date(2026, 11, 1)}
    assert (states(), FunnelChange.objects.count()) == (["left"] * 3, notes)
    assert len(declines_of(store.pk, ["v_1"], since=NOON - DAY, until=LATER)) == 3, "each once"


def test_months_from_before_move_when_somebody_says_so(on_clickhouse, store, variant, settings):
    addresses, settings.ANALYTICS_SHARDS = settings.ANALYTICS_SHARDS, []
    sent = leave_events(store, variant)
    settings.ANALYTICS_SHARDS = addresses
    move_all()
    assert (states(), WidgetEvent.objects.count()) == ([], 72)
    move_all(are_months_moved=True)
    assert (states(), WidgetEvent.objects.count()) == (["moved"], 0)
    assert sorted(event_store().rows(store), key=lambda row: row.event_id) == sent


def test_event_resent_on_another_day_or_after_a_switch_counts_once(on_clickhouse, store, settings):
    sent = [EventRecord(uuid4(), "click", NOON, "v_1") for _ in range(3)]
    addresses, settings.ANALYTICS_SHARDS = settings.ANALYTICS_SHARDS, []
    record_events(store.pk, sent[:1], received_at=NOON)
    settings.ANALYTICS_SHARDS = addresses
    assert len(record_events(store.pk, sent, received_at=NOON + DAY)) == 2
    partitions.make_ahead(NOON + DAY)
    cache.clear()
    assert record_events(store.pk, sent, received_at=NOON + 2 * DAY) == set()
    settings.ANALYTICS_SHARDS = []
    assert record_events(store.pk, sent, received_at=NOON + 2 * DAY) == set()
    assert WidgetEvent.objects.count() == 3


def test_what_is_too_old_makes_no_difference_between_the_databases(on_clickhouse, store, variant):
    leave_events(store, variant, days=1)
    move_all(NOON + 2 * DAY)
    Store.objects.update(retention_days=30)
    note_forgotten(NOON + 31 * DAY)
    WidgetEvent.objects.filter(visitor_id="v_1").delete()
    move_all()
    assert states() == ["moved"]


def test_only_one_process_moves_events():
    with moving.alone() as is_alone:
        assert is_alone
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [moving.LOCK])
            assert cursor.fetchone() == (1,)
