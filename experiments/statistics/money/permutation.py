"""The studentised permutation test over buyers' rows, for arms with few buyers or a very skewed statistic.

Sources: A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses and the generalized Behrens-Fisher
problem" (1997); E. Chung, J. P. Romano, "Exact and asymptotically robust permutation tests" (2013).
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.money.subsets import subset_sums
from experiments.statistics.money.welch import ArmEstimate, delta_method_error, estimates_only, fieller, lift_obstacle
from experiments.statistics.results import Comparison, Interval, Method, Reason

Floats: TypeAlias = NDArray[np.float64]

# Rows times draws, about 5 seconds: with more rows there are fewer draws.
LARGEST_WORK = 2_000_000_000
# Visitors that numpy's generator of hypergeometric counts takes.
LARGEST_POPULATION = 900_000_000
# A sum of squares below this share of its terms is what floating point left of zero.
ROUNDING = 1e-12
# Statistics this close are equal: the same draw, added up in another order, must not count as less extreme.
TIE = 1e-9


class BuyerRows(NamedTuple):
    """One arm, buyer by buyer.

    - ``rows``: shape (buyers, 2): each buyer's numerator and denominator, such as revenue and orders. For a mean, whose
      denominator is 1 per visitor, shape (buyers,) or (buyers, 1) is enough.
    - ``visitors``: all of the arm's; those without a row add 0 to both sums (and 1 to the denominator of a mean).
    """

    rows: ArrayLike
    visitors: int


def permutation_test(
    control: BuyerRows, treatment: BuyerRows, *, draws: int = 9_999, seed: int = 0, alpha: float = 0.05
) -> Comparison:
    """Compare two ratios, or two means, by assigning the same visitors to the arms again and again.

    Each draw gives the treatment its number of visitors at random and computes ``(R_t - R_c) / se`` with the drawn
    arms' own delta-method errors. p is twice the smaller tail, ``(1 + draws at least as extreme) / (1 + draws)``: exact
    where the arms are exchangeable, asymptotically so where only the metric is equal. ``monte_carlo_error`` is its
    standard error. The intervals invert the same statistic with the drawn quantiles and exclude 0 exactly when p is
    below alpha. The same ``seed`` gives the same result. 300,000 rows take about 5 s; with more, fewer draws are made.

    Not available: ``no_units``, ``no_orders``, ``one_unit``, ``zero_variance`` as for `compare_ratios`. ``ValueError``
    for rows of another shape, more rows than visitors, or values that are not finite.
    """
    table_c, table_t = _tables(control, treatment)
    if not control.visitors or not treatment.visitors:
        return _nothing(Reason.NO_UNITS)
    products_c, products_t = _products(table_c), _products(table_t)
    estimate_c, estimate_t = _observed(products_c, control.visitors), _observed(products_t, treatment.visitors)
    if math.isnan(estimate_c.value + estimate_t.value):
        return _nothing(Reason.NO_ORDERS)
    if obstacle := _obstacle(estimate_c, estimate_t):
        return estimates_only(estimate_c.value, estimate_t.value, method=Method.PERMUTATION, reason=obstacle)
    products = np.concatenate((products_c, products_t))
    rng = np.random.default_rng(seed)
    statistics = _drawn_statistics(products, control.visitors, treatment.visitors, draws=draws, rng=rng)
    return _read(estimate_c, estimate_t, statistics, alpha)


def _nothing(reason: Reason) -> Comparison:
    return Comparison(control=None, treatment=None, method=Method.PERMUTATION, unavailable=reason)


def _tables(control: BuyerRows, treatment: BuyerRows) -> tuple[Floats, Floats]:
    """Return both arms' rows with the same number of columns, one or two."""
    table_c, table_t = _table(control), _table(treatment)
    width = max(table_c.shape[1], table_t.shape[1])
    return _of_width(table_c, width, control.visitors), _of_width(table_t, width, treatment.visitors)


def _table(arm: BuyerRows) -> Floats:
    table = np.asarray(arm.rows, dtype=np.float64)
    if table.ndim == 1:
        return table[:, None]
    return table


def _of_width(table: Floats, width: int, visitors: int) -> Floats:
    """Return an arm's table. Raises ``ValueError`` where it hasn't one or two columns of numbers, as the other has."""
    if not table.size:
        # An arm without buyers: no rows, and no columns to be told from them.
        table = np.zeros((0, width))
    has_width = table.shape[1] == width and width in (1, 2)
    if not has_width or len(table) > visitors or not np.isfinite(table).all():
        raise ValueError(f"need finite rows of one or two numbers, at most one per visitor: {table.shape}, {visitors}")
    return table


def _products(table: Floats) -> Floats:
    """Return per buyer y and y^2 for a mean, or y, d, y^2, y d and d^2 for a ratio."""
    y = table[:, 0]
    if table.shape[1] == 1:
        return np.column_stack((y, y * y))
    d = table[:, 1]
    return np.column_stack((y, d, y * y, y * d, d * d))


def _observed(products: Floats, n: int) -> ArmEstimate:
    value, error = _value_and_error(products.sum(axis=0), n)
    return ArmEstimate(float(value), float(error), n)


def _value_and_error(sums: Floats, n: int) -> tuple[Floats, Floats]:
    """Return an arm's value and squared error from its sums over the last axis; NaN where its denominator is 0."""
    if sums.shape[-1] == 2:
        y, yy = np.moveaxis(sums, -1, 0)
        d = dd = np.full_like(y, n)
        yd = y
    else:
        y, d, yy, yd, dd = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(d == 0, np.nan, y / d)
        squares = yy - 2 * value * yd + value**2 * dd
        squares = np.where(squares > ROUNDING * yy, squares, 0.0)
        return value, squares * n / (max(n - 1, 1) * d * d)


def _obstacle(control: ArmEstimate, treatment: ArmEstimate) -> Reason | None:
    if min(control.n, treatment.n) < 2:
        return Reason.ONE_UNIT
    if control.squared_error + treatment.squared_error > 0:
        return None
    return Reason.ZERO_VARIANCE


def _drawn_statistics(
    products: Floats, n_control: int, n_treatment: int, *, draws: int, rng: np.random.Generator
) -> Floats:
    """Return the studentised difference of each draw; NaN where an arm drew no denominator or no noise."""
    draws = max(1, min(draws, LARGEST_WORK // len(products)))
    n_small, n_large = sorted((n_control, n_treatment))
    # Of more visitors than the generator takes, a sample of them is drawn from: buyers are few among so many.
    shrink = max(1, -(-(n_control + n_treatment) // LARGEST_POPULATION))
    others = (n_control + n_treatment - len(products)) // shrink
    sizes = rng.hypergeometric(len(products), others, min(n_small // shrink, len(products) + others), size=draws)
    # The smaller arm is drawn, the larger is what is left: fewer rows to add up.
    small = subset_sums(products, sizes.astype(np.int64), rng)
    value_small, error_small = _value_and_error(small, n_small)
    value_large, error_large = _value_and_error(products.sum(axis=0) - small, n_large)
    difference = value_large - value_small
    if n_treatment == n_small:
        difference = value_small - value_large
    errors = error_small + error_large
    return np.where(errors > 0, difference / np.sqrt(np.where(errors > 0, errors, 1.0)), np.nan)


class _Tails(NamedTuple):
    """The drawn statistics from either end, each moved outwards by a tie's width: ``above`` falls, ``below`` rises.

    A draw without a statistic counts as extreme on both sides.
    """

    above: Floats
    below: Floats

    @classmethod
    def of(cls, statistics: Floats) -> _Tails:
        slack = TIE * (1 + np.abs(statistics))
        above = np.sort(np.where(np.isnan(statistics), np.inf, statistics + slack))[::-1]
        below = np.sort(np.where(np.isnan(statistics), -np.inf, statistics - slack))
        return cls(above, below)

    def extreme(self, observed: float) -> int:
        """Return how many draws are at least as extreme as what was observed, on the side that has fewer."""
        return min(int((self.above >= observed).sum()), int((self.below <= observed).sum()))

    def quantiles(self, alpha: float) -> tuple[float, float]:
        """Return the lowest and highest statistic that isn't rejected; infinite where draws are too few to reject."""
        draws = len(self.above)
        allowed = 0
        while _two_sided_p(allowed, draws) < alpha:
            allowed += 1
        if allowed == 0:
            return -math.inf, math.inf
        return float(self.below[allowed - 1]), float(self.above[allowed - 1])


def _two_sided_p(extreme: int, draws: int) -> float:
    """Return p where so many draws are at least as extreme in one tail."""
    return 2 * (1 + extreme) / (1 + draws)


def _read(control: ArmEstimate, treatment: ArmEstimate, statistics: Floats, alpha: float) -> Comparison:
    """Return p and the intervals by the drawn statistics."""
    difference = treatment.value - control.value
    error = math.sqrt(control.squared_error + treatment.squared_error)
    tails, draws = _Tails.of(statistics), len(statistics)
    extreme = tails.extreme(difference / error)
    lowest, highest = tails.quantiles(alpha)
    share = (1 + extreme) / (1 + draws)
    return Comparison(
        control=control.value,
        treatment=treatment.value,
        difference=Interval(difference, difference - highest * error, difference - lowest * error),
        lift=_lift(control, treatment, lowest, highest),
        standard_error=error,
        lift_standard_error=delta_method_error(control, treatment),
        control_error=math.sqrt(control.squared_error),
        treatment_error=math.sqrt(treatment.squared_error),
        p_value=min(1.0, _two_sided_p(extreme, draws)),
        method=Method.PERMUTATION,
        unavailable=lift_obstacle(control),
        monte_carlo_error=2 * math.sqrt(share * (1 - share) / draws),
    )


def _lift(control: ArmEstimate, treatment: ArmEstimate, lowest: float, highest: float) -> Interval | None:
    """Return the lifts whose studentised difference ``(T - g C) / se(g)`` lies within the drawn quantiles.

    ``None`` over a control of 0.
    """
    if not control.value:
        return None
    at_low, at_high = highest, lowest
    if control.value < 0:
        at_low, at_high = lowest, highest
    return Interval(
        treatment.value / control.value - 1,
        _lift_at(control, treatment, at_low),
        _lift_at(control, treatment, at_high),
    )


def _lift_at(control: ArmEstimate, treatment: ArmEstimate, quantile: float) -> float:
    """Return the lift at which the studentised difference equals a quantile."""
    if math.isinf(quantile):
        return math.copysign(math.inf, -quantile * control.value)
    interval = fieller(control, treatment, abs(quantile))
    end = interval.high
    if quantile * control.value > 0:
        end = interval.low
    return float(end or 0.0)
