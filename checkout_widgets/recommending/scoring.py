"""Which products are bought with which, and which later: ranked by a weighted score, stated by plain counts.

The score of a product beside another adds 1 / (size - 1) for each order that has both, so that an order of forty things
says less about any two of them than an order of two. It is divided by how often the first one was bought, so that the
scores of all products of a cart can be added up; and by how often the second one was bought to the power of 0.3, so
that what sells with everything comes later. ``python -m bench.pairs`` compares it with other scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from checkout_widgets.recommending.shared_habit import SharedHabit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from checkout_widgets.recommending.purchases import Numbers, Purchases

POPULARITY_POWER = 0.3
FEWEST = 20  # with both products: below, a pair is an accident more often than a habit
KEPT = 20  # suggestions for each product: more than a page shows or a cart needs once some of them are out of stock
LATER = timedelta(days=90)  # after which a purchase isn't said to follow from another


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A product and what goes with it, by their places among the products.

    ``count`` of ``base`` have both: orders where they are bought together, customers where one is bought later.
    ``customers`` of ``customers_base`` are the same in customers, those who are known.
    """

    product: int
    suggested: int
    score: float
    count: int
    base: int
    customers: int
    customers_base: int


@dataclass(frozen=True, slots=True)
class Companions:
    """What stands beside one product: the other products, what each entry weighs, and whose it is (-1: unknown)."""

    products: Numbers
    weights: NDArray[np.float64]
    customers: Numbers
    base: int
    customers_base: int


def bought_together(purchases: Purchases, *, kept: int = KEPT, fewest: int = FEWEST) -> Iterator[ScoredPair]:
    """Yield what is bought in the same order, for each product the best first."""
    orders_with = np.diff(purchases.product_begins)
    others = np.diff(purchases.order_begins) - 1
    weights = 1.0 / np.maximum(others, 1)
    for product in np.flatnonzero(orders_with >= fewest).tolist():
        own = purchases.entries_of(product)
        orders = purchases.orders[own]
        beside = join_ranges(purchases.order_begins[orders], purchases.order_begins[orders + 1])
        companions = Companions(
            products=purchases.products[beside],
            weights=weights[purchases.orders[beside]],
            customers=np.where(purchases.is_known[beside], purchases.customers[beside], -1),
            base=len(orders),
            customers_base=len(np.unique(purchases.customers[own[purchases.is_known[own]]])),
        )
        yield from best(product, companions, orders_with, kept=kept, fewest=fewest)


def bought_later(
    purchases: Purchases, *, until: datetime, later: timedelta = LATER, kept: int = KEPT, fewest: int = FEWEST
) -> Iterator[ScoredPair]:
    """Yield what customers buy in a later order, within ``later``, for each product the best first.

    Only customers count whose time for it is over by ``until``: of the others nobody knows yet what they will buy.
    """
    buyers_of = count_buyers(purchases)
    minutes_later = minutes_in(later)
    last = minute_of(until) - minutes_later
    for product in np.flatnonzero(buyers_of >= fewest).tolist():
        first = first_with_time(purchases, product, last)
        begins = purchases.order_begins[purchases.orders[first] + 1]
        after = join_ranges(begins, purchases.ends_within(first, minutes_later))
        yield from best(
            product, later_companions(purchases, after, base=len(first)), buyers_of, kept=kept, fewest=fewest
        )


def count_habit(
    purchases: Purchases, product: int, others: Sequence[int], *, until: datetime, later: timedelta = LATER
) -> SharedHabit:
    """Count the customers who bought a product, and how many of them bought any of the others in that order or within
    ``later``: the same customers as those of whom ``bought_later`` says what they bought later.
    """
    minutes_later = minutes_in(later)
    first = first_with_time(purchases, product, minute_of(until) - minutes_later)
    begins = purchases.order_begins[purchases.orders[first]]
    bought = join_ranges(begins, purchases.ends_within(first, minutes_later))
    is_other = np.isin(purchases.products[bought], [other for other in others if other != product])
    return SharedHabit(customers=len(np.unique(purchases.customers[bought[is_other]])), base=len(first))


def later_companions(purchases: Purchases, after: Numbers, *, base: int) -> Companions:
    """Each product that a customer bought later, once, weighing the less the more different ones there were."""
    once = np.unique(purchases.customers[after] * purchases.size + purchases.products[after])
    customers, products = np.divmod(once, purchases.size)
    _, whose, different = np.unique(customers, return_inverse=True, return_counts=True)
    return Companions(
        products=products,
        weights=1.0 / different[whose],
        customers=customers,
        base=base,
        customers_base=base,
    )


def best(product: int, companions: Companions, popularity: Numbers, *, kept: int, fewest: int) -> Iterator[ScoredPair]:
    """Yield the highest scores beside a product, those with ``fewest`` or more of both."""
    size = len(popularity)
    counts = np.bincount(companions.products, minlength=size)
    counts[product] = 0
    suggested = np.flatnonzero(counts >= fewest)
    weighed = np.bincount(companions.products, companions.weights, minlength=size)[suggested]
    scores = weighed / companions.base / popularity[suggested] ** POPULARITY_POWER
    # Equal scores in the order of the products, so that two computations of the same orders end alike.
    ranked = np.lexsort((suggested, -scores))[:kept]
    customers = count_customers(companions, suggested[ranked], size)
    for place in ranked:
        other = int(suggested[place])
        yield ScoredPair(
            product=product,
            suggested=other,
            score=float(scores[place]),
            count=int(counts[other]),
            base=companions.base,
            customers=int(customers[other]),
            customers_base=companions.customers_base,
        )


def count_customers(companions: Companions, wanted: Numbers, size: int) -> Numbers:
    """Count the known customers who have each of the wanted products; 0 for all other products."""
    is_wanted = np.zeros(size, dtype=bool)
    is_wanted[wanted] = True
    counted = is_wanted[companions.products] & (companions.customers >= 0)
    once = np.unique(companions.customers[counted] * size + companions.products[counted])
    return np.bincount(once % size, minlength=size)


def count_buyers(purchases: Purchases) -> Numbers:
    """Count the known customers who bought each product."""
    known = purchases.is_known
    once = np.unique(purchases.customers[known] * purchases.size + purchases.products[known])
    return np.bincount(once % purchases.size, minlength=purchases.size)


def first_with_time(purchases: Purchases, product: int, last: int) -> Numbers:
    """Return each known customer's first purchase of the product, where it was in the minute ``last`` or before."""
    first = first_of_customers(purchases, purchases.entries_of(product))
    return first[purchases.minutes[first] <= last]


def minutes_in(time: timedelta) -> int:
    """Return how many whole minutes a time has."""
    return int(time / timedelta(minutes=1))


def minute_of(at: datetime) -> int:
    """Return the minute since 1970."""
    return int(at.timestamp() // 60)


def first_of_customers(purchases: Purchases, entries: Numbers) -> Numbers:
    """Return each known customer's first of the entries, which are in the order of all entries."""
    known = entries[purchases.is_known[entries]]
    _, first = np.unique(purchases.customers[known], return_index=True)
    return known[first]


def join_ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """Return all numbers from each begin up to its end, one range after the other."""
    lengths = np.maximum(ends - begins, 0)
    # Where a range begins in the result, the numbers jump from what a plain count would have reached to its begin.
    jumps = np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)
    return jumps + np.arange(len(jumps))
