"""Orders, payments and parcels begin runs, once each, in whatever order they arrive."""

from datetime import timedelta
from itertools import permutations

import pytest

from checkout_widgets.models import ReplenishmentTime
from experiments.accounting.orders import record_order
from experiments.models import Order
from journeys.models import Contract, JourneyStatus, Run, Shipment, Trigger
from journeys.triggers import orders
from tests import factories
from tests.experiments.accounting.orders_of_shops import plain_order
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, LAUNCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def contact(store):
    return followups.make_contact(store, "i_7")


def parcel(order, number="1", **fields):
    return Shipment.objects.create(
        order=order, external_id=number, source="test", **{"updated_at": NOON, "shipped_at": NOON} | fields
    )


def begun() -> list[tuple[object, ...]]:
    return list(Run.objects.order_by("pk").values_list("contact", "triggered_at", "due_at"))


def test_order_that_arrives_begins_a_run_in_its_own_transaction(store, contact, django_assert_num_queries):
    journey = followups.make_journey(store, {"wait_hours": 48})
    record_order(store, plain_order("1", customer_id="7"))
    run = Run.objects.get()
    assert (run.journey, run.contact, run.order) == (journey, contact, Order.objects.get(external_id="1"))
    assert (run.triggered_at, run.due_at, run.position) == (NOON, NOON + 48 * HOUR, 0)


def test_order_repeated_late_or_changed_begins_no_second_run(store, contact):
    followups.make_journey(store)
    for minutes in (0, 10, 5, 10):
        record_order(store, plain_order("1", customer_id="7", updated_at=NOON + timedelta(minutes=minutes)))
    assert begun() == [(contact.pk, NOON, NOON + DAY)]


def test_every_order_of_a_contact_begins_a_run_and_each_journey_one(store, contact):
    followups.make_journey(store)
    followups.make_journey(store)
    for number in "12":
        record_order(store, plain_order(number, customer_id="7"))
    assert Run.objects.count() == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "pending"},
        {"status": "cancelled"},
        {"repeat_kind": "renewal"},
        {"placed_at": LAUNCH - timedelta(seconds=1)},
        {"customer_id": "somebody unknown"},
    ],
)
def test_order_that_nobody_placed_since_the_launch_begins_nothing(store, contact, fields):
    followups.make_journey(store)
    record_order(store, plain_order("1", **{"customer_id": "7"} | fields))
    assert begun() == []


@pytest.mark.parametrize("source", ["import", "history", "snippet"])
def test_order_of_the_past_or_of_a_browser_begins_nothing(store, contact, source):
    followups.make_journey(store)
    record_order(store, plain_order("1", customer_id="7"), source=source)
    assert begun() == []


@pytest.mark.parametrize(
    ("status", "runs"), [(JourneyStatus.PAUSED, 1), (JourneyStatus.DRAFT, 0), (JourneyStatus.ENDED, 0)]
)
def test_paused_journey_goes_on_collecting_runs_and_no_other_state_does(store, contact, status, runs):
    journey = followups.make_journey(store)
    journey.status = status
    journey.save()
    record_order(store, plain_order("1", customer_id="7"))
    assert len(begun()) == runs


def test_another_stores_journey_and_contact_are_left_alone(store, contact):
    other = followups.make_sending_store()
    followups.make_journey(other)
    followups.make_contact(other, "i_7")
    record_order(store, plain_order("1", customer_id="7"))
    assert begun() == []


def test_payment_begins_a_run_when_it_is_there_and_a_later_version_moves_nothing(store, contact):
    followups.make_journey(store, trigger=Trigger.ORDER_PAID)
    for minutes, status in ((0, "on_hold"), (30, "paid"), (90, "paid")):
        updated_at = NOON + timedelta(minutes=minutes)
        record_order(store, plain_order("1", customer_id="7", status=status, updated_at=updated_at))
    assert begun() == [(contact.pk, NOON + HOUR / 2, NOON + HOUR / 2 + DAY)]


def test_order_is_delivered_once_its_last_parcel_is(store, contact):
    followups.make_journey(store, trigger=Trigger.DELIVERED)
    order = followups.order_of(contact)
    first, second = parcel(order, "1", delivered_at=NOON + DAY), parcel(order, "2")
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == []
    second.delivered_at = NOON + 2 * DAY
    second.save()
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == [(contact.pk, NOON + 2 * DAY, NOON + 3 * DAY)]
    assert first.delivered_at < second.delivered_at


def test_delivery_that_was_estimated_moves_the_run_until_its_first_step(store, contact):
    followups.make_journey(store, trigger=Trigger.DELIVERED)
    order = followups.order_of(contact)
    shipment = parcel(order, delivered_at=NOON + 5 * DAY, is_estimated=True)
    orders.begin_runs(store.pk, [order.pk])
    shipment.delivered_at, shipment.is_estimated = NOON + 3 * DAY, False
    shipment.save()
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == [(contact.pk, NOON + 3 * DAY, NOON + 4 * DAY)]
    Run.objects.update(position=1)
    shipment.delivered_at = NOON
    shipment.save()
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == [(contact.pk, NOON + 3 * DAY, NOON + 4 * DAY)]


def test_shipped_is_the_first_parcel(store, contact):
    followups.make_journey(store, trigger=Trigger.SHIPPED)
    order = followups.order_of(contact)
    parcel(order, "2", shipped_at=NOON + DAY)
    parcel(order, "1")
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == [(contact.pk, NOON, NOON + DAY)]


def test_contact_order_and_parcel_in_any_order_of_arrival_begin_the_same_run(store):
    followups.make_journey(store, trigger=Trigger.DELIVERED)
    for number, arrivals in enumerate(permutations(("contact", "order", "parcel"))):
        key = f"i_{100 + number}"
        order = factories.make_order(store, customer_key="", placed_at=NOON - DAY)
        for arrival in arrivals:
            if arrival == "contact":
                followups.make_contact(store, key)
                orders.begin_runs_of_contact(store.pk, key)
            elif arrival == "order":
                order.customer_key = key
                order.save()
                orders.begin_runs(store.pk, [order.pk])
            else:
                parcel(order, delivered_at=NOON)
                orders.begin_runs(store.pk, [order.pk])
    assert [(triggered, due) for _, triggered, due in begun()] == [(NOON, NOON + DAY)] * 6


def test_product_runs_out_by_the_days_of_its_category_for_each_unit(store, contact):
    factories.make_product(store, sku="beans", category="Coffee")
    factories.make_product(store, sku="filter", category="Filters")
    options = {"category_days": {"Coffee": 20, "Filters": 90}}
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.RUNS_OUT, trigger_options=options)
    lines = [
        {"sku": "beans", "quantity": 2, "price_minor": 900},
        {"sku": "filter", "quantity": 1, "price_minor": 300},
        {"sku": "unknown", "quantity": 1, "price_minor": 300},
    ]
    order = followups.order_of(contact, placed_at=NOON, lines=lines)
    orders.begin_runs(store.pk, [order.pk])
    assert begun() == [(contact.pk, NOON + 40 * DAY, NOON + 40 * DAY)]


@pytest.mark.parametrize(
    ("sku", "quantity", "days"),
    [
        ("beans", 1, 41),  # its own count
        ("beans", 2, 60),  # its own count says that fewer than half come back: the days of the journey, for each unit
        ("tea", 1, 35),  # its category's count
        ("tea", 3, 90),  # nothing is known of three
        ("filter", 1, 30),
    ],
)
def test_product_runs_out_by_the_days_counted_in_the_stores_orders(store, contact, sku, quantity, days):
    beans = factories.make_product(store, sku="beans", category="Drinks")
    factories.make_product(store, sku="tea", category="Drinks")
    factories.make_product(store, sku="filter", category="Filters")
    counts = {"customers": 90, "again": 40}
    count = ReplenishmentTime.objects.create
    count(store=store, product=beans, quantity=1, median_days=41, **counts)
    count(store=store, product=beans, quantity=2, **counts)
    count(store=store, category="Drinks", quantity=1, median_days=35, **counts)
    count(store=store, category="Drinks", quantity=2, median_days=50, **counts)
    count(store=factories.make_store(), category="Filters", quantity=1, median_days=5, **counts)
    options = {"days": 30, "from_orders": True}
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.RUNS_OUT, trigger_options=options)
    lines = [{"sku": sku, "quantity": quantity, "price_minor": 900}]
    orders.begin_runs(store.pk, [followups.order_of(contact, placed_at=NOON, lines=lines).pk])
    assert begun() == [(contact.pk, NOON + days * DAY, NOON + days * DAY)]


def test_counted_days_are_used_only_where_the_journey_asks_for_them(store, contact):
    beans = factories.make_product(store, sku="beans")
    ReplenishmentTime.objects.create(store=store, product=beans, quantity=1, median_days=41, customers=90, again=40)
    followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.RUNS_OUT, trigger_options={"days": 30})
    lines = [{"sku": "beans", "quantity": 1, "price_minor": 900}]
    orders.begin_runs(store.pk, [followups.order_of(contact, placed_at=NOON, lines=lines).pk])
    assert begun() == [(contact.pk, NOON + 30 * DAY, NOON + 30 * DAY)]


@pytest.mark.parametrize(
    ("limits", "runs"),
    [({"skus": ["beans"]}, 1), ({"skus": ["tea"]}, 0), ({"categories": ["Coffee"]}, 1), ({"categories": ["Tea"]}, 0)],
)
def test_product_filter_lets_in_orders_with_any_of_its_products_or_categories(store, contact, limits, runs):
    factories.make_product(store, sku="beans", category="Coffee")
    followups.make_journey(store, **limits)
    order = followups.order_of(contact, lines=[{"sku": "beans", "quantity": 1, "price_minor": 900}])
    orders.begin_runs(store.pk, [order.pk])
    assert len(begun()) == runs


def test_wait_of_a_category_is_the_shortest_of_the_orders_products(store, contact):
    for sku, category in (("beans", "Coffee"), ("pot", "Pots"), ("cup", "Cups")):
        factories.make_product(store, sku=sku, category=category)
    followups.make_journey(store, {"category_waits": {"Coffee": 72, "Pots": 240}})
    lines = [{"sku": sku, "quantity": 1, "price_minor": 900} for sku in ("beans", "pot", "cup")]
    both = followups.order_of(contact, placed_at=NOON, lines=lines)
    cup = followups.order_of(contact, placed_at=NOON, lines=lines[2:])
    orders.begin_runs(store.pk, [both.pk, cup.pk])
    assert [due for _, _, due in begun()] == [NOON + 72 * HOUR, NOON + DAY]


def test_begin_missed_finds_orders_that_were_stored_without_the_app(store, contact):
    followups.make_journey(store)
    followups.order_of(contact)
    old = followups.order_of(contact, placed_at=NOON - 3 * DAY)
    assert orders.begin_missed(NOON) == 1
    assert orders.begin_missed(NOON) == 0
    assert not Run.objects.filter(order=old).exists()


def test_erased_order_leaves_the_runs_of_its_contact_alone(store, contact):
    followups.make_journey(store)
    for order in (followups.order_of(contact), followups.order_of(contact)):
        orders.begin_runs(store.pk, [order.pk])
        order.delete()
    assert Run.objects.filter(contact=contact, order=None).count() == 2
    assert Contract.objects.count() == 0
