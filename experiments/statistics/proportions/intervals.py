"""Intervals of the difference and of the ratio of two proportions.

Sources: R. G. Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10;
O. S. Miettinen, M. Nurminen, "Comparative analysis of two rates" (1985) for the ratio.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from experiments.statistics.results import Interval, Proportion
from experiments.statistics.roots import falling_root


def wilson(proportion: Proportion, z: float) -> tuple[float, float]:
    """E. B. Wilson's score interval (1927) of one rate, with ``n >= 1``."""
    successes, n, square = proportion.successes, proportion.n, z * z
    middle = successes + square / 2
    half = z * math.sqrt(successes * (n - successes) / n + square / 4)
    low = (middle - half) / (n + square) if successes else 0.0
    high = (middle + half) / (n + square) if successes < n else 1.0
    return low, high


def newcombe(control: Proportion, treatment: Proportion, *, alpha: float) -> Interval:
    """Difference of the rates with Newcombe's method 10: Wilson's distances, added in squares."""
    z = -float(ndtri(alpha / 2))
    rate_c, rate_t = control.successes / control.n, treatment.successes / treatment.n
    (low_c, high_c), (low_t, high_t) = wilson(control, z), wilson(treatment, z)
    difference = rate_t - rate_c
    return Interval(
        difference,
        difference - math.hypot(rate_t - low_t, high_c - rate_c),
        difference + math.hypot(high_t - rate_t, rate_c - low_c),
    )


def miettinen_nurminen(control: Proportion, treatment: Proportion, *, alpha: float) -> Interval | None:
    """Lift of the rate with the score interval of the ratio; ``None`` where nobody succeeded in either arm.

    The interval holds the ratios theta with ``|p_t - theta p_c| <= z se(theta)``, the variance at the estimates that
    the ratio constrains (`ratio_score`).
    """
    x_c, n_c, x_t, n_t = control.successes, control.n, treatment.successes, treatment.n
    if not x_c + x_t:
        return None
    z = -float(ndtri(alpha / 2))
    start = math.log((x_t + 0.5) / (n_t + 1)) - math.log((x_c + 0.5) / (n_c + 1))
    step = 2 * z * math.sqrt(1 / (x_t + 0.5) + 1 / (x_c + 0.5)) / 3
    at_start = ratio_score(start, x_c, n_c, x_t, n_t)

    def end(target: float) -> float | None:
        return falling_root(
            lambda u: ratio_score(u, x_c, n_c, x_t, n_t) - target, start, at_start - target, step, 200.0
        )

    low = end(z) if x_t else None
    high = end(-z) if x_c else None
    return Interval(
        (x_t * n_c - x_c * n_t) / (x_c * n_t) if x_c else None,
        math.expm1(low) if low is not None else -1.0,
        math.expm1(high) if high is not None else math.inf,
    )


def ratio_score(log_ratio: float, x_c: int, n_c: int, x_t: int, n_t: int) -> float:
    """Miettinen and Nurminen's score statistic of the ratio ``theta = exp(log_ratio)``, with their n / (n - 1).

    The constrained estimate of control's rate solves ``n theta p^2 - (theta (n_t + x_c) + x_t + n_c) p + x_t + x_c =
    0``. Falls from infinity to minus infinity as theta grows.
    """
    n, ratio = n_c + n_t, math.exp(log_ratio)
    slope = ratio * (n_t + x_c) + x_t + n_c
    root = math.sqrt(max(slope * slope - 4 * n * ratio * (x_t + x_c), 0.0))
    rate_c = min(2 * (x_t + x_c) / (slope + root), 1.0)
    rate_t = min(ratio * rate_c, 1.0)
    variance = rate_t * (1 - rate_t) / n_t + ratio * ratio * rate_c * (1 - rate_c) / n_c
    gap = x_t / n_t - ratio * x_c / n_c
    if variance <= 0:
        return 0.0 if gap == 0 else math.copysign(math.inf, gap)
    return gap / math.sqrt(variance * n / (n - 1))
