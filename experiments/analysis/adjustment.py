"""Whether what was known at exposure, such as the cart's value, narrowed the intervals (CUPED), and what that gave."""

from collections.abc import Sequence

from experiments.analysis.sample import Sample
from experiments.reading.facts import Facts
from experiments.report import Adjustment, MetricResult


def adjustment_of(sample: Sample, facts: Facts, metrics: list[MetricResult], *, with_cuped: bool) -> Adjustment:
    """Return whether the covariates were used, and what that gave the goal (the best of all treatments)."""
    reductions = goal_reductions(metrics)
    reduction = max(reductions, default=None)
    # A standard error shrinks with the root of visitors: 1 / (1 - reduction) times as many would give the same.
    # Where nothing of the variance is left, no number of visitors would.
    visitors_multiple = None
    if reduction is not None and reduction < 1:
        visitors_multiple = 1 / (1 - reduction)
    coverage = None
    if facts.visitors:
        coverage = facts.cart_value_coverage
    unavailable = None
    if not reductions:
        unavailable = reason_not_adjusted(sample, with_cuped=with_cuped)
    return Adjustment(
        is_used=bool(reductions),
        coverage=coverage,
        variance_reduction=reduction,
        visitors_multiple=visitors_multiple,
        unavailable=unavailable,
        covariates=list(sample.experiment.covariates),
    )


def goal_reductions(metrics: Sequence[MetricResult]) -> list[float]:
    """Return which share of the goal's variance was explained, of each treatment that was adjusted."""
    reductions = []
    for result in metrics:
        if result.role == "goal" and result.variance_reduction is not None:
            reductions.append(result.variance_reduction)
    return reductions


def reason_not_adjusted(sample: Sample, *, with_cuped: bool) -> str:
    """Return why the covariates were not used, as a code of ``Adjustment.unavailable``."""
    if not with_cuped or not sample.experiment.covariates:
        return "turned_off"
    if sample.experiment.has_covariate_sums and sample.goal.is_regressed:
        return "too_few_visitors"
    # The covariate was there, so the goal's own test (of a share, or a permutation) had no use for it.
    if sample.has_covariate:
        return "not_by_this_test"
    return "too_few_cart_values"
