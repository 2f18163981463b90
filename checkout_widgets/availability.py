"""Whether an offer can be had: one rule for the edge's memory, for accepting, and for the checklist of a launch.

It can while it is switched on and within its dates, every product of it is sold and in stock, and its limit isn't
reached. These functions are pure: the edge asks them about what it loaded, the models about what is stored.
"""

from collections.abc import Iterable
from datetime import datetime


def is_within(now: datetime, starts_at: datetime | None, ends_at: datetime | None) -> bool:
    """Whether ``now`` is in the half-open period; None leaves that end open."""
    has_started = starts_at is None or starts_at <= now
    return has_started and (ends_at is None or now < ends_at)


def stock_of_product(stock: int | None, *, is_sold: bool) -> int | None:
    """Return how many there are of a product; None where nobody counts, 0 where it isn't sold any more."""
    if not is_sold:
        return 0
    return stock


def times_left(items: Iterable[tuple[int | None, int]], limit_left: int | None) -> int | None:
    """Return how often an offer can still be had; None where neither products nor acceptances are counted.

    ``items`` are the stock of each product and how many of it the offer takes; without any there is nothing to have.
    ``limit_left`` is what its limit still allows, None where it has none.
    """
    times = []
    if limit_left is not None:
        # More may have been accepted than a limit that was lowered since allows.
        times.append(max(0, limit_left))
    is_empty = True
    for stock, quantity in items:
        is_empty = False
        # A product whose stock nobody counts never runs out.
        if stock is not None:
            times.append(stock // quantity)
    if is_empty:
        return 0
    return min(times, default=None)


def limit_of_pairs(limit_left: int | None) -> int | None:
    """Return how often an offer of pairs can still be had: as often as its limit allows, None where it has none."""
    if limit_left is None:
        return None
    return max(0, limit_left)


def are_left(left: int | None, times: int = 1) -> bool:
    """Whether an offer that can be had ``left`` times can be had so many times."""
    return left is None or left >= times
