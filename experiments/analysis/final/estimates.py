"""Puts the one estimate of each metric beside what was compared, with its steps and what contradicts it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt

from scipy.special import ndtri

from experiments.analysis.custom_metrics import MeasuredMetric
from experiments.analysis.estimates import estimate_of
from experiments.analysis.final.agreement import disagreement_of
from experiments.analysis.final.correction import corrected
from experiments.analysis.final.estimate_steps import steps_of
from experiments.analysis.final.quotient import quotient
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.refunds import relative_variance
from experiments.analysis.regressed import regression_of
from experiments.analysis.sample import Sample, uncapped_arms
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.reading.sums import COVARIATE
from experiments.report import Estimate, FinalEstimate, MetricResult
from experiments.statistics import decompose_rpv

Results = Mapping[str, MetricResult]


def with_final_estimates(measured: Sequence[MeasuredMetric], results: Sequence[MetricResult]) -> list[MetricResult]:
    """Return the results, in their order, each with its final estimate; ``measured``: their metrics, the goal first."""
    by_variant: dict[str, dict[str, MetricResult]] = {}
    for result in results:
        by_variant.setdefault(result.variant, {})[result.metric] = result
    finals = {}
    for variant, of_variant in by_variant.items():
        finals[variant] = final_estimates(measured[0].sample, of_variant)
    by_metric = {metric.definition.metric: metric for metric in measured}
    done = []
    for result in results:
        final = finals[result.variant][result.metric]
        done.append(finished(by_metric[result.metric], result, final))
    return done


def final_estimates(sample: Sample, results: Results) -> dict[str, FinalEstimate]:
    """Return one treatment's final estimates by metric: each corrected for luck, then order value as their quotient."""
    finals = {}
    for metric, result in results.items():
        finals[metric] = corrected(result, adjusted(result, results))
    rpv, orders = finals[Metric.RPV], finals[Metric.ORDERS_PER_VISITOR]
    z = -float(ndtri(sample.experiment.alpha / 2))
    value = quotient(rpv, orders, log_error_of_value(sample, results), z=z)
    if value is not None:
        finals[Metric.AOV] = value
    return finals


def adjusted(result: MetricResult, results: Results) -> FinalEstimate:
    """Return the estimate as it was compared; orders per visitor unadjusted where revenue per visitor is.

    Else their quotient would be of two kinds of visitors.
    """
    is_orders = result.metric == Metric.ORDERS_PER_VISITOR
    if is_orders and not results[Metric.RPV].is_adjusted and result.without_cuped is not None:
        return FinalEstimate.of(result.without_cuped)
    return FinalEstimate.of(result.main)


def log_error_of_value(sample: Sample, results: Results) -> float | None:
    """Return the standard error of order value's log lift that goes with the adjusted parts, by the delta method.

    What isn't known of refunds to come is in it. ``None`` where it can't be told.
    """
    rpv = results[Metric.RPV]
    if sample.control is None:
        return None
    arms = sample.compared[sample.control.key], sample.compared[rpv.variant]
    variance = variance_of_value(*arms, is_adjusted=rpv.is_adjusted)
    of_refunds = relative_variance(sample.reserves, sample.control.key, rpv.variant)
    if variance is None or of_refunds is None:
        return None
    return sqrt(variance + of_refunds)


def variance_of_value(control: Aggregate, treatment: Aggregate, *, is_adjusted: bool) -> float | None:
    """Return the variance of order value's log lift; of the adjusted parts, less what the covariates explain."""
    if not is_adjusted:
        return decompose_rpv(control.summary, treatment.summary).aov_variance
    regression = regression_of(DEFINITIONS[Metric.AOV], control, treatment)
    if regression is None:
        return decompose_rpv(control.summary, treatment.summary, covariate=COVARIATE).aov_variance
    variance = decompose_rpv(control.summary, treatment.summary).aov_variance
    if variance is None:
        return None
    return variance * regression.kept


def finished(metric: MeasuredMetric, result: MetricResult, final: FinalEstimate) -> MetricResult:
    """Return a result with its final estimate, how that was made, and what contradicts it."""
    sample, definition = metric.sample, metric.definition
    return replace(
        result,
        final=final,
        steps=steps_of(sample, definition, result, final),
        disagreement=disagreement_of(result, without_both(sample, definition, result)),
    )


def without_both(sample: Sample, definition: Definition, result: MetricResult) -> Estimate | None:
    """Return the estimate with neither cap nor adjustment; ``None`` where that is one of the other ways."""
    if sample.control is None or result.without_cuped is None or result.without_cap is None:
        return None
    arms = uncapped_arms(sample, sample.control.key, result.variant)
    return estimate_of(definition.compare(*arms, alpha=sample.experiment.alpha))
