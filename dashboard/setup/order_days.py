"""One day of a store's orders: what became of each, adding up to the shop's own total, and which wait for payment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from experiments.models import Order, Store
from experiments.reading.reconciliation import (
    DayOfOrders,
    Fate,
    FateSum,
    OrderFate,
    Waiting,
    orders_of_day,
    reconcile,
    waiting_orders,
)
from experiments.reading.replica import read_late

MOST_LISTED = 200  # more is for an export, not for a page
# What each fate means for whoever compares with the shop, and what to do where there is something to do.
NOTES = {
    Fate.COUNTED: _("Included in the report of at least one test."),
    Fate.UNPAID: _("The shopper started to pay and didn't finish. The order counts once it is paid."),
    Fate.DELETED: _("Restore it in the shop if that was a mistake."),
    Fate.CANCELLED: _("The order was canceled, or the payment failed."),
    Fate.OTHER_CURRENCY: _("Tests only compare amounts in the store's currency."),
    Fate.UNSIGNED: _("The shop didn't send it. Connect the shop's webhooks or use the orders API."),
    Fate.RENEWAL: _("The shop created it from an earlier order. You can count renewals in the store's settings."),
    Fate.COPY: _("The shop created it from an earlier order. You can count copies in the store's settings."),
    Fate.NO_VISITOR: _("Some are normal: phone orders, and shoppers who gave no consent."),
    Fate.NOT_EXPOSED: _("The shopper wasn't in any test before the order."),
    Fate.OUTSIDE_WINDOW: _("The shopper was in a test, but ordered after its attribution window ended."),
}
FIRST_YEAR = 1970  # a day before that is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class FateRow:
    """The orders of a day with one fate, in one currency."""

    sum: FateSum
    query: str

    @property
    def label(self) -> str:
        """What became of them."""
        return str(self.sum.fate.label)

    @property
    def note(self) -> str:
        """What that means."""
        return str(NOTES[self.sum.fate])

    @property
    def is_counted(self) -> bool:
        """Whether they are in a test's report."""
        return self.sum.fate == Fate.COUNTED


@dataclass(frozen=True, slots=True)
class DayTotal:
    """All orders of a day in one currency, whatever became of them."""

    currency: str
    orders: int
    goods_minor: int
    tax_minor: int
    shipping_minor: int
    other_minor: int
    total_minor: int


@dataclass(frozen=True)
class OrderDayPage:
    """A store's day, as asked for; ``fate`` is that of the orders to list, None where none are listed."""

    store: Store
    now: datetime
    day: date
    fate: Fate | None

    @classmethod
    def of(cls, store: Store, now: datetime, query: QueryDict) -> "OrderDayPage":
        """Return the day that an address asks for, else the usual one."""
        # By the store's own midnight: the day has to be the one that the shop adds up.
        today = store.day_of(now)
        day = asked_day(query.get("day", ""), today)
        if day is None:
            day = usual_day(store, today)
        return cls(store, now, day, asked_fate(query.get("fate", "")))

    @cached_property
    def reconciled(self) -> DayOfOrders:
        """What became of the day's orders."""
        return read_late(partial(reconcile, self.store, self.day))

    @property
    def rows(self) -> list[FateRow]:
        """A row for each fate and currency, those that count first."""
        return [FateRow(fate_sum, self.query(self.day, fate_sum.fate)) for fate_sum in self.reconciled.sums]

    @property
    def totals(self) -> list[DayTotal]:
        """What the shop itself should show for the day, in each currency, the store's own first."""
        currencies = sorted(self.reconciled.totals)
        currencies.sort(key=self.is_foreign)  # stable: the others stay in their order
        return [day_total(currency, self.reconciled) for currency in currencies]

    def is_foreign(self, currency: str) -> bool:
        """Whether it isn't the store's own currency."""
        return currency != self.store.currency

    @cached_property
    def listed(self) -> list[OrderFate]:
        """The day's orders of the fate that was asked for."""
        if self.fate is None:
            return []
        return read_late(partial(orders_of_day, self.store, self.day, fate=self.fate, most=MOST_LISTED))

    @property
    def is_list_cut(self) -> bool:
        """Whether there may be more orders than are listed."""
        return len(self.listed) == MOST_LISTED

    @property
    def today(self) -> date:
        """The store's day now."""
        return self.store.day_of(self.now)

    @property
    def day_before(self) -> str:
        """The address of the day before."""
        return self.query(self.day - timedelta(days=1))

    @property
    def day_after(self) -> str:
        """The address of the day after; empty for today."""
        if self.day >= self.today:
            return ""
        return self.query(self.day + timedelta(days=1))

    def query(self, day: date, fate: Fate | None = None) -> str:
        """Return an address's query for a day of this store, and for the orders of a fate."""
        chosen = f"?store={self.store.slug}&day={day.isoformat()}"
        if fate is None:
            return f"{chosen}#day"
        return f"{chosen}&fate={fate.value}#day"

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The orders that wait for their money, where there are any."""
        waiting = read_late(partial(waiting_orders, self.store, self.now))
        return [orders for orders in waiting if orders.orders]


def day_total(currency: str, day: DayOfOrders) -> DayTotal:
    """Return what the fates of a day come to in one currency."""
    amounts = dict.fromkeys(("orders", "goods_minor", "tax_minor", "shipping_minor", "other_minor"), 0)
    for fate_sum in day.sums:
        if fate_sum.currency == currency:
            for name in amounts:
                amounts[name] += getattr(fate_sum, name)
    return DayTotal(currency=currency, total_minor=day.totals[currency], **amounts)


def asked_day(text: str, today: date) -> date | None:
    """Return a day up to today, as an address names it; None where it doesn't."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day.year < FIRST_YEAR or day > today:
        return None
    return day


def usual_day(store: Store, today: date) -> date:
    """Return yesterday, the newest day that is complete; today in a store whose first order came today."""
    first = Order.objects.filter(store=store).order_by("placed_at").values_list("placed_at", flat=True).first()
    if first is not None and store.day_of(first) == today:
        return today
    return today - timedelta(days=1)


def asked_fate(text: str) -> Fate | None:
    """Return a fate as an address names it; None where it doesn't."""
    if text not in Fate.values:
        return None
    return Fate(text)
