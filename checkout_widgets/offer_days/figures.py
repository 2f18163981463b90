"""Kept days -> the figures of offers over a span of days, all together or by what they have in common."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Self

from django.db.models import F, Min, QuerySet, Sum
from django.db.models.expressions import Combinable

from checkout_widgets.models import ShownDay, ShownUntil, SoldDay
from experiments.models import Store

REASONS = ("not_interested", "too_expensive", "have_it", "not_now")  # why visitors declined, as the snippet sends it
SHOWN = ("shown", "in_cart", "declined", "decided", "decision_ms", "viewed", "view_ms", *REASONS)
SOLD = ("taken", "bought", "revenue_minor", "refunded_minor", "cost_minor", "unknown_costs")


@dataclass(frozen=True, slots=True)
class OfferFigures:
    """How often offers were shown and what came of it; money in minor units of the store's currency.

    ``taken`` counts signed acceptances, ``in_cart`` those that the page reported in the cart, ``bought`` those in
    orders that count. ``revenue_minor`` is of their goods before refunds.
    """

    shown: int = 0
    in_cart: int = 0
    declined: int = 0
    decided: int = 0
    decision_ms: int = 0
    viewed: int = 0
    view_ms: int = 0
    not_interested: int = 0
    too_expensive: int = 0
    have_it: int = 0
    not_now: int = 0
    taken: int = 0
    bought: int = 0
    revenue_minor: int = 0
    refunded_minor: int = 0
    cost_minor: int = 0
    unknown_costs: int = 0

    def __add__(self, other: Self) -> Self:
        """Add up two spans or groups that have nothing in common."""
        sums = {}
        for field in fields(self):
            sums[field.name] = getattr(self, field.name) + getattr(other, field.name)
        return type(self)(**sums)

    def __sub__(self, other: Self) -> Self:
        """Take away a part of a group."""
        rest = {}
        for field in fields(self):
            rest[field.name] = getattr(self, field.name) - getattr(other, field.name)
        return type(self)(**rest)

    @property
    def reasoned(self) -> int:
        """How many said why they declined."""
        return self.not_interested + self.too_expensive + self.have_it + self.not_now

    @property
    def net_minor(self) -> int:
        """Revenue after refunds."""
        return self.revenue_minor - self.refunded_minor

    @property
    def profit_minor(self) -> int | None:
        """What remains of it after the cost of the goods; None where a cost is unknown."""
        if self.unknown_costs:
            return None
        return self.net_minor - self.cost_minor

    @property
    def take_rate(self) -> float | None:
        """Taken for each time that it was shown."""
        return ratio(self.taken, self.shown)

    @property
    def bought_rate(self) -> float | None:
        """Bought for each time that it was shown."""
        return ratio(self.bought, self.shown)

    @property
    def net_per_view_minor(self) -> float | None:
        """Revenue after refunds for each time that it was shown."""
        return ratio(self.net_minor, self.shown)

    @property
    def decision_seconds(self) -> float | None:
        """How long those who answered took, on average."""
        return ratio(self.decision_ms / 1000, self.decided)

    @property
    def view_seconds(self) -> float | None:
        """How long it was in view, on average, where pages told it."""
        return ratio(self.view_ms / 1000, self.viewed)


def ratio(part: float, whole: int) -> float | None:
    """Return a part of a whole; None of nothing."""
    if whole <= 0:
        return None
    return part / whole


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """Days on a store's calendar, both ends included."""

    first: date
    last: date


def figures_by(
    store: Store, span: CalendarSpan, group: str | Combinable, *, dimension: str = "", **narrowed: Any
) -> dict[Any, OfferFigures]:
    """Return the figures of the days by the value of a column, such as ``offer_id`` or ``variant__experiment__moment``.

    ``dimension``: of those visits alone of which it is known; its values are the column ``value``. ``narrowed`` limits
    the rows, as Django's ``filter`` does. Two queries, however many groups.
    """
    limits = {"store": store, "day__range": (span.first, span.last), "dimension": dimension, **narrowed}
    sums: dict[Any, dict[str, int]] = defaultdict(dict)
    for value, *row in summed(ShownDay.objects.filter(**limits), group, SHOWN):
        sums[value].update(zip(SHOWN, row, strict=True))
    for value, *row in summed(SoldDay.objects.filter(**limits), group, SOLD):
        sums[value].update(zip(SOLD, row, strict=True))
    return {value: OfferFigures(**found) for value, found in sums.items()}


def summed(days: QuerySet[Any], group: str | Combinable, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    """Query the sums of the columns by group: the group first, then the sums in the order of the names."""
    grouped = F(group) if isinstance(group, str) else group
    totals = {f"{name}_sum": Sum(name) for name in names}
    rows: QuerySet[Any, tuple[Any, ...]] = (
        days.annotate(grouped_by=grouped)
        .order_by()
        .values("grouped_by")
        .annotate(**totals)
        .values_list("grouped_by", *totals)
    )
    return rows


def total(figures: Mapping[Any, OfferFigures]) -> OfferFigures:
    """Add up groups that have nothing in common."""
    result = OfferFigures()
    for found in figures.values():
        result += found
    return result


def counted_until(store: Store) -> datetime | None:
    """Return up to when the store's events are counted; None before the first is."""
    return ShownUntil.objects.filter(store=store).values_list("at", flat=True).first()


def first_day(store: Store) -> date | None:
    """Return the first day that anything is kept of; None without one."""
    found = []
    for kept in (ShownDay, SoldDay):
        day = kept.objects.filter(store=store).aggregate(day=Min("day"))["day"]
        if day is not None:
            found.append(day)
    return min(found, default=None)
