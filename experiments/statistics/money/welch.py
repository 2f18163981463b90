"""Welch's t test of two estimates, with the intervals of their difference and of their ratio.

Sources: B. L. Welch, "The generalization of 'Student's' problem when several different population variances are
involved" (1947); E. C. Fieller, "Some problems in interval estimation" (1954).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from experiments.statistics.results import Comparison, Interval, Method, Reason


class ArmEstimate(NamedTuple):
    """One arm's estimate of a metric.

    - ``value``: in the metric's unit; ``squared_error``: the square of its standard error; ``n``: the visitors behind
      it.
    """

    value: float
    squared_error: float
    n: int


def compare_estimates(control: ArmEstimate, treatment: ArmEstimate, *, alpha: float) -> Comparison:
    """Compare two independent estimates by Welch's t test; the lift's interval is Fieller's, dual to the test.

    ``t = (T - C) / sqrt(v_t + v_c)`` with squared errors v, ``df = (v_t + v_c)^2 / (v_t^2 / (n_t - 1) + v_c^2 /
    (n_c - 1))``. A zero standard error (`Reason.ZERO_VARIANCE`) or a single unit (`Reason.ONE_UNIT`) leaves only the
    estimates.
    """
    difference = treatment.value - control.value
    if min(control.n, treatment.n) < 2:
        return estimates_only(control.value, treatment.value, method=Method.WELCH, reason=Reason.ONE_UNIT)
    total = control.squared_error + treatment.squared_error
    if total <= 0:
        return estimates_only(
            control.value, treatment.value, method=Method.WELCH, reason=Reason.ZERO_VARIANCE, standard_error=0.0
        )
    standard_error = math.sqrt(total)
    share = treatment.squared_error / total
    df = 1 / (share * share / (treatment.n - 1) + (1 - share) * (1 - share) / (control.n - 1))
    quantile = -float(stdtrit(df, alpha / 2))
    half_width = quantile * standard_error
    return Comparison(
        control=control.value,
        treatment=treatment.value,
        difference=Interval(difference, difference - half_width, difference + half_width),
        lift=lift_interval(control, treatment, quantile),
        standard_error=standard_error,
        lift_standard_error=delta_method_error(control, treatment),
        control_error=math.sqrt(control.squared_error),
        treatment_error=math.sqrt(treatment.squared_error),
        df=df,
        p_value=2 * float(stdtr(df, -abs(difference) / standard_error)),
        method=Method.WELCH,
        unavailable=lift_obstacle(control),
    )


def lift_obstacle(control: ArmEstimate) -> Reason | None:
    """Return why there is no lift over this control; ``None`` where there is one."""
    if control.value:
        return None
    return Reason.CONTROL_IS_ZERO


def lift_interval(control: ArmEstimate, treatment: ArmEstimate, quantile: float) -> Interval | None:
    """Return the lift with Fieller's interval; ``None`` over a control of 0."""
    if not control.value:
        return None
    return fieller(control, treatment, quantile)


def fieller(control: ArmEstimate, treatment: ArmEstimate, quantile: float) -> Interval:
    """Return the lifts l that ``|T - (1 + l) C| <= quantile sqrt(v_t + (1 + l)^2 v_c)`` does not reject.

    With ``a l^2 - 2 b l + c <= 0`` in terms of the difference D = T - C, so that a small lift keeps its digits and 0
    is outside exactly when the test rejects. Where control is not distinguishable from 0 (a <= 0) the interval is
    unbounded; if the test rejects, it is the side on which the estimate lies. Needs ``C != 0``.
    """
    difference, noise = treatment.value - control.value, quantile * quantile
    a = control.value**2 - noise * control.squared_error
    b = difference * control.value + noise * control.squared_error
    c = difference**2 - noise * (control.squared_error + treatment.squared_error)
    discriminant = noise * (treatment.squared_error * a + treatment.value**2 * control.squared_error)
    estimate = difference / control.value
    if a <= 0 and (c <= 0 or discriminant <= 0):
        return Interval(estimate, -math.inf, math.inf)
    far = b + math.copysign(math.sqrt(max(discriminant, 0.0)), b)
    # The root of larger size first, the other from their product: subtracting like numbers would lose digits.
    near_root, far_root = 0.0, math.copysign(math.inf, far)
    if far:
        near_root = c / far
    if a:
        far_root = far / a
    low, high = sorted((near_root, far_root))
    if a > 0:
        return Interval(estimate, low, high)
    if estimate >= high:
        return Interval(estimate, high, math.inf)
    return Interval(estimate, -math.inf, low)


def delta_method_error(control: ArmEstimate, treatment: ArmEstimate) -> float | None:
    """Return the standard error of T / C by the delta method; ``None`` where C is 0."""
    if not control.value:
        return None
    ratio = treatment.value / control.value
    return math.sqrt(treatment.squared_error + ratio * ratio * control.squared_error) / abs(control.value)


def estimates_only(
    control: float, treatment: float, *, method: Method, reason: str, standard_error: float | None = None
) -> Comparison:
    """Return the values and their difference and lift, without a test, for the given reason."""
    difference = treatment - control
    lift = None
    if control:
        lift = Interval(difference / control, None, None)
    return Comparison(
        control=control,
        treatment=treatment,
        difference=Interval(difference, None, None),
        lift=lift,
        standard_error=standard_error,
        method=method,
        unavailable=reason,
    )
