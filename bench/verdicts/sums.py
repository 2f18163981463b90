"""What the visitors of a simulated arm add up to, as it is known at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.verdicts.stores import Arm, Floats, KnownVisitors
from experiments.reading.aggregation import Aggregate, aggregate_of
from experiments.reading.sums import COVARIATE, Key
from experiments.statistics.regression import CovariateMoments


def sums_of(arm: Arm, now: float, last_day: int, oldest: float) -> Aggregate:
    """Add up an arm as it is known at a time, of those exposed up to the end of a day (from 0).

    ``oldest``: orders that came later than this many days after their exposure are left out.
    """
    is_known = known_orders(arm, now, last_day, oldest)
    is_refunded = arm.refunded_at[is_known] <= now
    value = arm.value[is_known]
    net = np.where(is_refunded, 0, value).astype(np.float64)
    visitors = int(arm.visitors[: last_day + 1].sum())
    buyers = len(value)
    # As floats, which hold these sums to ten digits: cubes of an order's value leave 64 bits when they are added up.
    first, second, third = (float((net**power).sum()) for power in (1, 2, 3))
    values: dict[Key, int] = {
        ("revenue",): round(first),
        ("converted",): buyers,
        ("orders",): buyers,
        ("refunding",): int(is_refunded.sum()),
        ("refunded",): int(value[is_refunded].sum()),
        ("revenue", "revenue"): round(second),
        ("revenue", "revenue", "revenue"): round(third),
    }
    if arm.cart is not None and arm.cart_sums is not None:
        values |= cart_sums(arm.cart[is_known].astype(np.float64), net, arm.cart_sums[: last_day + 1])
    found = aggregate_of(visitors, values)
    if arm.known is None:
        return found
    return found.with_covariates(covariate_sums(arm.known, is_known, net, visitors, last_day))


def covariate_sums(
    known: KnownVisitors, is_known: npt.NDArray[np.bool_], net: Floats, visitors: int, last_day: int
) -> CovariateMoments:
    """Add up the covariates of everybody, and their products with what the buyers did, one order each."""
    of_buyers = known.of_buyers[is_known]
    products = {"revenue": net @ of_buyers, "orders": of_buyers.sum(axis=0), "converted": of_buyers.sum(axis=0)}
    sums, squares = known.sums[: last_day + 1].sum(axis=0), known.squares[: last_day + 1].sum(axis=0)
    return CovariateMoments(visitors, sums, squares, products)


def known_orders(arm: Arm, now: float, last_day: int, oldest: float) -> npt.NDArray[np.bool_]:
    """Return which of the arm's orders are known, as `sums_of` counts them."""
    is_mature = arm.exposed_at < last_day + 1
    return (arm.ordered_at <= now) & is_mature & (arm.ordered_at <= arm.exposed_at + oldest)


def cart_sums(cart: Floats, net: Floats, of_everybody: Floats) -> dict[Key, int]:
    """Add up the carts of everybody, and their products with what the buyers paid."""
    x = COVARIATE
    first, second, third = of_everybody.sum(axis=0).tolist()
    return {
        (x,): round(first),
        (x, x): round(second),
        (x, x, x): round(third),
        ("revenue", x): round(float((net * cart).sum())),
        ("revenue", x, x): round(float((net * cart**2).sum())),
        ("revenue", "revenue", x): round(float((net**2 * cart).sum())),
    }


def rows_of(arm: Arm, now: float, last_day: int) -> Floats:
    """Return a row for each known buyer, as permutation tests read them: net revenue, orders, margin."""
    is_known = known_orders(arm, now, last_day, np.inf)
    net = np.where(arm.refunded_at[is_known] <= now, 0, arm.value[is_known]).astype(np.float64)
    return np.column_stack([net, np.ones_like(net), np.zeros_like(net)])
