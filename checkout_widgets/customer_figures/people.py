"""Customers, one entry each, from the days on which they bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checkout_widgets.customer_figures.document import Horizon
from checkout_widgets.customer_figures.reading import PurchaseDays
from experiments.reading.number_rows import Numbers
from experiments.statistics.lifetime import GroupedCustomers, Histories, Spending

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

HORIZONS = (30, 90, 180, 365)
MOST_DAYS = 1 << 15  # 89 years: more than any customer's history has, so that four numbers fit into one


@dataclass(frozen=True, slots=True)
class People:
    """A store's customers; shape (customers,) but for ``bought`` and ``since_first``, which are by purchase day.

    ``repeats``: days with purchases after the first one; ``repeat_revenue``: what was spent on them. Orders of one day
    count as one.
    """

    bought: PurchaseDays
    since_first: Numbers
    first_day: Numbers
    newest_day: Numbers
    repeats: Numbers
    categories: Numbers
    first_revenue: Numbers
    revenue: Numbers

    @classmethod
    def of(cls, bought: PurchaseDays) -> People:
        """Return the customers who bought."""
        size = int(bought.customers[-1]) + 1 if len(bought.customers) else 0
        begins = np.searchsorted(bought.customers, np.arange(size))
        ends = np.searchsorted(bought.customers, np.arange(size), side="right")
        first_day = bought.days[begins]
        return cls(
            bought=bought,
            since_first=bought.days - first_day[bought.customers],
            first_day=first_day,
            newest_day=bought.days[ends - 1],
            repeats=ends - begins - 1,
            categories=bought.categories[begins],
            first_revenue=bought.revenue[begins],
            revenue=summed(bought.customers, bought.revenue, size),
        )

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.first_day)

    @property
    def repeat_revenue(self) -> Numbers:
        """What each spent after the first day."""
        return self.revenue - self.first_revenue

    @property
    def months(self) -> NDArray[np.datetime64]:
        """The month of each one's first order."""
        return months_of(self.first_day)

    def bought_between(self, after: int, until: int) -> Truths:
        """Return who bought later than so many days after the first purchase, and up to so many."""
        is_between = (self.since_first > after) & (self.since_first <= until)
        found = np.zeros(self.size, dtype=np.bool_)
        found[self.bought.customers[is_between]] = True
        return found

    def revenue_within(self, days: int) -> Numbers:
        """Return what each spent within so many days after the first purchase."""
        is_within = self.since_first <= days
        return summed(self.bought.customers[is_within], self.bought.revenue[is_within], self.size)

    def horizons(self, groups: Numbers, size: int, last_day: int) -> list[list[Horizon]]:
        """Return for each of the groups, numbered from 0, what its customers did within each horizon."""
        found: list[list[Horizon]] = [[] for _ in range(size)]
        before = 0
        for days in HORIZONS:
            is_over = self.first_day + days <= last_day
            again, active = self.bought_between(0, days) & is_over, self.bought_between(before, days) & is_over
            columns = (is_over, again, active, self.revenue_within(days) * is_over)
            for group, numbers in enumerate(zip(*(counted(groups, column, size) for column in columns), strict=True)):
                found[group].append(Horizon(days, *numbers))
            before = days
        return found

    def grouped(self, last_day: int, parts: Numbers | None = None) -> GroupedCustomers:
        """Return the customers as forecasts take them: those of one history together.

        ``parts``: a number for each customer, from 0; None for one part.
        """
        if parts is None:
            parts = np.zeros(self.size, dtype=np.int64)
        ages, recencies = last_day - self.first_day, self.newest_day - self.first_day
        keys = ((parts * MOST_DAYS + self.repeats) * MOST_DAYS + recencies) * MOST_DAYS + ages
        _, firsts, places, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        # Who got more back than was spent has shown no order's value.
        spent = np.maximum(self.repeat_revenue, 0).astype(np.float64)
        return GroupedCustomers(
            histories=Histories(
                frequency=self.repeats[firsts].astype(np.float64),
                recency=recencies[firsts].astype(np.float64),
                age=ages[firsts].astype(np.float64),
                customers=counts.astype(np.float64),
            ),
            spent=np.bincount(places, weights=spent, minlength=len(firsts)).astype(np.float64),
            spent_squared=np.bincount(places, weights=spent**2, minlength=len(firsts)).astype(np.float64),
            part=parts[firsts],
        )

    def spending(self) -> Spending:
        """Return what repeat orders were worth, of those who spent anything on them."""
        is_known = (self.repeats > 0) & (self.repeat_revenue > 0)
        frequency = self.repeats[is_known].astype(np.float64)
        return Spending(frequency, self.repeat_revenue[is_known] / frequency)


def months_of(days: Numbers) -> NDArray[np.datetime64]:
    """Return the month of each day since 1970."""
    months: NDArray[np.datetime64] = days.astype("datetime64[D]").astype("datetime64[M]")
    return months


def summed(places: Numbers, values: Numbers, size: int) -> Numbers:
    """Add up whole numbers by place, exactly: in floats, the sums of a big store's yen would lose their last digits."""
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, places, values)
    return totals


def counted(groups: Numbers, column: Numbers | Truths, size: int) -> list[int]:
    """Add up a column by group, as whole numbers."""
    totals: list[int] = summed(groups, column.astype(np.int64), size).tolist()
    return totals
