"""Every order of a day has one fate, and all of them add up to the shop's own total."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_order
from experiments.models import Exposure
from experiments.reading.reconciliation import Fate, fate_of, orders_of_day, reconcile, waiting_orders
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.factories import NOON

DAY = NOON.date()
# 20.00 of goods less 1.00, 3.61 of tax, 4.90 shipping, and a fee of 0.50
ORDER = OrderData(
    external_id="1",
    visitor_id="v_1",
    placed_at=NOON + timedelta(hours=1),
    updated_at=NOON + timedelta(hours=1),
    currency="EUR",
    lines=(LineData("tea", 2, 1000),),
    subtotal_minor=2000,
    discount_minor=100,
    tax_minor=361,
    shipping_minor=490,
    total_minor=2801,
)


def placed(external_id: str, **fields) -> OrderData:
    return replace(ORDER, external_id=external_id, **fields)


@pytest.fixture
def store(db):
    return factories.make_store()


@pytest.fixture
def exposure(store) -> Exposure:
    experiment = factories.make_experiment(store, attribution_window_days=7)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")


def fates(store) -> dict[str, str]:
    return {order.external_id: order.fate.value for order in orders_of_day(store, DAY)}


def test_reconcile_every_order_has_one_fate_and_all_add_up(store, exposure):
    unsigned = placed("unsigned", visitor_id="")
    claim_order(store, unsigned, "v_1", at=NOON)
    late = factories.make_exposure(exposure.variant, visitor_id="v_late", exposed_at=NOON - timedelta(days=9))
    for data in (
        placed("counted"),
        placed("on_hold", status="on_hold"),
        placed("unpaid", status="pending"),
        placed("cancelled", status="cancelled"),
        placed("deleted", status="cancelled", deleted_at=NOON),
        placed("dollars", currency="USD"),
        placed("renewal", repeat_kind="renewal"),
        placed("copy", repeat_kind="copy"),
        placed("nobody", visitor_id=""),
        placed("stranger", visitor_id="v_2"),
        placed("late", visitor_id=late.visitor_id),
        placed("early", placed_at=NOON - timedelta(hours=1)),
    ):
        record_order(store, data)
    assert fates(store) == {
        "counted": "counted",
        "on_hold": "counted",
        "unpaid": "unpaid",
        "cancelled": "cancelled",
        "deleted": "deleted",
        "dollars": "other_currency",
        "unsigned": "unsigned",
        "renewal": "renewal",
        "copy": "copy",
        "nobody": "no_visitor",
        "stranger": "not_exposed",
        "late": "outside_window",
        "early": "not_exposed",
    }
    day = reconcile(store, DAY)
    assert (day.orders, day.totals) == (13, {"EUR": 12 * 2801, "USD": 2801})
    assert sum(one.orders for one in [*day.counted, *day.left_out]) == 13
    (counted,) = day.counted
    exposure.refresh_from_db()
    assert (counted.orders, counted.goods_minor) == (exposure.orders, exposure.revenue_minor) == (2, 2 * 1900)
    assert [one.external_id for one in orders_of_day(store, DAY, fate=Fate.COPY)] == ["copy"]


def test_reconcile_total_is_goods_tax_shipping_and_the_rest(store, exposure):
    record_order(store, placed("1", refunds=(RefundData("r", 5000, NOON),)))
    (counted,) = reconcile(store, DAY).sums
    parts = (counted.goods_minor, counted.tax_minor, counted.shipping_minor, counted.other_minor)
    assert parts == (1900, 361, 490, 50)
    assert sum(parts) == counted.total_minor == 2801
    assert counted.refunded_minor == 1900  # no more than the goods were worth


def test_reconcile_repeat_counts_where_the_store_says_so(store, exposure):
    store.is_repeat_counted = True
    store.save()
    record_order(store, placed("1", repeat_kind="renewal"))
    assert fates(store) == {"1": "counted"}


def test_reconcile_order_that_led_to_the_confirmation_counts(store):
    experiment = factories.make_experiment(store, moment="confirmation")
    factories.make_exposure(experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=NOON)
    record_order(store, placed("before", placed_at=NOON - timedelta(hours=2)))
    record_order(store, placed("led", placed_at=NOON - timedelta(minutes=1)))
    assert fates(store) == {"before": "not_exposed", "led": "counted"}
    assert Exposure.objects.get().orders == 1


def test_reconcile_what_does_not_count_takes_nothing_from_the_order_that_led_there(store):
    experiment = factories.make_experiment(store, moment="confirmation")
    factories.make_exposure(experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=NOON)
    record_order(store, placed("led", placed_at=NOON - timedelta(minutes=9)))
    claim_order(store, placed("unsigned", visitor_id="", placed_at=NOON - timedelta(minutes=5)), "v_1", at=NOON)
    record_order(store, placed("renewal", repeat_kind="renewal", placed_at=NOON - timedelta(minutes=1)))
    assert fates(store) == {"led": "counted", "unsigned": "unsigned", "renewal": "renewal"}
    assert Exposure.objects.get().orders == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (DAY, 24)])
def test_reconcile_day_is_the_stores_own(store, day, hours):
    store.timezone = "Europe/Berlin"
    store.save()
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    for number, at in enumerate([midnight, midnight + timedelta(hours=hours)]):
        for external_id, placed_at in ((f"{number}a", at - timedelta(seconds=1)), (f"{number}b", at)):
            record_order(store, placed(external_id, placed_at=placed_at, updated_at=placed_at))
    assert [one.external_id for one in orders_of_day(store, day)] == ["0b", "1a"]


def test_reconcile_another_stores_orders_are_not_there(store):
    record_order(factories.make_store(), ORDER)
    assert reconcile(store, DAY).sums == ()
    assert orders_of_day(store, DAY) == []


def test_reconcile_takes_one_query(store, exposure, django_assert_num_queries):
    for number in range(3):
        record_order(store, placed(str(number)))
    with django_assert_num_queries(1):
        reconcile(store, DAY)


def test_waiting_orders_says_how_many_wait_and_how_long(store):
    now = NOON + timedelta(days=10)
    for external_id, status, days in (
        ("old", "pending", 31),
        ("week", "pending", 8),
        ("day", "pending", 1),
        ("bank", "on_hold", 2),
        ("paid", "paid", 2),
    ):
        at = now - timedelta(days=days)
        record_order(store, placed(external_id, status=status, placed_at=at, updated_at=at))
    record_order(factories.make_store(), placed("other", status="pending", placed_at=now, updated_at=now))
    pending, on_hold = waiting_orders(store, now)
    assert (pending.orders, pending.long, pending.total_minor) == (2, 1, 2 * 2801)
    assert (pending.oldest_at, pending.newest_at) == (now - timedelta(days=8), now - timedelta(days=1))
    assert (on_hold.orders, on_hold.long, on_hold.oldest_at) == (1, 0, now - timedelta(days=2))


def test_waiting_orders_without_any_are_none(store):
    assert [(one.orders, one.total_minor, one.oldest_at) for one in waiting_orders(store, NOON)] == [(0, 0, None)] * 2


def test_fate_of_an_order_in_the_exposures_second_is_counted(store, exposure):
    Exposure.objects.update(exposed_at=ORDER.placed_at + timedelta(milliseconds=200))
    record_order(store, ORDER)
    assert fates(store) == {"1": "counted"}


def test_waiting_orders_are_of_30_days_and_wait_long_after_7(store):
    now = NOON + timedelta(days=60)
    week, month, instant = timedelta(days=7), timedelta(days=30), timedelta(microseconds=1)
    for age in (week, week + instant, month, month + instant):
        factories.make_order(store, status="pending", placed_at=now - age)
    pending, _ = waiting_orders(store, now)
    assert (pending.orders, pending.long, pending.oldest_at) == (3, 2, now - month)


@pytest.mark.django_db
def test_order_that_a_test_on_customers_counts_is_counted_whoever_the_visitor_was():
    store = factories.make_store()
    control = factories.make_customer_experiment(store).variants.get(key="control")
    reach(control, "i_77", NOON - timedelta(days=1))
    data = OrderData("1", NOON, NOON, "EUR", (), 0, 0, customer_id="77")
    record_order(store, data)
    record_order(store, replace(data, external_id="2", placed_at=NOON + timedelta(days=30)))
    assert fate_of(store, "1", NOON) == Fate.COUNTED
    assert fate_of(store, "2", NOON + timedelta(days=30)) == Fate.NO_VISITOR
