"""Events of each month have a part of the table, made ahead; none is lost, none is counted twice at the turn."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from experiments.accounting import partitions
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.retention import forget_old_events
from experiments.models import Exposure, Store, WidgetEvent
from experiments.tasks import make_event_parts
from tests import factories

pytestmark = pytest.mark.django_db

TURN = datetime(2031, 2, 1, tzinfo=UTC)
MONTHS = [date(2031, 1, 1), date(2031, 2, 1), date(2031, 3, 1)]


@pytest.fixture
def store() -> Store:
    return factories.make_store(retention_days=60)


def event(kind: str = "click", **fields: Any) -> EventRecord:
    return EventRecord(uuid4(), kind, TURN, "v_1", **fields)


def rows(month: date) -> int:
    """How many events the part of the month holds; 0 without one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [partitions.part_of(month)])
        if cursor.fetchone() == (None,):
            return 0
        cursor.execute(f"SELECT count(*) FROM {partitions.part_of(month)}")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (TURN, date(2031, 2, 1)),
        (TURN - timedelta(microseconds=1), date(2031, 1, 1)),
        (datetime.fromisoformat("2031-02-01T00:30:00+01:00"), date(2031, 1, 1)),
    ],
)
def test_month_is_that_of_utc(at, month):
    assert partitions.month_of(at) == month


@pytest.mark.parametrize(("number", "month"), [(0, date(2031, 11, 1)), (1, date(2031, 12, 1)), (2, date(2032, 1, 1))])
def test_following_months_go_on_in_the_next_year(number, month):
    assert partitions.following(date(2031, 11, 1), number) == month


def test_make_ahead_makes_this_month_and_the_next_two_once():
    assert partitions.make_ahead(TURN - timedelta(days=1)) == MONTHS
    assert partitions.make_ahead(TURN - timedelta(days=1)) == []
    assert set(MONTHS) <= set(partitions.months())
    make_event_parts.func(1)
    this = partitions.month_of(datetime.now(UTC))
    assert {this, partitions.following(this), partitions.following(this, 2)} <= set(partitions.months())


def test_event_of_a_month_without_a_part_is_kept_and_moves_into_it_once_made(store):
    records = [event(), event()]
    assert len(record_events(store.pk, records, received_at=TURN)) == 2
    assert rows(date(2031, 2, 1)) == 0
    assert date(2031, 2, 1) in partitions.make_ahead(datetime.now(UTC))
    assert rows(date(2031, 2, 1)) == 2
    assert WidgetEvent.objects.count() == 2
    assert record_events(store.pk, records, received_at=TURN) == set()


@pytest.mark.parametrize("has_parts", [True, False])
@pytest.mark.parametrize("hours", [-0.5, 0.5, 47])
def test_event_resent_over_the_turn_of_a_month_counts_once(store, has_parts, hours):
    if has_parts:
        partitions.make_ahead(TURN - timedelta(days=1))
    variant = factories.make_experiment(store).variants.get(key="control")
    shown = event("exposure", experiment_id=variant.experiment_id, variant_id=variant.pk)
    first, again = TURN - timedelta(minutes=1), TURN + timedelta(hours=hours)
    assert record_events(store.pk, [shown], received_at=first) == {shown.event_id}
    new = event()
    assert record_events(store.pk, [shown, new, new], received_at=again) == {new.event_id}
    assert (WidgetEvent.objects.count(), Exposure.objects.count()) == (2, 1)


def test_event_that_a_slow_clock_puts_into_the_month_before_counts_once(store):
    sent = event()
    record_events(store.pk, [sent], received_at=TURN + timedelta(seconds=1))
    assert record_events(store.pk, [sent], received_at=TURN - timedelta(seconds=1)) == set()


def test_event_of_the_same_id_in_another_store_is_another(store):
    sent = event()
    record_events(store.pk, [sent], received_at=TURN - timedelta(seconds=1))
    other = factories.make_store()
    assert record_events(other.pk, [sent], received_at=TURN) == {sent.event_id}


@pytest.mark.django_db(transaction=True)
def test_events_that_arrive_twice_at_once_at_the_turn_of_a_month_count_once():
    store = factories.make_store()
    sent = [event() for _ in range(40)]
    new: list[int] = []

    def receive(at: datetime) -> None:
        new.extend(len(record_events(store.pk, [record], received_at=at)) for record in sent)
        connection.close()

    threads = [
        threading.Thread(target=receive, args=(TURN + timedelta(seconds=seconds),)) for seconds in (-1, 1, -2, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(new), WidgetEvent.objects.count()) == (40, 40)


def test_month_is_dropped_once_no_store_keeps_it_and_not_before(store):
    longest = factories.make_store(retention_days=90)
    partitions.make_ahead(TURN - timedelta(days=1))
    for one in (store, longest):
        record_events(one.pk, [event()], received_at=TURN - timedelta(seconds=1))
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit would have
    end = TURN  # of January
    assert forget_old_events(end + timedelta(days=61)) == 1
    assert list(WidgetEvent.objects.values_list("store", flat=True)) == [longest.pk]
    assert forget_old_events(end + timedelta(days=89, hours=23)) == 0
    assert rows(date(2031, 1, 1)) == 1
    assert forget_old_events(end + timedelta(days=90)) == 0
    assert date(2031, 1, 1) not in partitions.months()
    assert date(2031, 2, 1) in partitions.months()


def test_month_must_be_that_of_receipt(store):
    with pytest.raises(Exception, match="event_month_is_that_of_receipt"):
        WidgetEvent.objects.create(
            store=store, event_id=uuid4(), month=date(2031, 3, 1), type="click", occurred_at=TURN, received_at=TURN
        )
