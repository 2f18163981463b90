"""Lives the days of the demo's customers, one after the other, up to now: orders, parcels, journeys, messages.

Everything but the customers is real: orders are stored, runs begin, steps are checked and planned, and exposures are
recorded by the product's own functions, each at the time of its day. Messages of days that are over count as handed
over; those of the last day are left to the worker, which sends them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from demo.after_order import journeys_of_demo, ordering, parcels, reactions
from demo.after_order.customers import DAYS
from demo.after_order.ordering import DAY, SimulatedDay
from demo.after_order.problems import keep_problems
from demo.simulation.effects import SOURCE, Basket, past_baskets
from experiments.models import Order, OrderLine, Store
from journeys.customer_stages import refresh
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    CustomerMessage,
    Friction,
    Journey,
    MessageState,
    Run,
    SendPoint,
    Shipment,
    StageSettings,
)
from journeys.planning.rounds import plan_due

LONGEST_CATCH_UP = 30  # days: a demo that stood still for longer goes on as if it had only been so many
ANALYZED_AFTER = {2, 12, 40}  # days of the simulation
GROWING = (Order, OrderLine, Contact, Address, ConsentRecord, Shipment, Friction, Run, SendPoint, CustomerMessage)


@dataclass(slots=True)
class DaysLived:
    """What the days brought."""

    days: int = 0
    orders: int = 0
    planned: int = 0


def begin(store: Store, address: str, now: datetime) -> None:
    """Set up sender, offers and journeys, as of the first day of the simulation, where there are none."""
    began_at = now - DAYS * DAY
    with transaction.atomic():  # interrupted, all of it is made anew the next time
        journeys_of_demo.open_sender(store, address, now)
        journeys_of_demo.make_offers(store)
        for key, template in journeys_of_demo.demo_journeys().items():
            journeys_of_demo.launch_journey(store, key, template, began_at)


def catch_up(store: Store, now: datetime) -> DaysLived:
    """Live the days that are over and weren't lived yet."""
    lived = DaysLived()
    due = days_due(store, now)
    if not due:
        return lived
    baskets = past_baskets(store)
    ordering.keep_customers(store, due)
    for day in due:
        live(store, day, baskets, lived)
    return lived


def work_out_stages(store: Store, now: datetime) -> None:
    """Work out how far the customers are with what they bought, where somebody hasn't turned that off."""
    for stages in StageSettings.objects.filter(store=store, is_on=True).select_related("store"):
        refresh.refresh(stages, now)


def days_due(store: Store, now: datetime) -> list[SimulatedDay]:
    """Return the days that are over and weren't lived yet."""
    first_day = first_launch(store)
    if first_day is None:
        return []
    due = []
    for number in days_to_live(store, first_day, int((now - first_day) / DAY)):
        due.append(SimulatedDay(number=number, first_day=first_day))
    return due


def analyze() -> None:
    """Let the planner know tables that were empty a moment ago: it would read all of them for each row."""
    tables = ", ".join(model._meta.db_table for model in GROWING)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def first_launch(store: Store) -> datetime | None:
    """Return when the simulation began: with the first journey. It moves with the clock."""
    keys = list(journeys_of_demo.demo_journeys())
    return (
        Journey.objects.filter(store=store, key__in=keys)
        .order_by("started_at")
        .values_list("started_at", flat=True)
        .first()
    )


def days_to_live(store: Store, first_day: datetime, days: int) -> range:
    """Return the numbers of the days that are over and have no orders."""
    known = Order.objects.filter(store=store, source=SOURCE, customer_key__gt="", placed_at__gte=first_day)
    latest = known.aggregate(latest=Max("placed_at"))["latest"]
    if latest is None:
        return range(days)
    lived = int((latest - first_day) / DAY) + 1
    if lived < DAYS:  # interrupted while they were made: none of these days may be missing
        return range(lived, days)
    return range(max(lived, days - LONGEST_CATCH_UP), days)


def live(store: Store, day: SimulatedDay, baskets: Sequence[Basket], lived: DaysLived) -> None:
    """Live one day, in the order of its happenings: each sees what those before have left."""
    if day.number in ANALYZED_AFTER:
        analyze()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Statements of a few rows, hundreds of times: compiling each anew takes most of the time.
            cursor.execute("SET LOCAL jit = off")
        hand_over_old(store, day)
        sales = reactions.react(store, day)
        arrived = parcels.arrived_lately(store, day)
        sent_back = list(parcels.goods_sent_back(arrived, day))
        lived.orders += ordering.place_orders(store, day, baskets, sales=sales, sent_back=sent_back)
        late = parcels.move_parcels(store, day)
        keep_problems(store, [*late, *parcels.troubles(arrived, sent_back, day)])
        lived.planned += plan_due(day.ends_at)
    lived.days += 1


def hand_over_old(store: Store, day: SimulatedDay) -> None:
    """Count the messages of the days before as handed over."""
    hand_over(CustomerMessage.objects.filter(store=store, planned_at__lt=day.ends_at))


def hand_over(messages: QuerySet[CustomerMessage]) -> None:
    """Count those of the messages that wait as handed over, each by an ID of its own."""
    messages.filter(state=MessageState.PLANNED).update(
        state=MessageState.SENT,
        attempts=1,
        sent_at=F("planned_at"),
        provider_id=Concat(Value("<demo-"), Cast("pk", CharField()), Value(">")),
    )
