"""Whether a store's orders arrive whole: per day, by source, what was refused, and deliveries that were given up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.models import Delivery, DeliveryStatus
from dashboard.drawings.stacked_bars import BarValues, StackedBar, stacked_bars
from dashboard.setup.refusals import explain
from dashboard.setup.steps import source_name
from experiments import formatting
from experiments.models import COUNTED_STATUSES, Order, Rejection, Store
from experiments.reading.arrivals import HISTORY

DAYS = 28
MANY_UNMATCHED = 0.3  # phone orders and missing consent explain less than that
MOST_LETTERS = 20  # the admin lists them all
LONG_WAIT = timedelta(minutes=5)  # the worker takes a delivery within seconds
UNMATCHED = Q(visitor_id="", linked_visitor_id="")


@dataclass(frozen=True)
class DailyOrders:
    """A day's orders, and those of them without a visitor."""

    day: date
    orders: int
    unmatched: int

    @property
    def bar(self) -> BarValues:
        """The day as a bar: orders with a visitor below, those without on top."""
        orders = ngettext("%(day)s: %(count)s order", "%(day)s: %(count)s orders", self.orders) % {
            "day": date_format(self.day, "MONTH_DAY_FORMAT"),
            "count": formatting.count(self.orders),
        }
        text = _("%(orders)s, %(count)s without a visitor") % {
            "orders": orders,
            "count": formatting.count(self.unmatched),
        }
        parts = {"good": self.orders - self.unmatched, "warn": self.unmatched}
        return BarValues(formatting.short_day(self.day), text, parts)


@dataclass(frozen=True)
class OrderSource:
    """Where orders came from: how many, how many of them have no visitor, and when the last was placed."""

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
        today = self.now.astimezone(self.store.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=DAYS - 1)

    @property
    def recent_orders(self) -> QuerySet[Order]:
        """The orders that arrived; those imported from the past say nothing about what arrives."""
        return Order.objects.filter(store=self.store, placed_at__gte=self.since).exclude(source=HISTORY)

    @cached_property
    def days(self) -> list[DailyOrders]:
        """Every day, those without orders included."""
        # By the store's own midnight, so that the days are those of the shop's own list.
        rows = (
            self.recent_orders.filter(status__in=COUNTED_STATUSES)
            .values_list(TruncDate("placed_at", tzinfo=self.store.zone))
            .annotate(orders=Count("pk"), unmatched=Count("pk", filter=UNMATCHED))
            .order_by()
        )
        by_day = {}
        for day, orders, unmatched in rows:
            by_day[day] = DailyOrders(day, orders, unmatched)
        days = []
        for number in range(DAYS):
            day = self.since.date() + timedelta(days=number)
            days.append(by_day.get(day, DailyOrders(day, 0, 0)))
        return days

    @property
    def orders(self) -> int:
        """All orders of the time."""
        return sum(day.orders for day in self.days)

    @property
    def unmatched_share(self) -> float | None:
        """The share of orders without a visitor; None without orders."""
        if not self.orders:
            return None
        return sum(day.unmatched for day in self.days) / self.orders

    @property
    def has_many_unmatched(self) -> bool:
        """Whether more orders have no visitor than phone orders and missing consent explain."""
        return (self.unmatched_share or 0) > MANY_UNMATCHED

    @property
    def chart(self) -> list[StackedBar]:
        """A bar per day."""
        return stacked_bars([day.bar for day in self.days])

    @cached_property
    def sources(self) -> list[OrderSource]:
        """Where the orders came from, most of them first."""
        rows = (
            self.recent_orders.values_list("source")
            .annotate(orders=Count("pk"), unmatched=Count("pk", filter=UNMATCHED), last=Max("placed_at"))
            .order_by("-orders", "source")
        )
        sources = []
        for source, orders, unmatched, last_at in rows:
            sources.append(OrderSource(source_name(source), orders, unmatched, last_at))
        return sources

    @cached_property
    def refusals(self) -> list[Refusal]:
        """What was refused, the most frequent first."""
        rows = (
            Rejection.objects.filter(store=self.store, day__gte=self.since.date())
            .values_list("source", "code")
            .annotate(number=Sum("count"), last=Max("last_at"))
            .order_by("-number", "source", "code")
        )
        refusals = []
        for source, code, number, last_at in rows:
            refusals.append(Refusal(source, code, number, last_at, explain(source, code)))
        return refusals

    @property
    def wrong_prices(self) -> int:
        """How many accepted offers came with another price than the one that was signed."""
        number = 0
        for refusal in self.refusals:
            if refusal.code == "wrong_price":  # of any source
                number += refusal.number
        return number

    @cached_property
    def deliveries(self) -> dict[str, int]:
        """How many deliveries of shop systems are in which state; those waiting only where they wait too long."""
        deliveries = Delivery.objects.filter(connection__store=self.store)
        waiting = Q(status=DeliveryStatus.PENDING, received_at__lt=self.now - LONG_WAIT)
        failing = Q(status__in=(DeliveryStatus.FAILED, DeliveryStatus.DEAD))
        rows = deliveries.filter(waiting | failing).values_list("status").annotate(Count("pk")).order_by("status")
        return dict(rows)

    @cached_property
    def dead_letters(self) -> list[Delivery]:
        """The newest deliveries that were given up."""
        # Without their bodies: each may be megabytes, and the page shows none of it.
        dead = Delivery.objects.filter(connection__store=self.store, status=DeliveryStatus.DEAD).defer("body")
        return list(dead.select_related("connection").order_by("-received_at")[:MOST_LETTERS])
