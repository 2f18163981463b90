"""A store's weeks: orders, refunds and carts as they come in, and what is due planned by the worker's own code."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from unittest.mock import patch
from uuid import UUID

from bench.journeys.cases import StoreCase
from bench.journeys.shops import CART_BEFORE_ORDER, CartVisit, Customers, PlacedOrder, Shop
from bench.journeys.stores import SimulatedStore, customer_id_of, day_of, visitor_of
from experiments.accounting import ingestion, partitions
from experiments.accounting.customers import unit_of
from experiments.accounting.ingestion import EventRecord
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_orders
from experiments.assignment.allocation import WeightedVariant, choose_variant
from experiments.models import EventType, Exposure
from journeys.checks import points
from journeys.planning.batch import plan_batch

# What caps count; where it is changed to messages alone, control is never capped.
COUNTED = "sent.verdict IN ('send', 'control')"
COUNTED_WRONGLY = "sent.verdict = 'send'"


@dataclass
class Weeks:
    """What has happened in a store so far; ``values`` are the orders as they were paid, by their number."""

    simulated: SimulatedStore
    customers: Customers
    values: dict[int, int] = field(default_factory=dict)

    @property
    def shop(self) -> Shop:
        """What is simulated."""
        return self.simulated.case.shop


@contextmanager
def caps_of(case: StoreCase) -> Iterator[None]:
    """Have caps count what the case says."""
    changed = nullcontext()
    if case.is_capped_by_messages:
        statement = points.CONTACT_FACTS.replace(COUNTED, COUNTED_WRONGLY)
        if statement == points.CONTACT_FACTS:
            raise ValueError("The statement of the caps has changed: nothing would be counted wrongly.")
        changed = patch.object(points, "CONTACT_FACTS", statement)  # type: ignore[assignment]
    with changed:
        yield


def live_through(weeks: Weeks) -> None:
    """Let the store live from its launch to the end of the last window."""
    shop = weeks.shop
    since = 0.0
    with caps_of(weeks.simulated.case):
        for number in range(1, shop.rounds + 1):
            until = shop.days * number / shop.rounds
            bring_orders(weeks, since, until)
            bring_carts(weeks, since, until)
            plan(weeks, until)
            since = until
    bring_orders(weeks, since, shop.last_day)


def plan(weeks: Weeks, day: float) -> None:
    """Plan what is due, a batch of each journey in turn, as the worker does.

    Of a customer with several runs due at once the next one comes with the next round, when the first has its send
    point: a batch has one run a contact, and a batch for the few who have several costs as much as one for all.
    """
    for journey in weeks.simulated.journeys:
        plan_batch(journey.pk, day_of(day))


def bring_orders(weeks: Weeks, since: float, until: float) -> None:
    """Store the orders of a time, and again those that were paid back in it."""
    placed = between(weeks.customers.orders, since, until)
    lifted_from = lifted_since(weeks)
    for order in placed:
        weeks.values[order.number] = value_of(order, lifted_from.get(order.customer), weeks.simulated.case.lift)
    refunded = []
    for order in between(weeks.customers.orders, since - 40.0, until):
        if order.refunded_on is not None and since < order.refunded_on <= until:
            refunded.append(order)
    versions = [version_of(weeks, order, until) for order in (*placed, *refunded)]
    if versions:
        record_orders(weeks.simulated.store, versions)


def between(rows: Sequence[PlacedOrder], since: float, until: float) -> Sequence[PlacedOrder]:
    """Return what happened after ``since`` and up to ``until``, of rows in order."""
    days = [row.day for row in rows]
    return rows[bisect_right(days, since) : bisect_right(days, until)]


def lifted_since(weeks: Weeks) -> dict[int, float]:
    """Return by customer from which day on the first journey's message raises what they spend."""
    found: dict[int, float] = {}
    if not weeks.simulated.case.lift or "first" not in weeks.simulated.tests:
        return found
    treated = Exposure.objects.filter(experiment=weeks.simulated.tests["first"], variant__is_control=False)
    exposed_at = dict(treated.values_list("visitor_id", "exposed_at"))
    for customer in range(weeks.shop.customers):
        at = exposed_at.get(unit_of(f"i_{customer_id_of(customer)}"))
        if at is not None:
            found[customer] = (at - day_of(0)).total_seconds() / 86_400
    return found


def value_of(order: PlacedOrder, lifted_from: float | None, lift: float) -> int:
    """Return what was paid: more by the lift, after the message."""
    if lifted_from is None or order.day <= lifted_from:
        return order.value_minor
    return round(order.value_minor * (1 + lift))


def version_of(weeks: Weeks, order: PlacedOrder, until: float) -> OrderData:
    """Return an order as the shop sends it at a time."""
    value = weeks.values[order.number]
    refunds: tuple[RefundData, ...] = ()
    updated_on = order.day
    if order.refunded_on is not None and order.refunded_on <= until:
        updated_on = order.refunded_on
        refunds = (RefundData(external_id="1", amount_minor=value, at=day_of(updated_on)),)
    return OrderData(
        external_id=str(order.number),
        placed_at=day_of(order.day),
        updated_at=day_of(updated_on),
        currency=weeks.simulated.store.currency,
        lines=(LineData(sku="tea", quantity=1, price_minor=value),),
        subtotal_minor=value,
        total_minor=value,
        visitor_id=visitor_of(order.customer),
        customer_id=customer_id_of(order.customer),
        refunds=refunds,
    )


def bring_carts(weeks: Weeks, since: float, until: float) -> None:
    """Expose the visitors who looked at their cart, in the order of time."""
    experiment = weeks.simulated.tests.get("cart")
    if experiment is None:
        return
    visits = list(weeks.customers.carts)
    for order in weeks.customers.orders:
        visits.append(CartVisit(order.day - CART_BEFORE_ORDER, order.customer))
    first: dict[int, float] = defaultdict(lambda: until)
    for visit in visits:
        if since < visit.day <= until:
            first[visit.customer] = min(first[visit.customer], visit.day)
    variants = {variant.key: variant.pk for variant in experiment.variants.all()}
    arms = [WeightedVariant(key, 1) for key in variants]
    records = []
    for customer, day in first.items():
        visitor = visitor_of(customer)
        record = EventRecord(
            event_id=UUID(int=experiment.pk << 64 | round(day * 1_000) << 32 | customer),
            type=EventType.EXPOSURE,
            occurred_at=day_of(day),
            visitor_id=visitor,
            experiment_id=experiment.pk,
            variant_id=variants[choose_variant(experiment.salt, visitor, arms)],
            moment=experiment.moment,
        )
        records.append(record)
    received_at = day_of(until)
    if partitions.month_of(received_at) not in partitions.months():
        partitions.make(partitions.month_of(received_at))
    ingestion.record_events(weeks.simulated.store.pk, records, received_at=received_at)
