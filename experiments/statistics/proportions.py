"""Compare two proportions: conversion, take rate.

Sources: the pooled score z test; R. D. Boschloo, "Raised conditional level of significance for the 2x2-table when
testing the equality of two probabilities" (1970) for small counts; R. G. Newcombe, "Interval estimation for the
difference between independent proportions" (1998), method 10; O. S. Miettinen, M. Nurminen, "Comparative analysis of
two rates" (1985) for the ratio.
"""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

from experiments.statistics.boschloo import boschloo_p_value, fisher_p_value
from experiments.statistics.results import Comparison, Interval, Method, Proportion, Reason
from experiments.statistics.roots import falling_root

SMALL_COUNT = 5  # below this expected count the normal approximation gives way to an exact test
LARGE_TABLE = 10_000  # visitors of both arms from which the exact test is Fisher's, which stays fast


def compare_proportions(control: Proportion, treatment: Proportion, *, alpha: float = 0.05) -> Comparison:
    """Treatment's rate against control's.

    The p-value is the pooled score z test's; where an expected count is below 5 it is Boschloo's, or beyond 10,000
    visitors Fisher's, which Boschloo's approaches there. The difference has
    Newcombe's interval, the lift Miettinen and Nurminen's, which is defined with zero successes in either arm (its
    estimate is not, without successes in control). The standard error is unpooled, ``sqrt(sum p (1 - p) / n)``.

    Not available: everything without units (``no_units``); the p-value where nobody or everybody succeeded in both
    arms (``zero_variance``); the lift where nobody did (``control_is_zero``).
    """
    rate_c, rate_t = control.rate, treatment.rate
    if rate_c is None or rate_t is None:
        return Comparison(control=rate_c, treatment=rate_t, method=Method.SCORE_Z, unavailable=Reason.NO_UNITS)
    method = proportion_method(control, treatment)
    p_value = P_VALUES[method](control, treatment)
    error_c, error_t = rate_c * (1 - rate_c) / control.n, rate_t * (1 - rate_t) / treatment.n
    return Comparison(
        control=rate_c,
        treatment=rate_t,
        difference=newcombe(control, treatment, alpha=alpha),
        lift=miettinen_nurminen(control, treatment, alpha=alpha),
        standard_error=math.sqrt(error_c + error_t),
        lift_standard_error=math.sqrt(error_t + (rate_t / rate_c) ** 2 * error_c) / rate_c if rate_c else None,
        p_value=p_value,
        method=method,
        unavailable=_reason(control, p_value),
    )


def proportion_method(control: Proportion, treatment: Proportion) -> Method:
    """The test for these counts, by the smallest expected count (successes or failures of an arm) at one common rate.

    With no success, or no failure, at all there is nothing to test exactly; the score test says so.
    """
    n = control.n + treatment.n
    successes = control.successes + treatment.successes
    rarer = min(successes, n - successes)
    if not rarer or min(control.n, treatment.n) * (rarer / n) >= SMALL_COUNT:
        return Method.SCORE_Z
    return Method.BOSCHLOO if n <= LARGE_TABLE else Method.FISHER


def score_p_value(control: Proportion, treatment: Proportion) -> float | None:
    """Two-sided p of ``z = (p_t - p_c) / sqrt(p (1 - p) (1/n_c + 1/n_t))``, p pooled; ``None`` where p is 0 or 1."""
    n, successes = control.n + treatment.n, control.successes + treatment.successes
    if not 0 < successes < n:
        return None
    cross = treatment.successes * control.n - control.successes * treatment.n
    spread = math.sqrt(successes / n * ((n - successes) / n) * (1 / control.n + 1 / treatment.n))
    return 2 * float(ndtr(-abs(cross / control.n / treatment.n) / spread))


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


P_VALUES = {Method.SCORE_Z: score_p_value, Method.BOSCHLOO: boschloo_p_value, Method.FISHER: fisher_p_value}


def _reason(control: Proportion, p_value: float | None) -> str | None:
    if p_value is None:
        return Reason.ZERO_VARIANCE
    return None if control.successes else Reason.CONTROL_IS_ZERO
