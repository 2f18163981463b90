"""Split the lift of revenue per visitor into conversion and order value: an offer can raise one and cost the other."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtri

from experiments.statistics.money.arms import ROUNDING
from experiments.statistics.results import Interval, Reason, RpvDecomposition
from experiments.statistics.summary import Summary

NEEDED_PAIRS = {("orders", "orders"), ("orders", "revenue"), ("revenue", "revenue")}


class _LogMoments(NamedTuple):
    """Logarithms of orders per visitor and revenue per order, with the variances and covariance of both."""

    log_conversion: float
    log_aov: float
    conversion_variance: float
    aov_variance: float
    covariance: float


def decompose_rpv(control: Summary, treatment: Summary, *, alpha: float = 0.05) -> RpvDecomposition:
    """Split ``log lift(RPV) = log lift(conversion) + log lift(AOV)``, with conversion as orders per visitor.

    Reads the columns ``orders`` and ``revenue``. Variances and the covariance are those of the delta method with the
    visitor as the unit (A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", 2018), intervals
    are normal on the log scale. Estimates add up exactly: RPV's is the sum of the parts', its variance the sum of
    their variances and twice their covariance. It explains; whether RPV moved is for `compare_means` to say.

    Not available: without visitors (``no_units``), with one (``one_unit``), without orders (``no_orders``), where net
    revenue is zero or below (``not_positive``), or without the two columns' sums (``missing_sums``).
    """
    reason = _obstacle(control, treatment)
    if reason:
        return RpvDecomposition(rpv=None, conversion=None, aov=None, unavailable=reason)
    c, t = _log_scale(control), _log_scale(treatment)
    conversion, aov = t.log_conversion - c.log_conversion, t.log_aov - c.log_aov
    conversion_variance = c.conversion_variance + t.conversion_variance
    aov_variance, covariance = c.aov_variance + t.aov_variance, c.covariance + t.covariance
    rpv_variance = max(conversion_variance + aov_variance + 2 * covariance, 0.0)
    z = -float(ndtri(alpha / 2))
    return RpvDecomposition(
        rpv=_interval(conversion + aov, rpv_variance, z),
        conversion=_interval(conversion, conversion_variance, z),
        aov=_interval(aov, aov_variance, z),
        rpv_variance=rpv_variance,
        conversion_variance=conversion_variance,
        aov_variance=aov_variance,
        covariance=covariance,
    )


def _obstacle(control: Summary, treatment: Summary) -> Reason | None:
    """Return why there is nothing to split; ``None`` where there is something."""
    if not control.comoments.keys() & treatment.comoments.keys() >= NEEDED_PAIRS:
        return Reason.MISSING_SUMS
    fewest_visitors = min(control.n, treatment.n)
    if fewest_visitors == 0:
        return Reason.NO_UNITS
    if min(control.means["orders"], treatment.means["orders"]) <= 0:
        return Reason.NO_ORDERS
    if min(control.means["revenue"], treatment.means["revenue"]) <= 0:
        return Reason.NOT_POSITIVE
    if fewest_visitors == 1:
        return Reason.ONE_UNIT
    return None


def _log_scale(arm: Summary) -> _LogMoments:
    """Return the moments of log orders per visitor and log revenue per order, from relative variances per visitor."""
    orders, revenue = arm.means["orders"], arm.means["revenue"]
    units = arm.n * (arm.n - 1.0)
    of_orders = arm.comoment("orders", "orders") / orders**2
    of_both = arm.comoment("orders", "revenue") / (orders * revenue)
    of_revenue = arm.comoment("revenue", "revenue") / revenue**2
    of_aov = of_revenue - 2 * of_both + of_orders
    if of_aov < ROUNDING * (of_revenue + of_orders):
        # All orders have one value: what is left is rounding, and AOV has no noise of its own.
        of_aov, of_both = 0.0, of_orders
    return _LogMoments(
        log_conversion=math.log(orders),
        log_aov=math.log(revenue / orders),
        conversion_variance=of_orders / units,
        aov_variance=of_aov / units,
        covariance=(of_both - of_orders) / units,
    )


def _interval(estimate: float, variance: float, z: float) -> Interval:
    """Return an estimate with its interval, without ends where nothing varies: no chance is no certainty."""
    if variance <= 0:
        return Interval(estimate, None, None)
    half = z * math.sqrt(variance)
    return Interval(estimate, estimate - half, estimate + half)
