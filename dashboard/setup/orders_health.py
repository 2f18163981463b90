"""Whether a store's orders arrive whole: per day, by source, what was refused, and deliveries that were given up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDate

from checkout_widgets.models import Delivery, DeliveryStatus
from dashboard.drawings.stacked_bars import StackedBar, bars
from dashboard.setup import refusals
from dashboard.setup.steps import source_name
from experiments.models import COUNTED_STATUSES, Order, Rejection, Store
from experiments.reading.arrivals import HISTORY

DAYS = 28
MANY_UNMATCHED = 0.3
MOST_LETTERS = 20
LONG_WAIT = timedelta(minutes=5)
UNMATCHED = Q(visitor_id="", linked_visitor_id="")


@dataclass(frozen=True)
class DailyOrders:
    """A day's orders, and those of them that are no visitor's."""

    day: date
    orders: int
    unmatched: int


@dataclass(frozen=True)
class OrderSource:
    """Where orders came from: how many, how many of them are no visitor's, and when the last was placed."""

    source: str
    orders: int
    unmatched: int
    last_at: datetime


@dataclass(frozen=True)
class Refusal:
    """How often something was refused for one reason, and the last time; ``text`` says what it means and what to do."""

    source: str
    code: str
    number: int
    last_at: datetime
    text: str


@dataclass(frozen=True)
class OrdersHealth:
    """The last ``DAYS`` days of a store's orders, up to ``now``."""

    store: Store
    now: datetime

    @property
    def since(self) -> datetime:
        """When the first of the days begins, in the store's timezone."""
        today = self.now.astimezone(ZoneInfo(self.store.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=DAYS - 1)

    @cached_property
    def days(self) -> list[DailyOrders]:
        """Every day, those without orders included."""
        zone = ZoneInfo(self.store.timezone)
        rows = (
            Order.objects.filter(store=self.store, placed_at__gte=self.since, status__in=COUNTED_STATUSES)
            .exclude(source=HISTORY)
            .values_list(TruncDate("placed_at", tzinfo=zone))
            .annotate(orders=Count("pk"), unmatched=Count("pk", filter=UNMATCHED))
            .order_by()
        )
        found = {day: DailyOrders(day, orders, unmatched) for day, orders, unmatched in rows}
        first = self.since.date()
        every = [first + timedelta(days=number) for number in range(DAYS)]
        return [found.get(day, DailyOrders(day, 0, 0)) for day in every]

    @property
    def orders(self) -> int:
        """All orders of the time."""
        return sum(day.orders for day in self.days)

    @property
    def unmatched_share(self) -> float | None:
        """The share of orders that are no visitor's; None without orders."""
        return sum(day.unmatched for day in self.days) / self.orders if self.orders else None

    @property
    def has_many_unmatched(self) -> bool:
        """Whether more orders are nobody's than telephone and missing consent explain."""
        return (self.unmatched_share or 0) > MANY_UNMATCHED

    @property
    def chart(self) -> list[StackedBar]:
        """A bar per day: orders with a visitor below, those without on top."""
        return bars([(f"{day.day:%-d %b}", told(day), parts(day)) for day in self.days])

    @cached_property
    def sources(self) -> list[OrderSource]:
        """Where the orders came from, most of them first."""
        rows = (
            Order.objects.filter(store=self.store, placed_at__gte=self.since)
            .exclude(source=HISTORY)
            .values_list("source")
            .annotate(orders=Count("pk"), unmatched=Count("pk", filter=UNMATCHED), last=Max("placed_at"))
            .order_by("-orders", "source")
        )
        return [OrderSource(source_name(source), *rest) for source, *rest in rows]

    @cached_property
    def refusals(self) -> list[Refusal]:
        """What was refused, the most frequent first."""
        rows = (
            Rejection.objects.filter(store=self.store, day__gte=self.since.date())
            .values_list("source", "code")
            .annotate(number=Sum("count"), last=Max("last_at"))
            .order_by("-number", "source", "code")
        )
        return [
            Refusal(source, code, number, last, refusals.explain(source, code)) for source, code, number, last in rows
        ]

    @property
    def wrong_prices(self) -> int:
        """How many accepted offers came with another price than the one that was signed."""
        return sum(refusal.number for refusal in self.refusals if refusal.code == "wrong_price")

    @cached_property
    def deliveries(self) -> dict[str, int]:
        """How many deliveries of shop systems are in which state; those waiting only where they wait too long."""
        kept = Delivery.objects.filter(connection__store=self.store)
        waiting = Q(status=DeliveryStatus.PENDING, received_at__lt=self.now - LONG_WAIT)
        states = Q(status__in=(DeliveryStatus.FAILED, DeliveryStatus.DEAD))
        rows = kept.filter(waiting | states).values_list("status").annotate(Count("pk")).order_by("status")
        return dict(rows)

    @cached_property
    def dead_letters(self) -> list[Delivery]:
        """The newest deliveries that were given up, without their bodies."""
        dead = Delivery.objects.filter(connection__store=self.store, status=DeliveryStatus.DEAD).defer("body")
        return list(dead.select_related("connection").order_by("-received_at")[:MOST_LETTERS])


def parts(day: DailyOrders) -> list[tuple[str, float]]:
    """A day as the parts of a bar."""
    return [("good", day.orders - day.unmatched), ("warn", day.unmatched)]


def told(day: DailyOrders) -> str:
    """A day in words."""
    return f"{day.day:%-d %B}: {day.orders:,} orders, {day.unmatched:,} without a visitor"
