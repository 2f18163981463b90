"""What became of every order of a day, and which orders wait for their money: what the setup page shows.

Each order has one fate: it is counted for a test, or it is not and for one reason. The sums of all fates are the shop's
own total of the day, so that a page can say where the difference lies between a report and what the shop itself shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from experiments.models import Moment, Order, OrderStatus, Store
from experiments.models.experiment_choices import LEADING_ORDER_HOURS
from experiments.reading.replica import read_connection
from experiments.sql_files import read_sql

WAITING_DAYS = 30  # what is unpaid for longer won't be paid any more
LONG_WAIT = timedelta(days=7)  # longer than a bank transfer takes
INSTANT = timedelta(microseconds=1)  # the shortest that the database tells apart


class Fate(TextChoices):
    """What became of an order; of several reasons the first in this order."""

    UNPAID = "unpaid", _("Not paid yet")
    DELETED = "deleted", _("Deleted in the shop")
    CANCELLED = "cancelled", _("Canceled")
    OTHER_CURRENCY = "other_currency", _("In another currency")
    UNSIGNED = "unsigned", _("Reported only by the shopper's browser")
    RENEWAL = "renewal", _("Renewal of an earlier order")
    COPY = "copy", _("Copy of an earlier order")
    NO_VISITOR = "no_visitor", _("No known visitor")
    NOT_EXPOSED = "not_exposed", _("Visitor wasn't in a test before the order")
    OUTSIDE_WINDOW = "outside_window", _("Placed after the attribution window")
    COUNTED = "counted", _("Counted")


IS_UNSIGNED_COUNTED = """(store.unsigned_orders = 'always'
    OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL))"""
FATES = read_sql(__file__, "fates").format(
    is_unsigned_counted=IS_UNSIGNED_COUNTED, confirmation_hours=LEADING_ORDER_HOURS[Moment.CONFIRMATION]
)
SUMS = FATES + read_sql(__file__, "fate_sums")
ORDERS = f"""{FATES}
-- result: one row an order
SELECT external_id, placed_at, currency, total_minor, fate FROM fate
WHERE %(fate)s::text IS NULL OR fate = %(fate)s ORDER BY placed_at, external_id LIMIT %(most)s
"""  # noqa: S608 -- a constant of ours
ONE_FATE = FATES + read_sql(__file__, "one_fate")


@dataclass(frozen=True, slots=True)
class FateSum:
    """The orders of a day that share a fate and a currency, in minor units of that.

    ``total_minor`` is what the shop itself shows: ``goods_minor`` after discounts, ``tax_minor``, ``shipping_minor``
    and ``other_minor`` (fees, tips, gift cards; below zero where prices contain the tax already) add up to it.
    ``refunded_minor`` is what was paid back of the goods, and not taken off here.
    """

    fate: Fate
    currency: str
    orders: int
    total_minor: int
    goods_minor: int
    tax_minor: int
    shipping_minor: int
    refunded_minor: int

    def place(self) -> tuple[int, str]:
        """Give the place in a list: counted orders first, then in the order of ``Fate``."""
        order = [Fate.COUNTED, *Fate]
        return order.index(self.fate), self.currency

    @property
    def other_minor(self) -> int:
        """What of the total is neither goods, nor tax, nor shipping."""
        return self.total_minor - self.goods_minor - self.tax_minor - self.shipping_minor


@dataclass(frozen=True, slots=True)
class DayOfOrders:
    """A store's day: what became of every order placed on it, by the store's clock; counted orders first."""

    day: date
    currency: str
    sums: tuple[FateSum, ...]

    @property
    def orders(self) -> int:
        """All orders of the day."""
        return sum(one.orders for one in self.sums)

    @property
    def totals(self) -> dict[str, int]:
        """The shop's own total of the day by currency, whatever became of the orders."""
        totals: dict[str, int] = {}
        for one in self.sums:
            totals[one.currency] = totals.get(one.currency, 0) + one.total_minor
        return totals

    @property
    def counted(self) -> list[FateSum]:
        """What counts for a test."""
        return [one for one in self.sums if one.fate == Fate.COUNTED]

    @property
    def left_out(self) -> list[FateSum]:
        """What doesn't, by reason."""
        return [one for one in self.sums if one.fate != Fate.COUNTED]


@dataclass(frozen=True, slots=True)
class OrderFate:
    """One order of a day and what became of it."""

    external_id: str
    placed_at: datetime
    currency: str
    total_minor: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Waiting:
    """A store's orders of the last ``WAITING_DAYS`` days whose money is still to come.

    Those ``PENDING`` don't count until they are paid; those ``ON_HOLD`` (cash on delivery, bank transfers) count until
    they are cancelled. ``long`` of them wait for more than a week. ``oldest_at`` and ``newest_at`` are when the first
    and the last was placed; None without orders. The total is of those in the store's currency.
    """

    status: OrderStatus
    orders: int
    long: int
    total_minor: int
    oldest_at: datetime | None
    newest_at: datetime | None


def reconcile(store: Store, day: date) -> DayOfOrders:
    """Read what became of the orders that were placed on this day of the store: one query.

    The orders of all fates together are all that we know of the day; what the shop shows beyond them never arrived.
    """
    with read_connection().cursor() as cursor:
        cursor.execute(SUMS, span(store, day))
        rows = cursor.fetchall()
    sums = []
    for fate, currency, *numbers in rows:
        sums.append(FateSum(Fate(fate), currency, *map(int, numbers)))
    sums.sort(key=FateSum.place)
    return DayOfOrders(day, store.currency, tuple(sums))


def orders_of_day(store: Store, day: date, *, fate: Fate | None = None, most: int = 200) -> list[OrderFate]:
    """List the orders of this day of the store by time, of one fate or of all; ``most`` of them."""
    with read_connection().cursor() as cursor:
        cursor.execute(ORDERS, {**span(store, day), "fate": fate, "most": most})
        rows = cursor.fetchall()
    orders = []
    for external_id, placed_at, currency, total_minor, name in rows:
        orders.append(OrderFate(external_id, placed_at, currency, total_minor, Fate(name)))
    return orders


def fate_of(store: Store, external_id: str, placed_at: datetime) -> Fate:
    """Read what became of one order of the store, which was placed at this time."""
    parameters = {**from_until(store, placed_at, placed_at + INSTANT), "external_id": external_id}
    with read_connection().cursor() as cursor:
        cursor.execute(ONE_FATE, parameters)
        ((name,),) = cursor.fetchall()
    return Fate(name)


def from_until(store: Store, begins: datetime, ends: datetime) -> Mapping[str, Any]:
    """Give a span of time as parameters of the queries; the end isn't part of it."""
    return {"store_id": store.pk, "begins": begins, "ends": ends}


def span(store: Store, day: date) -> Mapping[str, Any]:
    """Give the day by the store's clock, which may have 23 or 25 hours, as parameters of the queries."""
    zone = store.zone
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    ends = datetime(following.year, following.month, following.day, tzinfo=zone)
    return from_until(store, begins, ends)


def waiting_orders(store: Store, now: datetime) -> list[Waiting]:
    """Count the orders that wait for their money: those that don't count until then, then those that do."""
    recent = Order.objects.filter(
        store=store,
        placed_at__gte=now - timedelta(days=WAITING_DAYS),
        status__in=(OrderStatus.PENDING, OrderStatus.ON_HOLD),
    )
    by_status = (
        recent.order_by()  # the model's own order would group by each order
        .values("status")
        .annotate(
            orders=Count("pk"),
            long=Count("pk", filter=Q(placed_at__lt=now - LONG_WAIT)),
            total=Sum("total_minor", filter=Q(currency=store.currency)),
            oldest=Min("placed_at"),
            newest=Max("placed_at"),
        )
    )
    rows: dict[str, Mapping[str, Any]] = {}
    for row in by_status:
        rows[row["status"]] = row
    return [waiting(status, rows.get(status, {})) for status in (OrderStatus.PENDING, OrderStatus.ON_HOLD)]


def waiting(status: OrderStatus, row: Mapping[str, Any]) -> Waiting:
    """Turn a row of the query into what waits; without one nothing does."""
    return Waiting(
        status,
        row.get("orders", 0),
        row.get("long", 0),
        row.get("total") or 0,
        row.get("oldest"),
        row.get("newest"),
    )
