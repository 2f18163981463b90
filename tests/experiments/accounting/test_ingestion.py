"""Events become events and exposures, once each, whatever the order they come in."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from bench import wal
from experiments.accounting.ingestion import INSERT_EVENTS, EventRecord, count_rejections, encode, record_events
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from experiments.accounting.outcomes import LockSubject
from experiments.accounting.partitions import month_of
from experiments.models import Exposure, Rejection, Variant, WidgetEvent
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def exposure_of(variant, visitor_id="v_1", **fields) -> EventRecord:
    return EventRecord(
        **{
            "event_id": uuid4(),
            "type": "exposure",
            "occurred_at": NOON,
            "visitor_id": visitor_id,
            "experiment_id": variant.experiment_id,
            "variant_id": variant.pk,
            "moment": "cart",
            "cart_value_minor": 4200,
            "device": "phone",
            "country": "DE",
            "customer_type": "new",
        }
        | fields
    )


def arms() -> tuple[Variant, Variant]:
    experiment = factories.make_experiment()
    return experiment.variants.get(key="control"), experiment.variants.get(key="treatment")


def record(variant, *records) -> set[UUID]:
    return record_events(variant.experiment.store_id, records, received_at=NOON)


def test_record_events_exposure_is_stored_with_its_context():
    control, _ = arms()
    event = exposure_of(control, props={"slot": "cart"})
    assert record(control, event) == {event.event_id}
    exposure = Exposure.objects.get()
    assert (exposure.visitor_id, exposure.variant_id, exposure.exposed_at) == ("v_1", control.pk, NOON)
    assert (exposure.cart_value_minor, exposure.device, exposure.country, exposure.customer_type) == (
        4200,
        "phone",
        "DE",
        "new",
    )
    assert (exposure.orders, exposure.has_converted, exposure.is_conflicting) == (0, False, False)
    stored = WidgetEvent.objects.get()
    assert (stored.event_id, stored.type, stored.moment, stored.props) == (
        event.event_id,
        "exposure",
        "cart",
        {"slot": "cart"},
    )


def test_record_events_same_event_twice_counts_once():
    control, _ = arms()
    event = exposure_of(control)
    assert record(control, event, event) == {event.event_id}
    assert record(control, event) == set()
    assert WidgetEvent.objects.count() == Exposure.objects.count() == 1


def test_record_events_none_is_nothing():
    assert record_events(1, [], received_at=NOON) == set()


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("is_one_batch", [False, True])
def test_record_events_exposed_twice_keeps_the_earliest(is_reversed, is_one_batch):
    control, _ = arms()
    records = [
        exposure_of(control, cart_value_minor=100),
        exposure_of(control, cart_value_minor=900, occurred_at=NOON + timedelta(hours=1)),
    ]
    if is_reversed:
        records.reverse()
    for batch in [records] if is_one_batch else [[one] for one in records]:
        record(control, *batch)
    exposure = Exposure.objects.get()
    assert (exposure.exposed_at, exposure.cart_value_minor, exposure.is_conflicting) == (NOON, 100, False)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("is_one_batch", [False, True])
def test_record_events_seen_in_another_variant_is_conflicting_and_stays_in_the_first(is_reversed, is_one_batch):
    control, treatment = arms()
    records = [exposure_of(treatment), exposure_of(control, occurred_at=NOON + timedelta(seconds=1))]
    if is_reversed:
        records.reverse()
    for batch in [records] if is_one_batch else [[one] for one in records]:
        record(control, *batch)
    exposure = Exposure.objects.get()
    assert (exposure.variant_id, exposure.exposed_at, exposure.is_conflicting) == (treatment.pk, NOON, True)


def test_record_events_other_types_expose_nobody():
    control, _ = arms()
    kinds = ["impression", "click", "accept", "decline", "skipped", "error", "accept_failed"]
    assert len(record(control, *(exposure_of(control, type=kind) for kind in kinds))) == 7
    assert not Exposure.objects.exists()


def test_record_events_another_stores_experiment_is_not_touched():
    control, _ = arms()
    foreign = factories.make_store()
    event = exposure_of(control)
    assert record_events(foreign.pk, [event], received_at=NOON) == {event.event_id}
    assert not Exposure.objects.exists()
    stored = WidgetEvent.objects.get()
    assert (stored.store_id, stored.experiment_id, stored.variant_id) == (foreign.pk, None, None)


def test_record_events_deleted_experiment_costs_the_others_nothing():
    control, _ = arms()
    gone = exposure_of(control, visitor_id="v_2", experiment_id=10**9, variant_id=10**9)
    assert len(record(control, gone, exposure_of(control))) == 2
    assert [exposure.visitor_id for exposure in Exposure.objects.all()] == ["v_1"]


def test_record_events_order_there_before_its_exposure_is_counted():
    control, _ = arms()
    store = control.experiment.store
    placed_at = NOON + timedelta(minutes=1)
    recorded = record_order(
        store,
        OrderData(
            external_id="1",
            visitor_id="v_1",
            placed_at=placed_at,
            updated_at=placed_at,
            currency=store.currency,
            lines=(LineData("tea", 2, 1050),),
            subtotal_minor=2100,
            total_minor=2100,
        ),
    )
    assert not recorded.is_visitor_matched
    record(control, exposure_of(control))
    exposure = Exposure.objects.get()
    assert (exposure.orders, exposure.revenue_minor, exposure.items, exposure.has_converted) == (1, 2100, 2, True)


def test_record_events_any_number_takes_the_same_statements(django_assert_num_queries):
    control, treatment = arms()
    few = [exposure_of(control, visitor_id=f"a{number}") for number in range(2)]
    many = [exposure_of(treatment, visitor_id=f"b{number}") for number in range(3000)]
    for batch in (few, many):
        with django_assert_num_queries(4):  # savepoint and its release, events with the lock, exposures
            record_events(control.experiment.store_id, batch, received_at=NOON + timedelta(days=5))
    assert Exposure.objects.count() == 3002


def held_locks(subject: LockSubject) -> int:
    """How many locks of the subject this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND pid = pg_backend_pid()",
            [int(subject)],
        )
        return int(cursor.fetchone()[0])


def test_record_events_exposure_locks_its_visitor():
    control, _ = arms()
    record(control, exposure_of(control))
    assert (held_locks(LockSubject.VISITOR), held_locks(LockSubject.CUSTOMER)) == (1, 0)


def test_record_events_of_a_customer_lock_the_customer_and_the_visitor():
    control, _ = arms()
    record(control, exposure_of(control, customer_id="ann"))
    assert (held_locks(LockSubject.VISITOR), held_locks(LockSubject.CUSTOMER)) == (1, 1)


def test_record_events_without_an_exposure_locks_nobody():
    control, _ = arms()
    record(control, exposure_of(control, type="click"))
    assert held_locks(LockSubject.VISITOR) == 0


@pytest.mark.slow
def test_record_events_index_gets_few_new_pages_by_ids_in_time_order():
    world = wal.fill(20_000)
    in_time_order = pages_written(wal.EventSender(world.experiments, world.now, exposures=0))
    by_random_ids = pages_written(wal.EventSender(world.experiments, world.now, wal.random_uuid, exposures=0))
    # a page of each of two indexes, and those of the rows; by random ids a page of its own for most of the 200 events
    assert in_time_order < 30
    assert by_random_ids > 3 * in_time_order


def pages_written(sender: wal.EventSender) -> int:
    """How many pages PostgreSQL writes whole into its log for ten batches just after a checkpoint."""
    batch = [event for _ in range(10) for event in sender.batch()]
    parameters = {
        "store_id": sender.experiments[0].store_id,
        "received_at": sender.now,
        "month": month_of(sender.now),
        "events": encode(batch),
        "lock": 0,
        "buckets": [],
    }
    wal.execute("CHECKPOINT")
    ((plan,),) = wal.execute("EXPLAIN (ANALYZE, WAL, FORMAT JSON) " + INSERT_EVENTS.format(is_new=""), parameters)
    return int(plan[0]["Plan"]["WAL FPI"])


def test_count_rejections_add_up_by_day_source_and_code():
    store = factories.make_store()
    count_rejections(store.pk, "events", ["bad_token", "bad_time", "bad_token"], NOON)
    count_rejections(store.pk, "events", ["bad_token"], NOON + timedelta(hours=2))
    count_rejections(store.pk, "events", [], NOON)
    count_rejections(store.pk, "accept", ["bad_token"], NOON + timedelta(days=1))
    rows = Rejection.objects.order_by("day", "code").values_list("source", "code", "count", "last_at")
    assert list(rows) == [
        ("events", "bad_time", 1, NOON),
        ("events", "bad_token", 3, NOON + timedelta(hours=2)),
        ("accept", "bad_token", 1, NOON + timedelta(days=1)),
    ]


def test_record_events_visitor_once_seen_automated_stays_so():
    control, _ = arms()
    record(control, exposure_of(control))
    assert Exposure.objects.get().is_automated is False
    record(control, exposure_of(control, is_automated=True, occurred_at=NOON + timedelta(minutes=1)))
    record(control, exposure_of(control, occurred_at=NOON - timedelta(minutes=1)))
    exposure = Exposure.objects.get()
    assert (exposure.is_automated, exposure.exposed_at) == (True, NOON - timedelta(minutes=1))
