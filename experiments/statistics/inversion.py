"""From a score statistic to a comparison: the test at no lift, the intervals where the test turns."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.special import ndtri

from experiments.statistics.results import Comparison, Interval, Method
from experiments.statistics.roots import falling_root
from experiments.statistics.score import Statistic
from experiments.statistics.skew import FARTHEST, normal_score, two_sided_p

BRACKET = 1.15  # of the first-order distance from the estimate to an end: most ends lie within
LARGEST_LOG_LIFT = 30.0  # an end of the interval farther from the estimate than this is no end


def invert(statistic: Callable[[float], Statistic], control: float, treatment: float, *, alpha: float) -> Comparison:
    """Test "no lift" and find the lifts that the same test at level ``alpha`` does not reject.

    ``statistic`` maps a hypothesised ``log(1 + lift)`` to its score; ``control`` and ``treatment`` are the observed
    values, both positive. The interval of the lift ends where the score's normal value is plus or minus z: its tails
    are equal and it excludes 0 exactly when p is below alpha. An end that no lift reaches is -1 or infinity. The
    difference is the lift times control's value under the hypothesis of that lift, its standard error and the lift's
    are those at the estimate.
    """
    estimate = math.log(treatment / control)
    at_estimate, at_zero = statistic(estimate), statistic(0.0)
    lift, noise = (treatment - control) / control, at_estimate.noise
    lift_error = math.sqrt(noise.error_t + (1 + lift) ** 2 * noise.error_c) / control
    z = -float(ndtri(alpha / 2))
    step = BRACKET * z * lift_error / (1 + lift)
    score = normal_score(at_estimate.score, at_estimate.skewness)

    def end(target: float) -> float | None:
        return falling_root(lambda u: _score(statistic, u) - target, estimate, score - target, step, LARGEST_LOG_LIFT)

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
        p_value=two_sided_p(normal_score(at_zero.score, at_zero.skewness)),
        method=Method.SCORE,
        skewness=at_zero.skewness,
    )


def _score(statistic: Callable[[float], Statistic], log_lift: float) -> float:
    """The hypothesis's score as a normal value; as far as it goes where the sums leave floating point."""
    try:
        result = statistic(log_lift)
    except (OverflowError, ZeroDivisionError):
        return math.copysign(FARTHEST, -log_lift)
    return normal_score(result.score, result.skewness)
