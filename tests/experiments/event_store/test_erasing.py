"""Who is erased is in no answer from that instant, then on no shard; an old event goes too."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets import moving_events
from checkout_widgets.erasure import erase_visitor
from checkout_widgets.models import ShownDay
from checkout_widgets.offer_days import refresh
from experiments.accounting.retention import note_forgotten
from experiments.event_store import erasing, shards
from experiments.event_store.store import event_store
from experiments.models import EventBatch, EventErasure, MovedDecline, Store, Variant
from experiments.reading.declines import declines_of
from tests import factories
from tests.experiments.event_store.moved import DAY, LATER, leave_events, move_all
from tests.factories import NOON

pytestmark = pytest.mark.django_db
PATIENCE_S = 60


@pytest.fixture
def store() -> Store:
    return factories.make_store(retention_days=400)


@pytest.fixture
def variant(store: Store) -> Variant:
    variant = factories.make_experiment(store).variants.get(key="treatment")
    factories.make_widget(variant=variant)
    return variant


def rows_of(visitor_id: str) -> int:
    """How many rows the shards have, whether or not anybody may read them."""
    query = "SELECT count() FROM events FINAL WHERE visitor_id = %(visitor_id)s"
    return sum(shard.rows(query, {"visitor_id": visitor_id})[0][0] for shard in shards.shards())


def erase_until_done() -> None:
    """What the worker does each minute, until nothing is left to do."""
    deadline = time.monotonic() + PATIENCE_S
    at = timezone.now() + timedelta(minutes=2)
    while EventErasure.objects.exists() or EventBatch.objects.filter(state="left").exists():
        assert time.monotonic() < deadline
        moving_events.erase(at)
        time.sleep(0.1)


def shown(store: Store) -> int:
    return sum(ShownDay.objects.filter(store=store, dimension="").values_list("shown", flat=True))


def test_erased_visitor_is_in_no_answer_at_once_and_on_no_shard_later(on_clickhouse, store, variant):
    leave_events(store, variant)
    other = factories.make_store()
    leave_events(other, None)
    move_all()
    erase_visitor(store, "v_1", actor="ada")
    assert "v_1" not in {row.visitor_id for row in event_store().rows(store)}
    assert declines_of(store.pk, ["v_1"], since=NOON - DAY, until=LATER) == []
    assert len(declines_of(other.pk, ["v_1"], since=NOON - DAY, until=LATER)) == 3
    found = event_store().received(store, since=NOON, until=LATER).order_by("received_at")[0:100]
    assert len(found) == 60
    assert rows_of("v_1") == 24
    erase_until_done()
    assert rows_of("v_1") == 12, "the other store's visitor of the same id stays"
    assert len(list(event_store().rows(store))) == 60


def test_visitor_erased_while_a_part_is_copied_is_not_copied_again(on_clickhouse, store, variant):
    leave_events(store, variant, days=1)
    move_all(NOON + 2 * DAY)
    assert rows_of("v_1") == 4
    erase_visitor(store, "v_1", actor="ada")
    assert len(list(event_store().rows(store))) == 20
    move_all()
    assert list(EventBatch.objects.values_list("state", flat=True)) == ["moved"]
    assert len(list(event_store().rows(store))) == 20
    erase_until_done()
    assert rows_of("v_1") == 0


def test_erasure_stays_open_while_a_shard_is_down(on_clickhouse, store, variant):
    leave_events(store, variant)
    move_all()
    for visitor_id in ("v_0", "v_1", "v_2", "v_3"):
        erase_visitor(store, visitor_id, actor="ada")
    on_clickhouse[0].kill()
    try:
        moving_events.move_for_a_while(timezone.now() + timedelta(minutes=2))
        assert EventErasure.objects.count() == 4
    finally:
        on_clickhouse[0].start()
    erase_until_done()
    assert [rows_of(f"v_{number}") for number in range(6)] == [0, 0, 0, 0, 12, 12]


def test_visitor_is_taken_out_of_the_counts_of_days_that_have_moved(on_clickhouse, store, variant):
    leave_events(store, variant)
    for day in (NOON.date(), (NOON + DAY).date(), (NOON + 2 * DAY).date()):
        refresh.refresh_views_of(store, day)
    before = shown(store)
    assert before == 18
    move_all()
    refresh.refresh_views_of(store, NOON.date())
    assert shown(store) == before, "a day whose events have moved isn't counted again"
    erase_visitor(store, "v_1", actor="ada")
    erase_until_done()
    assert shown(store) == 15


def test_events_of_a_deleted_test_go_too(on_clickhouse, store, variant):
    leave_events(store, variant)
    leave_events(store, None, begin=NOON + 5 * DAY, days=1, visitors=2)
    move_all()
    EventErasure.objects.all().delete()
    variant.experiment.delete()
    assert EventErasure.objects.get().store_id == store.pk
    assert len(list(event_store().rows(store))) == 8
    erase_until_done()
    assert sum(shard.rows("SELECT count() FROM events FINAL")[0][0] for shard in shards.shards()) == 8


def test_events_that_a_store_no_longer_keeps_are_deleted_whole_days_first(on_clickhouse, store, variant):
    other = factories.make_store(retention_days=28)
    leave_events(store, variant)
    leave_events(other, None, visitors=1)
    move_all()
    Store.objects.filter(pk=store.pk).update(retention_days=29)
    deadline = time.monotonic() + PATIENCE_S
    note_forgotten(LATER)
    while len(list(event_store().rows(store))) + len(list(event_store().rows(other))) > 52:
        assert time.monotonic() < deadline
        erasing.forget_old_events(LATER)
        time.sleep(0.1)
    assert {row.received_at for row in event_store().rows(store)} == {NOON + DAY, NOON + 2 * DAY}
    assert {row.received_at for row in event_store().rows(other)} == {NOON + 2 * DAY}


def test_declines_go_when_they_count_for_nothing_and_when_a_store_keeps_less(on_clickhouse, store, variant):
    leave_events(store, variant)
    short = factories.make_store(retention_days=30)
    leave_events(short, None)
    move_all()
    note_forgotten(NOON + 31 * DAY + DAY / 2)  # the other store's first two days are over
    erasing.forget_old_events(LATER)
    assert (MovedDecline.objects.filter(store=store).count(), MovedDecline.objects.filter(store=short).count()) == (
        18,
        6,
    )
    erasing.forget_old_events(NOON + 61 * DAY)
    assert set(MovedDecline.objects.values_list("occurred_at__date", flat=True)) == {(NOON + 2 * DAY).date()}
