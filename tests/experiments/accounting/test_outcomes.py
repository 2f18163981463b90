"""Outcome columns equal a recomputation in plain Python, whatever arrived in whatever order."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import tasks
from experiments.accounting import aggregation, order_changes, outcomes, rollups
from experiments.accounting.claims import claim_order
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.orders import LineData, OrderData, RefundData, record_order, record_orders
from experiments.accounting.rebuild import rebuild
from experiments.models import Exposure, Source, Store, Variant
from tests import factories
from tests.factories import NOON

WINDOW_DAYS = 7
MOMENTS = {"first": "cart", "second": "payment", "thanks": "confirmation", "later": "follow_up"}
EXPERIMENT_KEYS = tuple(MOMENTS)
LED = {"confirmation": timedelta(hours=24), "follow_up": timedelta(days=30)}


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


def expose(variant, visitor_id="v_1", at=NOON, customer_id="") -> None:
    event = EventRecord(uuid4(), "exposure", at, visitor_id, variant.experiment_id, variant.pk, customer_id=customer_id)
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
        exposure.prior_order_minor,
    )


@pytest.fixture
def exposure(db) -> Exposure:
    experiment = factories.make_experiment(key="first", attribution_window_days=WINDOW_DAYS)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1")


NOTHING = (0, 0, 0, 0, 0, 0, False, False, None)


def test_outcome_all_columns_from_one_order(exposure):
    data = order(
        lines=(LineData("tea", 2, 1050), LineData("cup", 1, 990, "first", 40), LineData("pot", 3, 500, "second")),
        discount_minor=90,
        refunds=(RefundData("r1", 990, NOON), RefundData("r2", 10, NOON)),
    )
    record_order(exposure.store, data)
    assert outcome_of(exposure)[:-1] == (1, 2 * 1050 + 990 + 3 * 500 - 90, 1000, 6, 950, None, True, True)


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
    assert outcome_of(exposure)[:-1] == (1, revenue, refunded, 2, 0, 2000 - 500 - 800, True, False)


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


def test_outcome_customer_seen_while_exposed_brings_orders_along_that_name_no_visitor(exposure):
    record_order(exposure.store, order("1", "", customer_id="c"))
    recorded = record_order(exposure.store, order("2", "", customer_id="c"))
    assert (recorded.is_visitor_matched, outcome_of(exposure)[0]) == (False, 0)
    expose(exposure.variant, customer_id="c", at=NOON + timedelta(minutes=90))
    assert outcome_of(exposure)[0] == 2
    assert record_order(exposure.store, order("3", "", customer_id="c")).is_visitor_matched
    assert outcome_of(exposure)[0] == 3
    other = factories.make_exposure(exposure.variant, visitor_id="v_2")
    expose(exposure.variant, "v_2", customer_id="c", at=NOON)
    assert (outcome_of(exposure)[0], outcome_of(other)[0]) == (0, 3), "seen there before the orders"
    assert other.variant == exposure.variant


def test_outcome_customer_seen_in_another_store_is_somebody_else(exposure):
    record_order(exposure.store, order("1", "", customer_id="c"))
    expose(factories.make_experiment().variants.get(key="control"), "v_1", customer_id="c")
    assert outcome_of(exposure)[0] == 0


@pytest.fixture
def thanks(exposure) -> Exposure:
    """At the confirmation page two minutes past noon."""
    experiment = factories.make_experiment(exposure.store, key="thanks", moment="confirmation")
    at = NOON + timedelta(minutes=2)
    return factories.make_exposure(
        experiment.variants.get(key="treatment"), visitor_id="v_1", exposed_at=at, cart_value_minor=7
    )


def test_outcome_of_confirmation_is_the_order_that_led_there_with_what_is_added_to_it(thanks):
    lines = (LineData("tea", 2, 1000, discount_minor=100), LineData("cup", 1, 700, "first"))
    placed = order(lines=lines, discount_minor=100, total_minor=1)
    record_orders(thanks.store, [order("earlier", minutes=-5), placed, order("next", minutes=3)])
    assert outcome_of(thanks) == (2, 2600 + 1000, 0, 4, 0, None, True, False, 2600)
    added = (*lines, LineData("pot", 1, 500, "thanks", discount_minor=50))
    refund = RefundData("r1", 30, NOON)
    record_order(thanks.store, replace(placed, updated_at=NOON + timedelta(hours=1), lines=added, discount_minor=150))
    assert outcome_of(thanks) == (2, 2600 + 450 + 1000, 0, 5, 450, None, True, True, 2600)
    gone = replace(placed, updated_at=NOON + timedelta(hours=2), status="cancelled", refunds=(refund,))
    record_order(thanks.store, gone)
    assert outcome_of(thanks) == (1, 1000, 0, 1, 0, None, True, False, 2600), "still what it was worth then"


@pytest.mark.parametrize(
    ("minutes", "currency", "is_led"),
    [(2, "EUR", True), (2 - 24 * 60, "EUR", True), (1 - 24 * 60, "EUR", False), (1, "USD", False), (3, "EUR", False)],
)
def test_outcome_of_confirmation_order_that_led_there_is_at_most_a_day_old(thanks, minutes, currency, is_led):
    record_order(thanks.store, order(minutes=minutes, currency=currency))
    assert (outcome_of(thanks)[-1] is not None) is is_led


def test_outcome_of_follow_up_has_the_order_before_as_covariate_alone(exposure):
    experiment = factories.make_experiment(exposure.store, key="later", moment="follow_up")
    late = factories.make_exposure(
        experiment.variants.get(key="control"), visitor_id="v_1", exposed_at=NOON + timedelta(days=3)
    )
    record_order(late.store, order())
    assert outcome_of(late) == (*NOTHING[:-1], 1000)
    assert outcome_of(exposure)[:2] == (1, 1000)
    record_order(late.store, order("next", minutes=4 * 24 * 60))
    assert outcome_of(late)[:2] == (1, 1000)


def test_sums_of_confirmation_take_the_order_for_the_cart(thanks):
    other = factories.make_exposure(thanks.variant, visitor_id="v_2", cart_value_minor=7)
    record_order(thanks.store, order())
    for _ in range(2):
        found = aggregation.aggregates(thanks.experiment)["treatment"].sums["cart_value"]
        assert (found, aggregation.facts(thanks.experiment, NOON).mean_cart_value_minor) == (1007, 504)
        rollups.refresh_touched()
    assert outcome_of(other) == NOTHING


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
    assert outcome_of(exposure) == (1, 0, 0, 0, 0, 0, True, False, None)


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
    assert outcome_of(exposure) == (3, 99, 0, 0, 0, 0, True, False, None)


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


# One world: four experiments, three visitors, four orders in up to three versions, what browsers say of them, shuffled.

MONEY = st.integers(0, 10**7)
VISITOR = st.sampled_from(["v_1", "v_2", "v_3"])
MINUTES = st.integers(-2 * 24 * 60, 10 * 24 * 60)
COST = st.one_of(st.none(), MONEY, MONEY, MONEY)
LINE = st.builds(
    LineData, st.just("sku"), st.integers(1, 9), MONEY, st.sampled_from(["", *EXPERIMENT_KEYS]), MONEY, COST
)
CUSTOMER = st.sampled_from(["", "", "c_1", "c_2"])
EXPOSE = st.tuples(st.just("expose"), st.sampled_from(EXPERIMENT_KEYS), VISITOR, MINUTES, CUSTOMER)
NUMBERS = "1234"
# Each order's total is its number; a claim of 0 is forged. Claims of orders 4 and 5 arrive alone or first.
CLAIM = st.tuples(st.just("claim"), st.sampled_from("12345"), VISITOR, st.booleans())


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
                total_minor=int(external_id),
                lines=tuple(draw(st.lists(LINE, max_size=3))),
                refunds=tuple(RefundData(f"r{index}", amount, NOON) for index, amount in enumerate(amounts)),
            )
        )
    return [("order", version) for version in versions]


@st.composite
def arrivals(draw):
    exposures = draw(st.lists(EXPOSE, max_size=8))
    orders = [one for number in NUMBERS for one in draw(versions_of_an_order(number))]
    repeated = draw(st.lists(st.sampled_from(orders), max_size=3)) if orders else []
    claims = draw(st.lists(CLAIM, max_size=5))
    return draw(st.permutations([*exposures, *orders, *repeated, *claims]))


def claimed(number: str, is_true: bool) -> OrderData:
    """What a browser says of an order: placed two hours past noon, of one tin at 20.00."""
    lines = (LineData("tin", 1, 2000, cost_minor=1500),)
    return order(number, "", minutes=120, total_minor=int(number) if is_true else 0, lines=lines)


@dataclass
class World:
    """What is known at the end, one fact at a time: exposures, sightings, orders and claims."""

    exposed_at: dict[tuple[str, str], int] = field(default_factory=dict)
    sightings: list[tuple[str, datetime, str]] = field(default_factory=list)
    newest: dict[str, OrderData] = field(default_factory=dict)
    claims: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    unsigned: bool = True

    def take(self, kind: str, *rest: Any) -> None:
        if kind == "expose":
            key, visitor_id, minutes, customer_id = rest
            self.exposed_at[key, visitor_id] = min(minutes, self.exposed_at.get((key, visitor_id), minutes))
            if customer_id:
                self.sightings.append((customer_id, NOON + timedelta(minutes=minutes), visitor_id))
        elif kind == "claim":
            number, visitor_id, is_true = rest
            claims = self.claims.setdefault(number, [])
            if visitor_id not in [claimant for claimant, _ in claims]:
                claims.append((visitor_id, is_true))
        else:
            (data,) = rest
            self.unsigned = False
            if data.external_id not in self.newest or self.newest[data.external_id].updated_at < data.updated_at:
                self.newest[data.external_id] = data

    def orders(self) -> list[OrderData]:
        """Signed orders, and as long as there are none those that browsers told of."""
        if not self.unsigned:
            return list(self.newest.values())
        return [claimed(number, claims[0][1]) for number, claims in self.claims.items()]

    def visitor_of(self, data: OrderData) -> str:
        """Whom the order names, or who claims it, or with whom the customer was last seen before it, or first after."""
        claims = self.claims.get(data.external_id, [])
        true = [visitor_id for visitor_id, is_true in claims if is_true or self.unsigned]
        if data.visitor_id or true:
            return data.visitor_id or true[0]
        named = [(one.placed_at, one.visitor_id) for one in self.newest.values() if one.customer_id == data.customer_id]
        seen = [(at, visitor_id) for customer_id, at, visitor_id in self.sightings if customer_id == data.customer_id]
        known = sorted((at, visitor_id) for at, visitor_id in named + seen if visitor_id and data.customer_id)
        before = [(at, visitor_id) for at, visitor_id in known if at <= data.placed_at]
        if before:
            return min(visitor_id for at, visitor_id in before if at == before[-1][0])
        return known[0][1] if known else ""

    def outcome(self, key: str, visitor_id: str, start: datetime) -> tuple[object, ...]:
        """The definition of an outcome, one order at a time."""
        theirs = [data for data in self.orders() if self.visitor_of(data) == visitor_id and data.currency == "EUR"]
        moment = MOMENTS[key]
        up_to = [data for data in theirs if start - LED.get(moment, timedelta(-1)) <= data.placed_at <= start]
        lead = max(up_to, key=lambda data: (data.placed_at, data.external_id), default=None)
        counted = [data for data in theirs if start <= data.placed_at < start + timedelta(days=WINDOW_DAYS)]
        if lead:
            counted = [data for data in counted if data is not lead] + [lead] * (moment == "confirmation")
        return (*total_of([data for data in counted if data.status != "cancelled"], key), lead and worth(lead, key))


def worth(data: OrderData, key: str) -> int:
    """What the goods cost after discounts, without those of this test."""
    accepted = [line for line in data.lines if line.experiment_key == key]
    bought = sum(line.price_minor * line.quantity for line in data.lines if line not in accepted)
    return max(0, bought - data.discount_minor + sum(line.discount_minor for line in accepted))


def total_of(orders: Collection[OrderData], key: str) -> tuple[object, ...]:
    """What the orders come to."""
    revenue = refunded = items = upsell = cost = 0
    is_cost_known = True
    has_accepted = False
    for data in orders:
        revenue += sum(line.price_minor * line.quantity for line in data.lines) - data.discount_minor
        refunded += sum(refund.amount_minor for refund in data.refunds)
        items += sum(line.quantity for line in data.lines)
        cost += sum(line.quantity * (line.cost_minor or 0) for line in data.lines)
        is_cost_known = is_cost_known and all(line.cost_minor is not None for line in data.lines)
        taken = [line for line in data.lines if line.experiment_key == key]
        upsell += sum(line.price_minor * line.quantity - line.discount_minor for line in taken)
        has_accepted = has_accepted or bool(taken)
    margin = revenue - refunded - cost if is_cost_known else None
    return (len(orders), revenue, refunded, items, upsell, margin, bool(orders), has_accepted)


def expected_outcomes(steps) -> dict[tuple[str, str], tuple[object, ...]]:
    """Of every exposure."""
    world = World()
    for step in steps:
        world.take(*step)
    return {
        (key, visitor_id): world.outcome(key, visitor_id, NOON + timedelta(minutes=minutes))
        for (key, visitor_id), minutes in world.exposed_at.items()
    }


def make_world(store: Store, **fields: Any) -> dict[str, Variant]:
    """An experiment at each moment; their controls by key."""
    return {
        key: factories.make_experiment(
            store, key=key, moment=moment, attribution_window_days=WINDOW_DAYS, **fields
        ).variants.get(key="control")
        for key, moment in MOMENTS.items()
    }


def take(store: Store, variants: dict[str, Variant], kind: str, *rest: Any) -> None:
    """Let what the step says arrive, and the jobs be done that follow from it."""
    if kind == "expose":
        key, visitor_id, minutes, customer_id = rest
        expose(variants[key], visitor_id, NOON + timedelta(minutes=minutes), customer_id)
    elif kind == "claim":
        number, visitor_id, is_true = rest
        claim_order(store, claimed(number, is_true), visitor_id, at=timezone.now())
    else:
        record_order(store, replace(rest[0]))
    do_jobs()


def do_jobs() -> None:
    """What the worker would do."""
    for job in ProcrastinateJob.objects.filter(status="todo", task_name=tasks.recompute_outcomes.name):
        tasks.recompute_outcomes(**job.args)
    connection.cursor().execute("DELETE FROM procrastinate_jobs")


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=arrivals(), is_bulk=st.booleans())
def test_outcomes_any_arrival_order_equals_plain_recomputation(steps, is_bulk):
    store = factories.make_store()
    variants = make_world(store)
    bulk = [step for step in steps if step[0] == "order" and is_bulk]
    for step in [step for step in steps if step not in bulk]:
        take(store, variants, *step)
    record_orders(store, [replace(data) for _, data in bulk])
    do_jobs()
    stored = {
        (exposure.experiment.key, exposure.visitor_id): outcome_of(exposure)
        for exposure in Exposure.objects.filter(store=store).select_related("experiment")
    }
    assert stored == expected_outcomes(steps)
    for variant in variants.values():
        rebuilt = rebuild(variant.experiment)
        assert (rebuilt.wrong_exposures, rebuilt.wrong_sums) == (0, 0)
