"""From a score statistic to a comparison: the test at no lift, the intervals where the test turns."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from scipy.special import ndtri

from experiments.statistics.money.score import ScoreStatistic
from experiments.statistics.money.skew import FARTHEST, normal_score, two_sided_p
from experiments.statistics.money.welch import estimates_only
from experiments.statistics.results import Comparison, Interval, Method, Reason
from experiments.statistics.roots import falling_root

BRACKET = 1.15  # of the first-order distance from the estimate to an end: most ends lie within
LARGEST_LOG_LIFT = 30.0  # an end of the interval farther from the estimate than this is no end


def invert(
    statistic: Callable[[float], ScoreStatistic], control: float, treatment: float, *, alpha: float
) -> Comparison:
    """Test "no lift" and find the lifts that the same test at level ``alpha`` does not reject.

    ``statistic`` maps a hypothesised ``log(1 + lift)`` to its score; ``control`` and ``treatment`` are the observed
    values, both positive. The interval of the lift ends where the score's normal value is plus or minus z: its tails
    are equal and it excludes 0 exactly when p is below alpha. An end that no lift reaches is -1 or infinity. The
    difference is the lift times control's value under the hypothesis of that lift, its standard error and the lift's
    are those at the estimate. Without noise only the estimates are available (``zero_variance``).
    """
    estimate = math.log(treatment / control)
    try:
        at_estimate, at_zero = statistic(estimate), statistic(0.0)
    except ZeroDivisionError:
        return estimates_only(control, treatment, 0.0, Method.SCORE, Reason.ZERO_VARIANCE)
    lift, noise = (treatment - control) / control, at_estimate.noise
    lift_error = math.sqrt(noise.error_t + (1 + lift) ** 2 * noise.error_c) / control
    z = -float(ndtri(alpha / 2))
    step = BRACKET * z * lift_error / (1 + lift)
    score, score_at_zero = (normal_score(result.score, result.skewness) for result in (at_estimate, at_zero))

    def end(target: float) -> float | None:
        points = _Point(estimate, score - target), _Point(0.0, score_at_zero - target)
        return _crossing(lambda u: _score(statistic, u, estimate) - target, *points, step)

    low, high = end(z), end(-z)
    return Comparison(
        control=control,
        treatment=treatment,
        difference=Interval(
            treatment - control,
            -math.inf if low is None else math.expm1(low) * statistic(low).noise.control,
            math.inf if high is None else math.expm1(high) * statistic(high).noise.control,
        ),
        lift=Interval(lift, -1.0 if low is None else math.expm1(low), math.inf if high is None else math.expm1(high)),
        standard_error=math.sqrt(noise.error_t + noise.error_c),
        lift_standard_error=lift_error,
        p_value=two_sided_p(score_at_zero),
        method=Method.SCORE,
        skewness=at_zero.skewness,
    )


class _Point(NamedTuple):
    at: float
    value: float


def _crossing(function: Callable[[float], float], estimate: _Point, zero: _Point, step: float) -> float | None:
    """Where a function that falls, but for the thinnest data, crosses zero: on the side of "no lift" that it tells.

    The side is decided by the value at "no lift", which also decides p: the interval and the test cannot disagree.
    """
    left, right = sorted((estimate, zero))
    if left.value > 0 >= right.value:
        return falling_root(function, *estimate, step, abs(estimate.at))
    outer = right if zero.value > 0 else left
    start = outer if (outer.value > 0) == (zero.value > 0) else zero
    return falling_root(function, *start, step, LARGEST_LOG_LIFT)


def _score(statistic: Callable[[float], ScoreStatistic], log_lift: float, estimate: float) -> float:
    """The hypothesis's score as a normal value; as far as it goes where no noise is left to compare with."""
    try:
        result = statistic(log_lift)
    except ZeroDivisionError:
        return math.copysign(FARTHEST, estimate - log_lift)
    return normal_score(result.score, result.skewness)
