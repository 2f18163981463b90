"""Reads what a store's customers bought, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from experiments.accounting.order_parts import PARTS
from experiments.models import Store
from experiments.reading.number_rows import Numbers, read_numbers
from experiments.reading.replica import copy_out
from experiments.sql_files import read_sql

PURCHASE_DAYS = read_sql(__file__, "purchase_days")
OF_ONE = "= %(customer_key)s"
OF_ALL = "<> ''"
COLUMNS = 4  # customer, day, categories, revenue
FIRST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class PurchaseDays:
    """The days on which customers bought something, those of a customer together and by time; shape (entries,).

    - ``customers``: numbered from 0; ``days``: since 1970, by the store's clock.
    - ``categories``: how many the first order of the day has; ``revenue``: net of refunds, in minor units.
    """

    customers: Numbers
    days: Numbers
    categories: Numbers
    revenue: Numbers

    @classmethod
    def sort(cls, keys: Numbers, days: Numbers, categories: Numbers, revenue: Numbers) -> PurchaseDays:
        """Return the entries in their order; ``keys``: any numbers that tell customers apart."""
        places = np.lexsort((days, keys))
        keys = keys[places]
        is_next = np.zeros(len(keys), dtype=np.int64)
        is_next[1:] = keys[1:] != keys[:-1]
        return cls(np.cumsum(is_next), days[places], categories[places], revenue[places])

    def until(self, day: int) -> PurchaseDays:
        """Return what was bought up to the end of a day; whoever came later isn't among the customers."""
        kept = self.days <= day
        numbers = np.unique(self.customers[kept], return_inverse=True)[1].astype(np.int64)
        return PurchaseDays(numbers, self.days[kept], self.categories[kept], self.revenue[kept])


def last_whole_day(store: Store, now: datetime) -> date:
    """Return the last day that is over by the store's clock."""
    return store.day_of(now) - timedelta(days=1)


def read_purchase_days(store: Store, last_day: date, *, customer_key: str = "") -> PurchaseDays:
    """Return what the store's known customers bought up to the end of a day, or one of them."""
    whose = OF_ALL
    if customer_key:
        whose = OF_ONE
    query = PURCHASE_DAYS.format(whose=whose, **PARTS)
    until = store.begin_of(last_day + timedelta(days=1))
    parameters = {"store_id": store.pk, "zone": store.zone.key, "until": until, "customer_key": customer_key}
    with copy_out(f"COPY ({query}) TO STDOUT", parameters) as rows:
        return PurchaseDays.sort(*read_numbers(rows, COLUMNS))


def number_of(day: date) -> int:
    """Return a day as days since 1970."""
    return (day - FIRST).days


def day_of(number: int) -> date:
    """Return the day of a number of days since 1970."""
    return FIRST + timedelta(days=number)
