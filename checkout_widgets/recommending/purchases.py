"""What was bought, as arrays: one entry for each product of an order, those of a customer together and by time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

AFTER_ALL_TIMES = 1 << 32  # minutes: more than any order's, so that customers stay apart


@dataclass(frozen=True)
class Purchases:
    """Products of orders, by their places: orders, customers and products are counted from 0.

    Entries are sorted by customer, then by order, and a customer's orders are counted by time, so that all that
    somebody bought later stands behind. ``minutes`` is when the order was placed, in minutes since 1970. Each order
    whose customer is unknown has a customer of its own, with ``is_known`` false.
    """

    customers: Numbers
    orders: Numbers
    products: Numbers
    minutes: Numbers
    is_known: NDArray[np.bool_]
    size: int  # how many products there are, those that nobody bought too

    @classmethod
    def sort(cls, *, customers: Numbers, orders: Numbers, products: Numbers, minutes: Numbers, size: int) -> Purchases:
        """Make purchases of entries in any order.

        Customers and orders are any numbers that tell them apart; customer 0 is an unknown one. A product that is in an
        order twice counts once.
        """
        is_known = customers != 0
        # Below every known one, and told apart by their orders, which are never below 0.
        told_apart = np.where(is_known, _places(customers), -1 - orders)
        places = np.lexsort((products, orders, minutes, told_apart))
        told_apart, orders, products = told_apart[places], orders[places], products[places]
        is_first = np.ones(len(places), dtype=bool)
        is_first[1:] = (np.diff(orders) != 0) | (np.diff(products) != 0) | (np.diff(told_apart) != 0)
        return cls(
            customers=_runs(told_apart[is_first]),
            orders=_runs(orders[is_first]),
            products=products[is_first],
            minutes=minutes[places][is_first],
            is_known=is_known[places][is_first],
            size=size,
        )

    @cached_property
    def order_begins(self) -> Numbers:
        """Where each order begins among the entries, and at last where the entries end."""
        return _begins(self.orders)

    @cached_property
    def by_product(self) -> Numbers:
        """The entries, those of one product together and in their own order."""
        return np.argsort(self.products, kind="stable")

    @cached_property
    def product_begins(self) -> Numbers:
        """Where each product begins in ``by_product``, and at last where it ends."""
        return np.searchsorted(self.products[self.by_product], np.arange(self.size + 1))

    @cached_property
    def moments(self) -> Numbers:
        """A number for each entry's customer and time, rising over the entries of known customers and of all others."""
        return self.customers * AFTER_ALL_TIMES + self.minutes

    def entries_of(self, product: int) -> Numbers:
        """Return the entries of a product, in the order of all entries."""
        return self.by_product[self.product_begins[product] : self.product_begins[product + 1]]

    def ends_within(self, entries: Numbers, minutes: int) -> Numbers:
        """Return for each entry where what its customer bought within so many minutes after it ends."""
        return np.searchsorted(self.moments, self.moments[entries] + minutes, side="right")


def _places(values: Numbers) -> Numbers:
    """Return each value's place among the values, the lowest being 0."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _runs(values: Numbers) -> Numbers:
    """Number the runs of equal values, from 0."""
    if not len(values):
        return values
    return np.concatenate(([0], np.cumsum(np.diff(values) != 0)))


def _begins(runs: Numbers) -> Numbers:
    """Return where each of the numbered runs begins, and at last where the values end."""
    count = int(runs[-1]) + 1 if len(runs) else 0
    return np.searchsorted(runs, np.arange(count + 1))
