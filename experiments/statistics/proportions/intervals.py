"""Intervals of the difference and of the ratio of two proportions.

Sources: R. G. Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10;
O. S. Miettinen, M. Nurminen, "Comparative analysis of two rates" (1985) for the ratio.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from experiments.statistics.results import Interval, Proportion
from experiments.statistics.roots import Point, falling_root, lift_at

# An end of the ratio's interval beyond exp(200) is no end.
FARTHEST_LOG_RATIO = 200.0


def wilson(successes: float, n: float, z: float) -> tuple[float, float]:
    """Return E. B. Wilson's score interval (1927) of one rate, with ``n >= 1``; the effective size of a weighted sample
    needn't be whole."""
    square = z * z
    middle = successes + square / 2
    half = z * math.sqrt(successes * (n - successes) / n + square / 4)
    low, high = 0.0, 1.0
    if successes > 0:
        low = (middle - half) / (n + square)
    if successes < n:
        high = (middle + half) / (n + square)
    return low, high


def newcombe(control: Proportion, treatment: Proportion, *, alpha: float) -> Interval:
    """Return the difference of the rates with Newcombe's method 10: Wilson's distances, added in squares."""
    z = -float(ndtri(alpha / 2))
    rate_c, rate_t = control.successes / control.n, treatment.successes / treatment.n
    low_c, high_c = wilson(control.successes, control.n, z)
    low_t, high_t = wilson(treatment.successes, treatment.n, z)
    difference = rate_t - rate_c
    return Interval(
        difference,
        difference - math.hypot(rate_t - low_t, high_c - rate_c),
        difference + math.hypot(high_t - rate_t, rate_c - low_c),
    )


def miettinen_nurminen(control: Proportion, treatment: Proportion, *, alpha: float) -> Interval | None:
    """Return the lift of the rate with the score interval of the ratio; ``None`` where nobody succeeded in either arm.

    The interval holds the ratios theta with ``|p_t - theta p_c| <= z se(theta)``, the variance at the estimates that
    the ratio constrains (`ratio_score`).
    """
    x_c, n_c, x_t, n_t = control.successes, control.n, treatment.successes, treatment.n
    if not x_c + x_t:
        return None
    z = -float(ndtri(alpha / 2))
    # Half a success more in each arm, so that there is somewhere to start with none.
    start = math.log((x_t + 0.5) / (n_t + 1)) - math.log((x_c + 0.5) / (n_c + 1))
    step = 2 * z * math.sqrt(1 / (x_t + 0.5) + 1 / (x_c + 0.5)) / 3
    score_at_start = ratio_score(start, control, treatment)

    def end(score: float) -> float | None:
        def excess(log_ratio: float) -> float:
            return ratio_score(log_ratio, control, treatment) - score

        return falling_root(excess, Point(start, score_at_start - score), step=step, reach=FARTHEST_LOG_RATIO)

    lift = low = high = None
    if x_t:
        low = end(z)
    if x_c:
        high = end(-z)
        lift = (x_t * n_c - x_c * n_t) / (x_c * n_t)
    return Interval(lift, lift_at(low, otherwise=-1.0), lift_at(high, otherwise=math.inf))


def ratio_score(log_ratio: float, control: Proportion, treatment: Proportion) -> float:
    """Return Miettinen and Nurminen's score of the ratio ``theta = exp(log_ratio)``, with their n / (n - 1).

    The constrained estimate of control's rate solves ``n theta p^2 - (theta (n_t + x_c) + x_t + n_c) p + x_t + x_c =
    0``. Falls from infinity to minus infinity as theta grows.
    """
    x_c, n_c, x_t, n_t = control.successes, control.n, treatment.successes, treatment.n
    n, ratio = n_c + n_t, math.exp(log_ratio)
    slope = ratio * (n_t + x_c) + x_t + n_c
    root = math.sqrt(max(slope * slope - 4 * n * ratio * (x_t + x_c), 0.0))
    rate_c = min(2 * (x_t + x_c) / (slope + root), 1.0)
    rate_t = min(ratio * rate_c, 1.0)
    variance = rate_t * (1 - rate_t) / n_t + ratio * ratio * rate_c * (1 - rate_c) / n_c
    difference = x_t / n_t - ratio * x_c / n_c
    if variance > 0:
        return difference / math.sqrt(variance * n / (n - 1))
    if difference == 0:
        return 0.0
    return math.copysign(math.inf, difference)
