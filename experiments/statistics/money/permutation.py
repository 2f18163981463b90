"""The studentised permutation test over buyers' rows, for arms with few buyers or a very skewed statistic.

Sources: A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses and the generalized Behrens-Fisher
problem" (1997); E. Chung, J. P. Romano, "Exact and asymptotically robust permutation tests" (2013).
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.money.subsets import subset_sums
from experiments.statistics.money.welch import ArmEstimate, delta_method_error, estimates_only, fieller
from experiments.statistics.results import Comparison, Interval, Method, Reason

Floats: TypeAlias = NDArray[np.float64]

LARGEST_WORK = 2_000_000_000  # rows times draws; with more rows there are fewer draws
LARGEST_POPULATION = 900_000_000  # visitors that the generator of hypergeometric counts takes
ROUNDING = 1e-12  # a sum of squares below this share of its terms is what floating point left of zero
TIE = 1e-9  # statistics this close are equal


def permutation_test(
    control_rows: ArrayLike,
    treatment_rows: ArrayLike,
    n_control: int,
    n_treatment: int,
    *,
    draws: int = 9_999,
    seed: int = 0,
    alpha: float = 0.05,
) -> Comparison:
    """Compare two ratios, or two means, by assigning the same visitors to the arms again and again.

    ``control_rows`` and ``treatment_rows`` have shape (buyers, 2): each buyer's numerator and denominator, such as
    revenue and orders; a mean is the ratio whose denominator is 1 per visitor, for which shape (buyers,) or (buyers, 1)
    is enough. ``n_control`` and ``n_treatment`` count all visitors; those without a row add 0 to both sums (and 1 to
    the denominator of a mean).

    Each draw gives the treatment ``n_treatment`` of the visitors at random and computes ``(R_t - R_c) / se`` with the
    drawn arms' own delta-method errors. p is twice the smaller tail, ``(1 + draws at least as extreme) / (1 + draws)``:
    exact where the arms are exchangeable, asymptotically so where only the metric is equal. ``monte_carlo_error`` is
    its standard error. The intervals invert the same statistic with the drawn quantiles and exclude 0 exactly when p is
    below alpha. The same ``seed`` gives the same result. 300,000 rows take about 5 s; with more, fewer draws are made.

    Not available: ``no_units``, ``no_orders``, ``one_unit``, ``zero_variance`` as for `compare_ratios`. ``ValueError``
    for rows of another shape, more rows than visitors, or values that are not finite.
    """
    rows = _tables(control_rows, treatment_rows, n_control, n_treatment)
    if not n_control or not n_treatment:
        return Comparison(control=None, treatment=None, method=Method.PERMUTATION, unavailable=Reason.NO_UNITS)
    products = [_products(table) for table in rows]
    control, treatment = _observed(products[0], n_control), _observed(products[1], n_treatment)
    if math.isnan(control.value + treatment.value):
        return Comparison(control=None, treatment=None, method=Method.PERMUTATION, unavailable=Reason.NO_ORDERS)
    if reason := _obstacle(control, treatment):
        return estimates_only(control.value, treatment.value, None, Method.PERMUTATION, reason)
    statistics = _drawn_statistics(np.concatenate(products), n_control, n_treatment, draws, np.random.default_rng(seed))
    return _read(control, treatment, statistics, alpha)


def _tables(control: ArrayLike, treatment: ArrayLike, n_control: int, n_treatment: int) -> list[Floats]:
    """Both arms' rows with the same number of columns, one or two."""
    tables = [np.asarray(rows, dtype=np.float64) for rows in (control, treatment)]
    tables = [table[:, None] if table.ndim == 1 else table for table in tables]
    width = max(table.shape[1] for table in tables)
    tables = [table if table.size else np.zeros((0, width)) for table in tables]
    for table, n in zip(tables, (n_control, n_treatment), strict=True):
        if table.shape[1] != width or width not in (1, 2) or len(table) > n or not np.isfinite(table).all():
            raise ValueError(f"need finite rows of one or two numbers, at most one per visitor: {table.shape}, {n}")
    return tables


def _products(table: Floats) -> Floats:
    """Per buyer y and y^2 for a mean, or y, d, y^2, y d and d^2 for a ratio."""
    y = table[:, 0]
    if table.shape[1] == 1:
        return np.column_stack((y, y * y))
    d = table[:, 1]
    return np.column_stack((y, d, y * y, y * d, d * d))


def _observed(products: Floats, n: int) -> ArmEstimate:
    value, error = _value_and_error(products.sum(axis=0), n)
    return ArmEstimate(float(value), float(error), n)


def _value_and_error(sums: Floats, n: int) -> tuple[Floats, Floats]:
    """An arm's value and squared error from its sums over the last axis; NaN where its denominator is 0."""
    if sums.shape[-1] == 2:
        y, yy = np.moveaxis(sums, -1, 0)
        d = yd = dd = np.full_like(y, n)
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
    return None if control.squared_error + treatment.squared_error > 0 else Reason.ZERO_VARIANCE


def _drawn_statistics(
    products: Floats, n_control: int, n_treatment: int, draws: int, rng: np.random.Generator
) -> Floats:
    """The studentised difference of each draw; NaN where an arm drew no denominator or no noise."""
    draws = max(1, min(draws, LARGEST_WORK // len(products)))
    n_small = min(n_control, n_treatment)
    shrink = max(1, -(-(n_control + n_treatment) // LARGEST_POPULATION))
    others = (n_control + n_treatment - len(products)) // shrink
    sizes = rng.hypergeometric(len(products), others, min(n_small // shrink, len(products) + others), size=draws)
    small = subset_sums(products, sizes.astype(np.int64), rng)
    value_small, error_small = _value_and_error(small, n_small)
    value_large, error_large = _value_and_error(products.sum(axis=0) - small, max(n_control, n_treatment))
    gap = value_small - value_large if n_treatment == n_small else value_large - value_small
    errors = error_small + error_large
    return np.where(errors > 0, gap / np.sqrt(np.where(errors > 0, errors, 1.0)), np.nan)


def _read(control: ArmEstimate, treatment: ArmEstimate, statistics: Floats, alpha: float) -> Comparison:
    """p and the intervals from the drawn statistics; a draw without a statistic counts as extreme on both sides."""
    difference = treatment.value - control.value
    error = math.sqrt(control.squared_error + treatment.squared_error)
    slack = TIE * (1 + np.abs(statistics))
    above = np.sort(np.where(np.isnan(statistics), np.inf, statistics + slack))[::-1]
    below = np.sort(np.where(np.isnan(statistics), -np.inf, statistics - slack))
    extreme = min(int((above >= difference / error).sum()), int((below <= difference / error).sum()))
    draws = len(statistics)
    allowed = next(count for count in range(draws + 1) if _doubled(count, draws) >= alpha)
    highest = float(above[allowed - 1]) if allowed else math.inf
    lowest = float(below[allowed - 1]) if allowed else -math.inf
    share = (1 + extreme) / (1 + draws)
    return Comparison(
        control=control.value,
        treatment=treatment.value,
        difference=Interval(difference, difference - highest * error, difference - lowest * error),
        lift=_lift(control, treatment, lowest, highest) if control.value else None,
        standard_error=error,
        lift_standard_error=delta_method_error(control, treatment),
        p_value=min(1.0, _doubled(extreme, draws)),
        method=Method.PERMUTATION,
        unavailable=None if control.value else Reason.CONTROL_IS_ZERO,
        monte_carlo_error=2 * math.sqrt(share * (1 - share) / draws),
    )


def _doubled(extreme: int, draws: int) -> float:
    """Two-sided p of so many draws at least as extreme in one tail."""
    return 2 * (1 + extreme) / (1 + draws)


def _lift(control: ArmEstimate, treatment: ArmEstimate, lowest: float, highest: float) -> Interval:
    """The lifts whose studentised difference ``(T - g C) / se(g)`` lies within the drawn quantiles."""
    ends = (highest, lowest) if control.value > 0 else (lowest, highest)
    low, high = (_lift_at(control, treatment, quantile) for quantile in ends)
    return Interval(treatment.value / control.value - 1, low, high)


def _lift_at(control: ArmEstimate, treatment: ArmEstimate, quantile: float) -> float:
    """The lift at which the studentised difference equals a quantile."""
    is_below = quantile * control.value > 0
    if math.isinf(quantile):
        return -math.inf if is_below else math.inf
    interval = fieller(control, treatment, abs(quantile))
    return float((interval.low if is_below else interval.high) or 0.0)
