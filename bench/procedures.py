"""The tests under study, each from sums to a standard normal score of the hypothesis "the lift is this".

``score`` calls the engine. Beside it stands what popular engines do with the same sums: Welch's test with Fieller's
interval (``welch``), and the lift over its delta-method error (``delta``), both with the visitor as the unit.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log1p
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.special import ndtri, stdtr

from bench.traffic import Array, DrawnTraffic
from experiments.statistics import Proportion
from experiments.statistics.money.score import ScoreStatistic, mean_statistic, ratio_statistic
from experiments.statistics.money.skew import normal_score
from experiments.statistics.proportions.intervals import ratio_score

Procedure: TypeAlias = Callable[[DrawnTraffic, DrawnTraffic, float], Array]


# Five parameters by position: NumPy calls it with an element of each array.
def _ratio_score_of_counts(log_ratio: float, x_c: int, n_c: int, x_t: int, n_t: int) -> float:
    return ratio_score(log_ratio, Proportion(x_c, n_c), Proportion(x_t, n_t))


_normal_score = np.frompyfunc(normal_score, 2, 1)
_ratio_score = np.frompyfunc(_ratio_score_of_counts, 5, 1)


class Estimates(NamedTuple):
    """Values of a metric and their squared errors, over replicates."""

    value: Array
    squared_error: Array
    n: Any


def rpv_statistic(control: DrawnTraffic, treatment: DrawnTraffic, log_lift: Any) -> ScoreStatistic:
    """The engine's statistic of revenue per visitor."""
    return mean_statistic(log_lift, control.visitors, treatment.visitors)


def aov_statistic(control: DrawnTraffic, treatment: DrawnTraffic, log_lift: Any) -> ScoreStatistic:
    """The engine's statistic of revenue per order."""
    return ratio_statistic(log_lift, control.orders, treatment.orders)


def scores(statistic: ScoreStatistic) -> Array:
    """The engine's normal values of many statistics at once."""
    return np.asarray(_normal_score(statistic.score, statistic.skewness), dtype=np.float64)


def score_rpv(control: DrawnTraffic, treatment: DrawnTraffic, lift: float) -> Array:
    """The engine's score test of revenue per visitor."""
    return scores(rpv_statistic(control, treatment, log1p(lift)))


def score_aov(control: DrawnTraffic, treatment: DrawnTraffic, lift: float) -> Array:
    """The engine's score test of revenue per order."""
    return scores(aov_statistic(control, treatment, log1p(lift)))


def score_conversion(control: DrawnTraffic, treatment: DrawnTraffic, lift: float) -> Array:
    """The engine's score test of the share of buyers."""
    sizes = control.orders.n, treatment.orders.n
    found = _ratio_score(log1p(lift), control.buyers, sizes[0], treatment.buyers, sizes[1])
    return np.asarray(found, dtype=np.float64)


def rpv_estimates(arm: DrawnTraffic) -> Estimates:
    """Revenue per visitor with the variance of the mean."""
    n, y, yy = arm.orders.n, arm.orders.y, arm.orders.yy
    return Estimates(np.asarray(y / n), np.asarray((yy - y * y / n) / (n - 1) / n), n)


def aov_estimates(arm: DrawnTraffic) -> Estimates:
    """Revenue per order with the delta method's variance."""
    sums = arm.orders
    ratio = sums.y / sums.d
    residuals = sums.yy - 2 * ratio * sums.yd + ratio * ratio * sums.dd
    return Estimates(np.asarray(ratio), np.asarray(residuals * sums.n / (sums.n - 1) / sums.d**2), sums.n)


def welch(control: Estimates, treatment: Estimates, lift: float) -> Array:
    """Welch's t of ``treatment - (1 + lift) control`` as a normal score: Fieller's interval is its inversion."""
    part_c, part_t = (1 + lift) ** 2 * control.squared_error, treatment.squared_error
    df = (part_c + part_t) ** 2 / (part_c**2 / (control.n - 1) + part_t**2 / (treatment.n - 1))
    gap = treatment.value - (1 + lift) * control.value
    return np.asarray(ndtri(stdtr(df, gap / np.sqrt(part_c + part_t))))


def delta(control: Estimates, treatment: Estimates, lift: float) -> Array:
    """The observed lift's distance from ``lift`` in delta-method standard errors."""
    ratio = treatment.value / control.value
    error = np.sqrt(treatment.squared_error + ratio**2 * control.squared_error) / control.value
    return np.asarray((ratio - 1 - lift) / error)


PROCEDURES: dict[str, dict[str, Procedure]] = {
    "rpv": {
        "score": score_rpv,
        "welch": lambda c, t, lift: welch(rpv_estimates(c), rpv_estimates(t), lift),
        "delta": lambda c, t, lift: delta(rpv_estimates(c), rpv_estimates(t), lift),
    },
    "aov": {
        "score": score_aov,
        "welch": lambda c, t, lift: welch(aov_estimates(c), aov_estimates(t), lift),
        "delta": lambda c, t, lift: delta(aov_estimates(c), aov_estimates(t), lift),
    },
    "conversion": {"score": score_conversion},
}
