"""Outcome columns equal a recomputation in plain Python, whatever arrived in whatever order."""

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import order_changes, outcomes
from experiments.ingestion import EventRecord, record_events
from experiments.models import Exposure, Source, Store
from experiments.orders import LineData, OrderData, RefundData, record_order, record_orders
from tests import factories
from tests.factories import NOON

WINDOW_DAYS = 7
EXPERIMENT_KEYS = ("first", "second")


def order(external_id="1", visitor_id="v_1", *, minutes=1, version=0, currency="EUR", **fields) -> OrderData:
    """An order of one tea at 10.00, placed ``minutes`` after noon."""
    placed_at = NOON + timedelta(minutes=minutes)
    defaults: dict[str, Any] = {"lines": (LineData("tea", 1, 1000),), "subtotal_minor": 0, "total_minor": 0}
    return OrderData(
        external_id=external_id,
        visitor_id=visitor_id,
        placed_at=placed_at,
        updated_at=placed_at + timedelta(hours=version),
        currency=currency,
        **defaults | fields,
    )


def expose(variant, visitor_id="v_1", at=NOON) -> None:
    event = EventRecord(uuid4(), "exposure", at, visitor_id, variant.experiment_id, variant.pk)
    record_events(variant.experiment.store_id, [event], received_at=at)


def outcome_of(exposure: Exposure) -> tuple[object, ...]:
    exposure.refresh_from_db()
    return (
        exposure.orders,
        exposure.revenue_minor,
        exposure.refunded_minor,
        exposure.items,
        exposure.upsell_minor,
        exposure.margin_minor,
        exposure.has_converted,
        exposure.has_accepted,
    )


@pytest.fixture
def exposure(db) -> Exposure:
    experiment = factories.make_experiment(key="first", attribution_window_days=WINDOW_DAYS)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")


NOTHING = (0, 0, 0, 0, 0, 0, False, False)


def test_outcome_all_columns_from_one_order(exposure):
    data = order(
        lines=(LineData("tea", 2, 1050), LineData("cup", 1, 990, "first", 40), LineData("pot", 3, 500, "second")),
        discount_minor=90,
        refunds=(RefundData("r1", 990, NOON), RefundData("r2", 10, NOON)),
    )
    record_order(exposure.store, data)
    assert outcome_of(exposure) == (1, 2 * 1050 + 990 + 3 * 500 - 90, 1000, 6, 950, None, True, True)


def test_outcome_margin_is_net_of_discounts_refunds_and_costs(exposure):
    lines = (LineData("tea", 2, 1050, cost_minor=400), LineData("gift", 1, 0, cost_minor=0))
    data = order(lines=lines, discount_minor=100, tax_minor=300, shipping_minor=490)
    record_order(exposure.store, replace(data, refunds=(RefundData("r1", 50, NOON),)))
    assert outcome_of(exposure)[5] == 2 * 1050 - 100 - 50 - 2 * 400


@pytest.mark.parametrize(
    ("basis", "revenue", "refunded"),
    [
        ({}, 2000, 500),
        ({"is_tax_revenue": True}, 2000 + 401, 500 + 100),  # 401 / 4, rounded
        ({"is_shipping_revenue": True}, 2000 + 490, 500),
        ({"is_tax_revenue": True, "is_shipping_revenue": True}, 2000 + 401 + 490, 500 + 100),
    ],
)
def test_outcome_revenue_is_what_the_store_counts(exposure, basis, revenue, refunded):
    lines = (LineData("tea", 2, 1050, cost_minor=400),)
    data = order(lines=lines, discount_minor=100, tax_minor=401, shipping_minor=490)
    record_order(exposure.store, replace(data, refunds=(RefundData("r1", 500, NOON),)))
    Store.objects.filter(pk=exposure.store_id).update(**basis)
    outcomes.recompute_store(exposure.store_id)
    assert outcome_of(exposure) == (1, revenue, refunded, 2, 0, 2000 - 500 - 800, True, False)


def test_outcome_refund_of_more_than_the_goods_takes_all_tax_back_and_no_more(exposure):
    Store.objects.update(is_tax_revenue=True)
    data = order(tax_minor=190, refunds=(RefundData("r1", 700, NOON), RefundData("r2", 790, NOON)))
    record_order(exposure.store, data)
    assert outcome_of(exposure)[1:3] == (1190, 1490 + 190)


def test_recompute_store_goes_through_all_batches_of_this_store(exposure, monkeypatch):
    monkeypatch.setattr(outcomes, "BATCH", 2)
    other = factories.make_exposure(factories.make_experiment().variants.get(key="control"), visitor_id="v_1")
    for number in range(5):
        visitor_id = f"v_{number}"
        record_orders(exposure.store, [order(visitor_id, visitor_id)])
        if number != 1:
            factories.make_exposure(exposure.variant, visitor_id=visitor_id)
    record_order(other.store, order())
    Exposure.objects.update(orders=7, revenue_minor=7, has_converted=True)
    outcomes.recompute_store(exposure.store_id)
    assert set(Exposure.objects.filter(store=exposure.store).values_list("orders", "revenue_minor")) == {(1, 1000)}
    assert outcome_of(other)[:2] == (7, 7)


def test_outcome_order_that_names_the_customer_alone_finds_the_visitor(exposure):
    named = order("1", customer_id="c", minutes=5)
    unnamed = order("2", "", customer_id="c", minutes=60)
    record_orders(exposure.store, [unnamed])
    assert outcome_of(exposure) == NOTHING
    record_orders(exposure.store, [named])
    assert outcome_of(exposure)[:2] == (2, 2000)
    record_order(exposure.store, replace(unnamed, status="cancelled"))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_second_device_moves_nobody_and_takes_the_orders_after_it(exposure):
    laptop = factories.make_exposure(exposure.variant, visitor_id="v_2", exposed_at=NOON + timedelta(minutes=30))
    record_orders(
        exposure.store,
        [
            order("phone", "v_1", customer_id="c", minutes=5),
            order("1", "", customer_id="c", minutes=20),
            order("laptop", "v_2", customer_id="c", minutes=40),
            order("2", "", customer_id="c", minutes=50),
        ],
    )
    assert (outcome_of(exposure)[0], outcome_of(laptop)[0]) == (2, 2)
    record_order(exposure.store, order("laptop", "v_2", customer_id="d", minutes=40, version=1))
    assert (outcome_of(exposure)[0], outcome_of(laptop)[0]) == (3, 1)


def test_outcome_refund_of_an_order_that_names_the_customer_alone_counts(exposure):
    record_orders(exposure.store, [order("1", customer_id="c"), order("2", "", customer_id="c", minutes=9)])
    with order_changes.changing(exposure.store, "2") as stored:
        order_changes.add_refund(stored, RefundData("r", 300, NOON))
    assert outcome_of(exposure)[:3] == (2, 2000, 300)


def test_outcome_same_customer_id_in_another_store_is_somebody_else(exposure):
    record_order(exposure.store, order("1", customer_id="c"))
    record_order(factories.make_store(), order("2", "", customer_id="c", minutes=9))
    assert outcome_of(exposure)[0] == 1


def test_outcome_margin_one_order_without_a_cost_is_unknown_until_it_is_known(exposure):
    record_order(exposure.store, order("1", lines=(LineData("tea", 1, 1000, cost_minor=400),)))
    record_order(exposure.store, order("2", lines=(LineData("cup", 1, 700),)))
    assert outcome_of(exposure)[:2] == (2, 1700)
    assert outcome_of(exposure)[5] is None
    record_order(exposure.store, order("2", version=1, lines=(LineData("cup", 1, 700, cost_minor=0),)))
    assert outcome_of(exposure)[5] == 600 + 700


@pytest.mark.parametrize(
    "data",
    [
        order(minutes=-1),
        order(minutes=WINDOW_DAYS * 24 * 60),
        order(currency="USD"),
        order(status="cancelled"),
        order(visitor_id="v_2"),
        order(visitor_id=""),
    ],
    ids=["before exposure", "after the window", "other currency", "cancelled", "other visitor", "no visitor"],
)
def test_outcome_order_that_does_not_count_changes_nothing(exposure, data):
    record_order(exposure.store, data)
    assert outcome_of(exposure) == NOTHING


@pytest.mark.parametrize("minutes", [0, WINDOW_DAYS * 24 * 60 - 1])
def test_outcome_order_at_the_ends_of_the_window_counts(exposure, minutes):
    record_order(exposure.store, order(minutes=minutes))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_of_another_stores_order_is_not_counted(exposure):
    record_order(factories.make_store(), order())
    assert outcome_of(exposure) == NOTHING


def test_outcome_order_without_lines_counts_as_an_order(exposure):
    record_order(exposure.store, order(lines=()))
    assert outcome_of(exposure) == (1, 0, 0, 0, 0, 0, True, False)


def test_outcome_order_cancelled_later_is_taken_back(exposure):
    record_order(exposure.store, order())
    assert outcome_of(exposure)[0] == 1
    record_order(exposure.store, order(version=1, status="cancelled"))
    assert outcome_of(exposure) == NOTHING


def test_outcome_order_moved_to_another_visitor_leaves_the_first(exposure):
    other = factories.make_exposure(exposure.variant, visitor_id="v_2")
    record_order(exposure.store, order())
    record_order(exposure.store, order(version=1, visitor_id="v_2"))
    assert (outcome_of(exposure)[0], outcome_of(other)[0]) == (0, 1)


def test_outcome_earlier_exposure_arriving_later_takes_the_order_in(exposure):
    record_order(exposure.store, order(minutes=-5))
    assert outcome_of(exposure) == NOTHING
    expose(exposure.variant, at=NOON - timedelta(minutes=10))
    assert outcome_of(exposure)[:2] == (1, 1000)


def test_outcome_of_an_imported_experiment_is_never_touched(exposure):
    exposure.experiment.source = Source.IMPORTED
    exposure.experiment.save()
    Exposure.objects.update(orders=3, revenue_minor=99, has_converted=True)
    record_order(exposure.store, order())
    expose(exposure.variant, at=NOON - timedelta(days=1))
    assert outcome_of(exposure) == (3, 99, 0, 0, 0, 0, True, False)


def test_outcome_largest_order_allowed_fits(exposure):
    lines = tuple(LineData("gold", 1, 10**9) for _ in range(1000))
    record_order(exposure.store, order(lines=lines))
    assert outcome_of(exposure)[:2] == (1, 10**12)


@pytest.mark.django_db(transaction=True)
def test_outcome_order_and_exposure_at_the_same_instant_meet():
    variant = factories.make_experiment().variants.get(key="control")
    store, visitors = variant.experiment.store, [f"v_{number}" for number in range(40)]

    def run(action) -> None:
        for visitor_id in visitors:
            action(visitor_id)
        connection.close()

    threads = [
        threading.Thread(target=run, args=(lambda visitor_id: expose(variant, visitor_id),)),
        threading.Thread(target=run, args=(lambda visitor_id: record_order(store, order(visitor_id, visitor_id)),)),
        threading.Thread(
            target=run, args=(lambda visitor_id: record_order(store, order(visitor_id + "b", visitor_id)),)
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Exposure.objects.values_list("orders", "revenue_minor")) == {(2, 2000)}
    assert Exposure.objects.count() == len(visitors)


@pytest.mark.django_db(transaction=True)
def test_outcome_orders_of_one_customer_at_the_same_instant_meet():
    variant = factories.make_experiment().variants.get(key="control")
    store, visitors = variant.experiment.store, [f"v_{number}" for number in range(40)]
    for visitor_id in visitors:
        factories.make_exposure(variant, visitor_id=visitor_id)

    def run(suffix: str, *, is_named: bool) -> None:
        for one in visitors:
            record_order(store, order(one + suffix, one if is_named else "", customer_id=f"c_{one}", minutes=5))
        connection.close()

    threads = [
        threading.Thread(target=run, args=("a",), kwargs={"is_named": True}),
        threading.Thread(target=run, args=("b",), kwargs={"is_named": False}),
        threading.Thread(target=run, args=("c",), kwargs={"is_named": False}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Exposure.objects.values_list("orders", "revenue_minor")) == {(3, 3000)}


# One world: two experiments, three visitors, four orders in up to three versions, shuffled.

MONEY = st.integers(0, 10**7)
VISITOR = st.sampled_from(["v_1", "v_2", "v_3"])
MINUTES = st.integers(-2 * 24 * 60, 10 * 24 * 60)
COST = st.one_of(st.none(), MONEY, MONEY, MONEY)
LINE = st.builds(
    LineData, st.just("sku"), st.integers(1, 9), MONEY, st.sampled_from(["", *EXPERIMENT_KEYS]), MONEY, COST
)
EXPOSE = st.tuples(st.just("expose"), st.sampled_from(EXPERIMENT_KEYS), VISITOR, MINUTES)


@st.composite
def versions_of_an_order(draw, external_id: str) -> list[tuple[str, OrderData]]:
    """An order as it changes: once its visitor is known, it stays known, though it may be another."""
    minutes, is_known, versions = draw(MINUTES), draw(st.booleans()), []
    customer_id = draw(st.sampled_from(["", "c_1", "c_1", "c_2"]))
    for version in range(draw(st.integers(0, 3))):
        is_known = is_known or draw(st.booleans())
        amounts = draw(st.lists(MONEY, max_size=2))
        versions.append(
            order(
                external_id,
                draw(VISITOR) if is_known else "",
                customer_id=customer_id,
                minutes=minutes,
                version=version,
                currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
                status=draw(st.sampled_from(["pending", "paid", "cancelled"])),
                discount_minor=draw(MONEY),
                lines=tuple(draw(st.lists(LINE, max_size=3))),
                refunds=tuple(RefundData(f"r{index}", amount, NOON) for index, amount in enumerate(amounts)),
            )
        )
    return [("order", version) for version in versions]


@st.composite
def arrivals(draw):
    exposures = draw(st.lists(EXPOSE, max_size=8))
    orders = [one for number in "1234" for one in draw(versions_of_an_order(number))]
    repeated = draw(st.lists(st.sampled_from(orders), max_size=3)) if orders else []
    return draw(st.permutations([*exposures, *orders, *repeated]))


def visitor_of(data: OrderData, orders: Collection[OrderData]) -> str:
    """Whom the order names, or else the customer's last order before it, or else the first after it."""
    if data.visitor_id or not data.customer_id:
        return data.visitor_id
    named = [one for one in orders if one.customer_id == data.customer_id and one.visitor_id]
    before = sorted((one for one in named if one.placed_at <= data.placed_at), key=lambda one: one.external_id)
    after = sorted((one for one in named if one.placed_at > data.placed_at), key=lambda one: one.external_id)
    if before:
        return max(before, key=lambda one: one.placed_at).visitor_id
    return min(after, key=lambda one: one.placed_at).visitor_id if after else ""


def expected_outcomes(steps) -> dict[tuple[str, str], tuple[object, ...]]:
    """The definition of an outcome, one exposure and one order at a time."""
    exposed_at: dict[tuple[str, str], int] = {}
    newest: dict[str, OrderData] = {}
    for kind, *rest in steps:
        if kind == "expose":
            key, visitor_id, minutes = rest
            exposed_at[key, visitor_id] = min(minutes, exposed_at.get((key, visitor_id), minutes))
        else:
            (data,) = rest
            if data.external_id not in newest or newest[data.external_id].updated_at < data.updated_at:
                newest[data.external_id] = data
    expected: dict[tuple[str, str], tuple[object, ...]] = {}
    for (key, visitor_id), minutes in exposed_at.items():
        start = NOON + timedelta(minutes=minutes)
        orders = revenue = refunded = items = upsell = cost = 0
        is_cost_known = True
        has_accepted = False
        for data in newest.values():
            is_inside = start <= data.placed_at < start + timedelta(days=WINDOW_DAYS)
            if (
                visitor_of(data, newest.values()) == visitor_id
                and data.currency == "EUR"
                and data.status != "cancelled"
                and is_inside
            ):
                orders += 1
                revenue += sum(line.price_minor * line.quantity for line in data.lines) - data.discount_minor
                refunded += sum(refund.amount_minor for refund in data.refunds)
                items += sum(line.quantity for line in data.lines)
                cost += sum(line.quantity * (line.cost_minor or 0) for line in data.lines)
                is_cost_known = is_cost_known and all(line.cost_minor is not None for line in data.lines)
                taken = [line for line in data.lines if line.experiment_key == key]
                upsell += sum(line.price_minor * line.quantity - line.discount_minor for line in taken)
                has_accepted = has_accepted or bool(taken)
        margin = revenue - refunded - cost if is_cost_known else None
        expected[key, visitor_id] = (orders, revenue, refunded, items, upsell, margin, orders > 0, has_accepted)
    return expected


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=arrivals(), is_bulk=st.booleans())
def test_outcomes_any_arrival_order_equals_plain_recomputation(steps, is_bulk):
    store = factories.make_store()
    variants = {
        key: factories.make_experiment(store, key=key, attribution_window_days=WINDOW_DAYS).variants.get(key="control")
        for key in EXPERIMENT_KEYS
    }
    bulk = []
    for kind, *rest in steps:
        if kind == "expose":
            key, visitor_id, minutes = rest
            expose(variants[key], visitor_id, NOON + timedelta(minutes=minutes))
        elif is_bulk:
            bulk.append(replace(rest[0]))
        else:
            record_order(store, rest[0])
    record_orders(store, bulk)
    stored = {
        (exposure.experiment.key, exposure.visitor_id): outcome_of(exposure)
        for exposure in Exposure.objects.filter(store=store).select_related("experiment")
    }
    assert stored == expected_outcomes(steps)
