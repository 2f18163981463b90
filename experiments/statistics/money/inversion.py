"""From a score statistic to a comparison: the test at no lift, the intervals where the test turns."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from scipy.special import ndtri

from experiments.statistics.money.score import ScoreStatistic
from experiments.statistics.money.skew import FARTHEST, two_sided_p
from experiments.statistics.money.welch import estimates_only
from experiments.statistics.results import Comparison, Interval, Method, Reason
from experiments.statistics.roots import Point, falling_root, lift_at

BRACKET = 1.15  # of the first-order distance from the estimate to an end: most ends lie within
LARGEST_LOG_LIFT = 30.0  # an end of the interval farther from the estimate than this is no end


def invert(
    statistic: Callable[[float], ScoreStatistic], control: float, treatment: float, *, alpha: float
) -> Comparison:
    """Test "no lift" and find the lifts that the same test at level ``alpha`` does not reject.

    - ``statistic``: the score of a hypothesised ``log(1 + lift)``; ``control``, ``treatment``: the values, above 0.
    - The lift's interval ends where the score's normal value is plus or minus z: its tails are equal, and it excludes 0
      exactly when p is below alpha. An end that no lift reaches is -1 or infinity.
    - Standard errors are those at the estimate. Without noise only the estimates are available (``zero_variance``).
    """
    estimate = math.log(treatment / control)
    try:
        at_estimate, at_no_lift = statistic(estimate), statistic(0.0)
    except ZeroDivisionError:
        return estimates_only(control, treatment, method=Method.SCORE, reason=Reason.ZERO_VARIANCE, standard_error=0.0)
    lift, noise = (treatment - control) / control, at_estimate.noise
    lift_error = math.sqrt(noise.error_t + (1 + lift) ** 2 * noise.error_c) / control
    z = -float(ndtri(alpha / 2))
    step = BRACKET * z * lift_error / (1 + lift)
    ends = _EndSearch(statistic, Point(estimate, at_estimate.normal), Point(0.0, at_no_lift.normal), step)
    low, high = ends.where(z), ends.where(-z)
    return Comparison(
        control=control,
        treatment=treatment,
        difference=_difference_interval(treatment - control, low, high, statistic),
        lift=Interval(lift, lift_at(low, otherwise=-1.0), lift_at(high, otherwise=math.inf)),
        standard_error=math.sqrt(noise.error_t + noise.error_c),
        lift_standard_error=lift_error,
        control_error=math.sqrt(noise.error_c),
        treatment_error=math.sqrt(noise.error_t),
        p_value=two_sided_p(ends.no_lift.value),
        method=Method.SCORE,
        skewness=at_no_lift.skewness,
    )


def _difference_interval(
    difference: float, low: float | None, high: float | None, statistic: Callable[[float], ScoreStatistic]
) -> Interval:
    """Return the difference between its ends: each lift times control's value where that lift is the true one."""
    low_difference, high_difference = -math.inf, math.inf
    if low is not None:
        low_difference = math.expm1(low) * statistic(low).noise.control
    if high is not None:
        high_difference = math.expm1(high) * statistic(high).noise.control
    return Interval(difference, low_difference, high_difference)


class _EndSearch(NamedTuple):
    """Where the test turns from rejecting to not rejecting.

    - ``statistic``: the score of a hypothesised ``log(1 + lift)``; ``estimate``, ``no_lift``: that lift and 0 with
      their scores as normal values; ``step``: about the distance from the estimate to an end.
    """

    statistic: Callable[[float], ScoreStatistic]
    estimate: Point
    no_lift: Point
    step: float

    def where(self, score: float) -> float | None:
        """Return the log lift with this normal value; ``None`` where no lift has it.

        Values fall as lifts grow, but for the thinnest data. The value at "no lift", which also decides p, tells on
        which side of it the end lies: the interval and the test cannot disagree.
        """

        def excess(log_lift: float) -> float:
            return _normal_score_at(self.statistic, log_lift, self.estimate.at) - score

        estimate = Point(self.estimate.at, self.estimate.value - score)
        no_lift = Point(0.0, self.no_lift.value - score)
        left, right = sorted((estimate, no_lift))
        if left.value > 0 >= right.value:
            return falling_root(excess, estimate, step=self.step, reach=abs(estimate.at))
        outer = left
        if no_lift.value > 0:
            outer = right
        start = no_lift
        if (outer.value > 0) == (no_lift.value > 0):
            start = outer
        return falling_root(excess, start, step=self.step, reach=LARGEST_LOG_LIFT)


def _normal_score_at(statistic: Callable[[float], ScoreStatistic], log_lift: float, estimate: float) -> float:
    """Return the hypothesis's score as a normal value; as far as it goes where no noise is left to compare with."""
    try:
        return statistic(log_lift).normal
    except ZeroDivisionError:
        return math.copysign(FARTHEST, estimate - log_lift)
