"""Whether the cart's value at exposure was used to narrow the intervals (CUPED), and what that gave."""

from experiments.analysis.sample import Sample
from experiments.reading.facts import Facts
from experiments.report import Adjustment, MetricResult


def adjustment_of(sample: Sample, facts: Facts, metrics: list[MetricResult], *, with_cuped: bool) -> Adjustment:
    """Whether the cart's value was used, and what that gave the goal (the largest reduction of all treatments)."""
    goals = [result for result in metrics if result.role == "goal"]
    reductions = [result.variance_reduction for result in goals if result.variance_reduction is not None]
    reduction = max(reductions, default=None)
    visitors_multiple = None
    if reduction is not None and reduction < 1:
        visitors_multiple = 1 / (1 - reduction)
    coverage = None
    if facts.visitors:
        coverage = facts.cart_value_coverage
    unavailable = None
    is_used = any(result.is_adjusted for result in goals)
    if not is_used:
        unavailable = reason_not_adjusted(sample, with_cuped=with_cuped)
    return Adjustment(
        is_used=is_used,
        coverage=coverage,
        variance_reduction=reduction,
        visitors_multiple=visitors_multiple,
        unavailable=unavailable,
    )


def reason_not_adjusted(sample: Sample, *, with_cuped: bool) -> str:
    """Why the cart's value was not used, as a code of ``Adjustment.unavailable``."""
    if not with_cuped:
        return "turned_off"
    if sample.has_covariate:
        return "not_by_this_test"
    return "too_few_cart_values"
