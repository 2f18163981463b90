"""Split the lift of revenue per visitor into conversion and order value: an offer can raise one and cost the other."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtri

from experiments.statistics.money.arms import ROUNDING, ColumnWeights, MetricColumns, linear_comoment, pool
from experiments.statistics.money.cuped import pooled_theta
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


class _Slopes(NamedTuple):
    """How orders and revenue follow a covariate in both arms together, and where its middle is."""

    covariate: str
    centre: float
    orders: float
    revenue: float


def decompose_rpv(
    control: Summary, treatment: Summary, *, covariate: str | None = None, alpha: float = 0.05
) -> RpvDecomposition:
    """Split ``log lift(RPV) = log lift(conversion) + log lift(AOV)``, with conversion as orders per visitor.

    Reads the columns ``orders`` and ``revenue``. Variances and the covariance are those of the delta method with the
    visitor as the unit (A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", 2018), intervals
    are normal on the log scale. Estimates add up exactly, and variances with twice the covariance. It explains; whether
    RPV moved is for `compare_means` to say, which adjusts for a ``covariate`` column as both parts are adjusted here.

    Not available: without visitors (``no_units``), with one (``one_unit``), without orders (``no_orders``), where net
    revenue is zero or below (``not_positive``), or without the two columns' sums (``missing_sums``).
    """
    if reason := _obstacle(control, treatment):
        return _unavailable(reason)
    slopes = _slopes(control, treatment, covariate)
    try:
        c, t = _log_scale(control, slopes), _log_scale(treatment, slopes)
    except ValueError:  # adjusted, a value has no logarithm
        return _unavailable(Reason.NOT_POSITIVE)
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


def _unavailable(reason: Reason) -> RpvDecomposition:
    return RpvDecomposition(rpv=None, conversion=None, aov=None, unavailable=reason)


def _slopes(control: Summary, treatment: Summary, covariate: str | None) -> _Slopes | None:
    """Return the covariate's coefficients for orders and for revenue, each pooled over both arms; ``None`` without."""
    if covariate is None:
        return None
    of_covariate = MetricColumns(covariate)
    orders, revenue = MetricColumns("orders"), MetricColumns("revenue")
    together = pool(control, treatment, orders, revenue, of_covariate)
    return _Slopes(
        covariate,
        together.means[covariate],
        pooled_theta(together, orders, of_covariate),
        pooled_theta(together, revenue, of_covariate),
    )


def _log_scale(arm: Summary, slopes: _Slopes | None) -> _LogMoments:
    """Return the moments of log orders per visitor and log revenue per order, from relative variances per visitor.

    Raises ``ValueError`` where an adjusted value isn't positive.
    """
    orders, of_order = _relative(arm, "orders", slopes)
    revenue, of_money = _relative(arm, "revenue", slopes)
    units = arm.n * (arm.n - 1.0)
    of_orders = linear_comoment(arm, of_order, of_order)
    of_both = linear_comoment(arm, of_order, of_money)
    of_revenue = linear_comoment(arm, of_money, of_money)
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


def _relative(arm: Summary, column: str, slopes: _Slopes | None) -> tuple[float, ColumnWeights]:
    """Return a column's mean, adjusted, and the columns whose combination varies as its logarithm does."""
    mean = arm.means[column]
    if slopes is None:
        return mean, {column: 1 / mean}
    slope = getattr(slopes, column)
    mean -= slope * (arm.means[slopes.covariate] - slopes.centre)
    if mean <= 0:
        raise ValueError(f"the adjusted mean of {column} is not positive")
    return mean, {column: 1 / mean, slopes.covariate: -slope / mean}


def _interval(estimate: float, variance: float, z: float) -> Interval:
    """Return an estimate with its interval, without ends where nothing varies: no chance is no certainty."""
    if variance <= 0:
        return Interval(estimate, None, None)
    half = z * math.sqrt(variance)
    return Interval(estimate, estimate - half, estimate + half)
