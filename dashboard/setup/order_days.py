"""One day of a store's orders: what became of each, adding up to the shop's own total, and which wait for payment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import QueryDict

from experiments.models import Store
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

MOST_LISTED = 200
# What each fate means for whoever compares with the shop, and what to do where there is something to do.
NOTES = {
    Fate.COUNTED: "Included in the report of at least one test.",
    Fate.UNPAID: "The shopper started to pay and didn't finish. The order counts once it is paid.",
    Fate.DELETED: "Restore it in the shop if that was a mistake.",
    Fate.CANCELLED: "Cancelled, or the payment failed.",
    Fate.OTHER_CURRENCY: "Tests only compare amounts in the store's currency.",
    Fate.UNSIGNED: "The shop didn't send it. Connect the shop's webhooks or use the orders API.",
    Fate.RENEWAL: "The shop created it from an earlier order. You can count renewals in the store's settings.",
    Fate.COPY: "The shop created it from an earlier order. You can count copies in the store's settings.",
    Fate.NO_VISITOR: "Some are normal: phone orders, and shoppers who gave no consent.",
    Fate.NOT_EXPOSED: "The shopper wasn't in any test before the order.",
    Fate.OUTSIDE_WINDOW: "The shopper was in a test, but ordered after its attribution window ended.",
}


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
        return NOTES[self.sum.fate]

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
        """The day that an address asks for; where it asks for none, yesterday, the newest day that is complete."""
        today = now.astimezone(ZoneInfo(store.timezone)).date()
        return cls(store, now, asked_day(query.get("day", ""), today), asked_fate(query.get("fate", "")))

    @cached_property
    def reconciled(self) -> DayOfOrders:
        """What became of the day's orders."""
        return reconcile(self.store, self.day)

    @property
    def rows(self) -> list[FateRow]:
        """A row for each fate and currency, those that count first."""
        return [FateRow(one, self.query(self.day, one.fate)) for one in self.reconciled.sums]

    @property
    def totals(self) -> list[DayTotal]:
        """What the shop itself should show for the day, in each currency, the store's own first."""
        currencies = sorted(self.reconciled.totals, key=lambda currency: (currency != self.store.currency, currency))
        return [day_total(currency, self.reconciled) for currency in currencies]

    @cached_property
    def listed(self) -> list[OrderFate]:
        """The day's orders of the fate that was asked for."""
        if self.fate is None:
            return []
        return orders_of_day(self.store, self.day, fate=self.fate, most=MOST_LISTED)

    @property
    def is_list_cut(self) -> bool:
        """Whether there may be more orders than are listed."""
        return len(self.listed) == MOST_LISTED

    @property
    def today(self) -> date:
        """The store's day now."""
        return self.now.astimezone(ZoneInfo(self.store.timezone)).date()

    @property
    def day_before(self) -> str:
        """The address of the day before."""
        return self.query(self.day - timedelta(days=1))

    @property
    def day_after(self) -> str:
        """The address of the day after; empty for today."""
        return self.query(self.day + timedelta(days=1)) if self.day < self.today else ""

    def query(self, day: date, fate: Fate | None = None) -> str:
        """An address's query for a day of this store, and for the orders of a fate."""
        chosen = f"?store={self.store.slug}&day={day.isoformat()}"
        return f"{chosen}&fate={fate.value}#day" if fate else f"{chosen}#day"

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The orders that wait for their money, where there are any."""
        return [one for one in waiting_orders(self.store, self.now) if one.orders]


def day_total(currency: str, day: DayOfOrders) -> DayTotal:
    """What the fates of a day come to in one currency."""
    sums = [one for one in day.sums if one.currency == currency]
    return DayTotal(
        currency=currency,
        orders=sum(one.orders for one in sums),
        goods_minor=sum(one.goods_minor for one in sums),
        tax_minor=sum(one.tax_minor for one in sums),
        shipping_minor=sum(one.shipping_minor for one in sums),
        other_minor=sum(one.other_minor for one in sums),
        total_minor=day.totals[currency],
    )


def asked_day(text: str, today: date) -> date:
    """A day up to today, as an address names it; yesterday where it doesn't."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today - timedelta(days=1)
    return day if day.year >= 1970 and day <= today else today - timedelta(days=1)


def asked_fate(text: str) -> Fate | None:
    """A fate as an address names it; None where it doesn't."""
    return Fate(text) if text in Fate.values else None
