"""Parcels of a day: sent, under way, late, and arrived; and what goes wrong with what was in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.db import connection

from demo.after_order.customers import luck_of
from demo.after_order.ordering import DAY, SentBack, SimulatedDay, is_basket, is_simulated
from demo.after_order.problems import Problem
from demo.simulation.effects import SOURCE
from experiments.models import COUNTED_STATUSES, Order, Store
from experiments.sql_columns import columns_of
from journeys.contacts.shipments import GRACE
from journeys.models import FrictionKind, Shipment
from journeys.triggers.orders import begin_runs

CARRIER = "demo"
PROMISED_DAYS = 3
IN_TIME_DAYS, LATE_DAYS = (1.3, 2.9), (4.5, 8.0)
LATE_SHARE, RETURN_SHARE, TICKET_SHARE = 0.05, 0.05, 0.03
ANSWERED_AFTER = timedelta(days=2)  # a ticket
LONGEST_WAY = timedelta(days=12)
LONGEST_TROUBLE = timedelta(days=10)  # after an arrival, nothing more happens
SELLERS = (SOURCE, "api")  # the demo shop's own orders travel, too
DELIVER = """
UPDATE journeys_shipment AS parcel SET delivered_at = arrived.at, updated_at = arrived.at
FROM unnest(%(parcel_id)s::bigint[], %(arrives_at)s::timestamptz[]) AS arrived (parcel_id, at)
WHERE parcel.id = arrived.parcel_id
"""


class ParcelPlan(NamedTuple):
    """What becomes of an order's parcel, in days: on the way, and from its arrival to a return or a ticket."""

    transit_days: float
    return_after: float | None
    ticket_after: float | None


@cache
def plan_of(number: str) -> ParcelPlan:
    """Draw what becomes of the parcel of the order with this number; the demo's visitor keeps what arrives."""
    luck = luck_of("parcel", number)
    if not is_simulated(number):
        return ParcelPlan(luck.uniform(*IN_TIME_DAYS), None, None)
    days = IN_TIME_DAYS
    if luck.random() < LATE_SHARE:
        days = LATE_DAYS
    transit_days = luck.uniform(*days)
    return_after = ticket_after = None
    if luck.random() < RETURN_SHARE:
        return_after = luck.uniform(2, 6)
    if luck.random() < TICKET_SHARE:
        ticket_after = luck.uniform(1, 4)
    return ParcelPlan(transit_days, return_after, ticket_after)


class Parcel(NamedTuple):
    """A parcel that was sent, with its order's number and customer."""

    parcel_id: int
    order_id: int
    number: str
    customer_key: str
    shipped_at: datetime
    expected_at: datetime

    @property
    def arrives_at(self) -> datetime:
        """When it arrives."""
        return self.shipped_at + timedelta(days=plan_of(self.number).transit_days)

    @property
    def noted_late_at(self) -> datetime:
        """When it is called late, unless it has arrived."""
        return self.expected_at + GRACE

    def late(self, closed_at: datetime | None = None) -> Problem:
        """Return the problem that it is late, or was."""
        return Problem(
            customer_key=self.customer_key,
            kind=FrictionKind.LATE,
            external_id=f"parcel:{self.parcel_id}",
            opened_at=self.expected_at,
            closed_at=closed_at,
        )


@dataclass(slots=True)
class ParcelDay:
    """What a day's parcels led to."""

    arrived: list[Parcel] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def move_parcels(store: Store, day: SimulatedDay) -> list[Problem]:
    """Send what was ordered the day before, deliver what has arrived today, and return what is late or no longer."""
    send_parcels(store, day)
    moved = ParcelDay()
    for parcel in under_way(store, day):
        has_arrived = parcel.arrives_at <= day.ends_at
        if has_arrived:
            moved.arrived.append(parcel)
        if has_arrived and parcel.arrives_at > parcel.noted_late_at:
            moved.problems.append(parcel.late(closed_at=parcel.arrives_at))
        elif not has_arrived and day.began_at < parcel.noted_late_at <= day.ends_at:
            moved.problems.append(parcel.late())
    deliver(store, moved.arrived)
    return moved.problems


def send_parcels(store: Store, day: SimulatedDay) -> None:
    """Send the parcels of the orders that are a day old and have none."""
    orders = Order.objects.filter(
        store=store, source__in=SELLERS, status__in=COUNTED_STATUSES, placed_at__lte=day.began_at, shipments=None
    )
    orders = orders.exclude(customer_key="").filter(placed_at__gt=day.began_at - 2 * DAY)
    parcels = []
    for order_id, number, placed_at in orders.values_list("pk", "external_id", "placed_at"):
        sent_at = min(placed_at + DAY, day.ends_at)
        parcel = Shipment(
            order_id=order_id,
            external_id=f"{number}-1",
            source=CARRIER,
            shipped_at=sent_at,
            expected_at=sent_at + timedelta(days=PROMISED_DAYS),
            updated_at=sent_at,
        )
        parcels.append(parcel)
    Shipment.objects.bulk_create(parcels)


def under_way(store: Store, day: SimulatedDay) -> Iterable[Parcel]:
    """Return the parcels that were sent and haven't arrived."""
    sent = Shipment.objects.filter(order__store=store, source=CARRIER, delivered_at=None)
    sent = sent.filter(shipped_at__gt=day.ends_at - LONGEST_WAY)
    names = ("pk", "order_id", "order__external_id", "order__customer_key", "shipped_at", "expected_at")
    return [Parcel._make(row) for row in sent.values_list(*names)]


def deliver(store: Store, arrived: list[Parcel]) -> None:
    """Note that parcels arrived, which begins journeys."""
    if not arrived:
        return
    with connection.cursor() as cursor:
        cursor.execute(DELIVER, columns_of(("parcel_id", "arrives_at"), arrived))
    begin_runs(store.pk, [parcel.order_id for parcel in arrived])


class ArrivedOrder(NamedTuple):
    """An order whose parcel arrived: its number, its customer, and when."""

    number: str
    customer_key: str
    arrived_at: datetime

    def ticket(self, opened_at: datetime, closed_at: datetime | None) -> Problem:
        """Return a ticket about it."""
        return Problem(
            customer_key=self.customer_key,
            kind=FrictionKind.TICKET,
            external_id=f"T-{self.number}",
            opened_at=opened_at,
            closed_at=closed_at,
        )


def arrived_lately(store: Store, day: SimulatedDay) -> list[ArrivedOrder]:
    """Return the orders that arrived in the days in which there may still be trouble."""
    arrived = Shipment.objects.filter(
        order__store=store, source=CARRIER, delivered_at__gt=day.began_at - LONGEST_TROUBLE
    )
    rows = arrived.values_list("order__external_id", "order__customer_key", "delivered_at")
    return [ArrivedOrder._make(row) for row in rows]


def goods_sent_back(arrived: Iterable[ArrivedOrder], day: SimulatedDay) -> Iterator[SentBack]:
    """Yield the orders whose goods come back today."""
    for order in arrived:
        after = plan_of(order.number).return_after
        if is_basket(order.number) and is_today(order.arrived_at, after, day):
            yield SentBack(order.number, order.arrived_at + timedelta(days=after or 0))


def troubles(arrived: Iterable[ArrivedOrder], sent_back: Iterable[SentBack], day: SimulatedDay) -> Iterator[Problem]:
    """Yield the returns and tickets of today, and the tickets that are answered."""
    keys = {order.number: order.customer_key for order in arrived}
    for goods in sent_back:
        yield Problem(
            customer_key=keys[goods.number],
            kind=FrictionKind.RETURN,
            external_id=f"{goods.number}:r1",
            opened_at=goods.at,
            closed_at=goods.at,
        )
    for order in arrived:
        after = plan_of(order.number).ticket_after
        if is_today(order.arrived_at, after, day):
            yield order.ticket(order.arrived_at + timedelta(days=after or 0), None)
        if is_today(order.arrived_at + ANSWERED_AFTER, after, day):
            opened_at = order.arrived_at + timedelta(days=after or 0)
            yield order.ticket(opened_at, opened_at + ANSWERED_AFTER)


def is_today(since: datetime, days: float | None, day: SimulatedDay) -> bool:
    """Whether what happens so many days after a time happens on this day."""
    return days is not None and day.began_at < since + timedelta(days=days) <= day.ends_at
