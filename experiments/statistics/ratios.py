"""Compare a ratio of totals with the visitor as the unit: revenue per order, items per order."""

from __future__ import annotations

from experiments.statistics.cuped import compare_adjusted, estimate_of
from experiments.statistics.means import Choice
from experiments.statistics.results import Comparison, Method, Reason
from experiments.statistics.summary import Summary
from experiments.statistics.welch import compare_estimates


def compare_ratios(
    control: Summary,
    treatment: Summary,
    numerator: str,
    denominator: str,
    *,
    covariate: str | None = None,
    covariate_denominator: str | None = None,
    method: Choice = "auto",
    alpha: float = 0.05,
) -> Comparison:
    """Treatment's ratio of totals against control's, its variance by the delta method with the visitor as the unit.

    ``var R = (var x - 2 R cov(x, y) + R^2 var y) / (n mean(y)^2)``: A. Deng, U. Knoblich, J. Lu, "Applying the delta
    method in metric analytics" (2018). With a ``covariate`` (a column, or the ratio of two), both ratios are adjusted
    for it first. Not available: as for means, and everything where an arm's denominator is 0 (``no_orders``).
    """
    if not control.n or not treatment.n:
        return Comparison(control=None, treatment=None, method=Method.WELCH, unavailable=Reason.NO_UNITS)
    if not control.means[denominator] or not treatment.means[denominator]:
        return Comparison(control=None, treatment=None, method=Method.WELCH, unavailable=Reason.NO_ORDERS)
    metric = (numerator, denominator)
    if covariate is not None:
        return compare_adjusted(control, treatment, metric, (covariate, covariate_denominator), alpha=alpha)
    return compare_estimates(estimate_of(control, *metric), estimate_of(treatment, *metric), alpha=alpha)
