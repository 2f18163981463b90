"""What arrives at a store, made up by Hypothesis, and what has to come of it, worked out in plain Python.

One world: four experiments, three visitors, four orders in up to three versions, what browsers say of them, shuffled.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import tasks
from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_order
from experiments.models import Store, Variant
from tests import factories
from tests.experiments.accounting.outcomes_of_orders import WINDOW_DAYS, expose, order
from tests.factories import NOON

MOMENTS = {"first": "cart", "second": "payment", "thanks": "confirmation", "later": "follow_up"}
EXPERIMENT_KEYS = tuple(MOMENTS)
LED = {"confirmation": timedelta(hours=24), "follow_up": timedelta(days=30)}
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
                status=draw(st.sampled_from(["pending", "on_hold", "paid", "cancelled"])),
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
        standing = [data for data in counted if data.status in ("paid", "on_hold")]
        return (*total_of(standing, key), lead and worth(lead, key))


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
        goods = sum(line.price_minor * line.quantity for line in data.lines) - data.discount_minor
        revenue += goods
        refunded += min(max(goods, 0), sum(refund.amount_minor for refund in data.refunds))
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
