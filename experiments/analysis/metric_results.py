"""Every metric of every treatment against control."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from experiments.analysis.beliefs import belief_of
from experiments.analysis.custom_metrics import measured_metrics
from experiments.analysis.effects import margins_of
from experiments.analysis.estimates import UNKNOWN_COSTS, code_of, estimate_of, lift_of, of_size, range_of
from experiments.analysis.final.estimates import with_final_estimates
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.luck import corrected_estimate
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import Sample, is_comparable, is_recorded, tested, uncapped_arms, unknown_values
from experiments.models import Covariate, Experiment, Metric, Variant
from experiments.plan.harm_error import guardrail_alpha, share_of_looks
from experiments.plan.scheduled_looks import BETWEEN_LOOKS
from experiments.reading.aggregation import Aggregate
from experiments.report import Decomposition, Estimate, MetricResult, Range, Role, SequentialResult
from experiments.report.selection import of_variant
from experiments.statistics import (
    Comparison,
    Interval,
    Method,
    Reason,
    RpvDecomposition,
    benjamini_hochberg,
    confidence_sequence,
    decompose_rpv,
    holm,
)
from experiments.statistics.sequential.error_spending import nominal_level

# Visitors per variant where the plan names none: the always-valid interval is narrowest there.
DEFAULT_PLANNED_SAMPLE = 10_000
METHOD_REASONS: dict[str, str] = {
    Method.SCORE_Z: "proportion",
    Method.BOSCHLOO: "few_expected",
    Method.FISHER: "few_expected",
    Method.SCORE: "skewed_money",
    Method.PERMUTATION: "few_buyers",
    Method.WELCH: "means",
}
EXPLAINING = frozenset({Metric.AOV, Metric.ORDERS_PER_VISITOR})


def compare_all(state: PlanProgress) -> list[MetricResult]:
    """Compare all metrics, the goal first, each for every treatment, p-values corrected for how many there are."""
    control = state.sample.control
    if control is None:
        return []
    measured = measured_metrics(state.sample)
    results = []
    for metric, treatment in product(measured, state.sample.treatments):
        results.append(result_of(replace(state, sample=metric.sample), metric.definition, control, treatment))
    return with_final_estimates(measured, corrected(results))


def result_of(state: PlanProgress, definition: Definition, control: Variant, treatment: Variant) -> MetricResult:
    """Return one metric of one treatment, with all readings of it."""
    sample = state.sample
    comparison = comparison_of(state, definition, control, treatment)
    result = measured(sample, definition, comparison, control=control, treatment=treatment)
    # Of a metric that control can't have there is no difference to believe in, and none to watch.
    if not is_comparable(definition, sample):
        return result
    arms = sample.compared[control.key], sample.compared[treatment.key]
    return with_readings(state, result, definition, comparison, arms=arms)


def measured(
    sample: Sample, definition: Definition, comparison: Comparison, *, control: Variant, treatment: Variant
) -> MetricResult:
    """Return one metric of one treatment as it was measured, without what is read from that."""
    observed = sample.observed[control.key], sample.observed[treatment.key]
    compared = sample.compared[control.key], sample.compared[treatment.key]
    return MetricResult(
        metric=str(definition.metric),
        label=definition.label,
        unit=definition.unit,
        role=role_of(sample.experiment, definition.metric),
        variant=treatment.key,
        control=definition.ratio(observed[0]),
        treatment=definition.ratio(observed[1]),  # as it was, whereas ``main`` may be capped and adjusted
        main=estimate_for(definition, comparison, sample),
        is_adjusted=comparison.variance_reduction is not None,
        covariates=covariates_of(sample, comparison, compared),
        variance_reduction=comparison.variance_reduction,
        without_cuped=without_cuped(sample, definition, comparison, compared),
        without_cap=without_cap(sample, definition, uncapped_arms(sample, control.key, treatment.key)),
        corrected_p_value=None,
        sequential=None,
        belief=None,
        method_reason=method_reason(comparison),
        is_lower_better=definition.is_lower_better,
        is_in_points=definition.is_in_points,
    )


def covariates_of(sample: Sample, comparison: Comparison, arms: tuple[Aggregate, Aggregate]) -> list[str]:
    """Return what a comparison is adjusted for: all that was chosen if its sums are there, else the cart's value."""
    if comparison.variance_reduction is None:
        return []
    if arms[0].covariates is None or arms[1].covariates is None:
        return [Covariate.CART_VALUE.value]
    return list(sample.experiment.covariates)


def with_readings(
    state: PlanProgress,
    result: MetricResult,
    definition: Definition,
    comparison: Comparison,
    *,
    arms: tuple[Aggregate, Aggregate],
) -> MetricResult:
    """Return the result with what else is read from its comparison: early, as a belief, and corrected for luck."""
    return replace(
        result,
        sequential=sequential_of(state, definition, comparison, variant=result.variant, arms=arms),
        belief=belief_of(state.sample, definition, comparison, arms),
        corrected=corrected_estimate(state.sample, definition, comparison, result.main),
    )


def comparison_of(state: PlanProgress, definition: Definition, control: Variant, treatment: Variant) -> Comparison:
    """Return the metric's test; the goal's is there already, and a permutation takes seconds to repeat."""
    if definition == state.sample.goal and treatment.key in state.goals:
        return state.goals[treatment.key]
    return tested(state.sample, definition, control, treatment, alpha=state.sample.experiment.alpha)


def without_cuped(
    sample: Sample, definition: Definition, comparison: Comparison, arms: tuple[Aggregate, Aggregate]
) -> Estimate | None:
    """Return the estimate without the adjustment by the cart's value; ``None`` where nothing is adjusted."""
    if comparison.variance_reduction is None:
        return None
    return estimate_of(definition.compare(*arms, alpha=sample.experiment.alpha))


def without_cap(sample: Sample, definition: Definition, arms: tuple[Aggregate, Aggregate]) -> Estimate | None:
    """Return the estimate with order values as they are; ``None`` where no cap applies."""
    if sample.experiment.cap_minor is None or not definition.is_revenue:
        return None
    return estimate_of(definition.compare(*arms, alpha=sample.experiment.alpha, has_covariate=sample.has_covariate))


def method_reason(comparison: Comparison) -> str:
    """Return why the metric is tested as it is, as a code of ``MetricResult.method_reason``."""
    if comparison.p_value is None:
        return "no_test"
    return METHOD_REASONS.get(str(comparison.method), "")


def sequential_of(
    state: PlanProgress, definition: Definition, comparison: Comparison, *, variant: str, arms: Sequence[Aggregate]
) -> SequentialResult:
    """Return the goal's interval by the plan's bound where there is one, else the one that holds at any time."""
    if definition == state.sample.goal:
        interval, bound = state.interval(variant), state.bound(variant)
        if interval is not None and bound is not None and interval.difference is not None:
            return group_sequential(state, interval, nominal_level(bound))
    return always_valid(state, definition, comparison, arms)


def group_sequential(state: PlanProgress, comparison: Comparison, level: float) -> SequentialResult:
    """Return the goal's interval at a look: it excludes zero exactly when the look's bound is reached."""
    low, high = ends_of(range_of(comparison.difference))
    relative_low, relative_high = ends_of(range_of(comparison.lift))
    return SequentialResult(
        low=low,
        high=high,
        relative_low=relative_low,
        relative_high=relative_high,
        p_value=None,
        unavailable=code_of(comparison.unavailable),
        method="group_sequential",
        level=level_of_looks(state),
        nominal_level=level,
    )


def level_of_looks(state: PlanProgress) -> float:
    """Return the error rate of all looks together; the rest of alpha is the always-valid interval's."""
    experiment = state.sample.experiment
    # by a weekly plan all else may find harm alone, so that only harm's half gives up a share
    if state.is_weekly:
        return experiment.alpha * (1 + share_of_looks(experiment.plan_version)) / 2
    return experiment.alpha * (1 - BETWEEN_LOOKS)


def always_valid(
    state: PlanProgress, definition: Definition, comparison: Comparison, arms: Sequence[Aggregate]
) -> SequentialResult:
    """Return the interval that holds at every look, for all treatments at once; a plan's goal has a share of alpha."""
    sample = state.sample
    level = level_at_any_time(state, definition)
    control, treatment = arms
    result = confidence_sequence(
        comparison,
        n=control.visitors + treatment.visitors,
        n_star=sample.experiment.planned_sample or DEFAULT_PLANNED_SAMPLE,
        alpha=level / len(sample.treatments),  # Bonferroni: simple, and valid whenever anyone looks
        fewest_buyers=min(control.sums["converted"], treatment.sums["converted"]),
    )
    relative = range_of(of_size(Interval(0.0, result.lift_low, result.lift_high), comparison.control))
    relative_low, relative_high = ends_of(relative)
    return SequentialResult(
        low=result.low,
        high=result.high,
        relative_low=relative_low,
        relative_high=relative_high,
        p_value=result.p_value,
        unavailable=code_of(result.unavailable),
        level=level,
    )


def level_at_any_time(state: PlanProgress, definition: Definition) -> float:
    """Return the error rate of a metric's always-valid intervals, of all treatments together."""
    experiment = state.sample.experiment
    # The goal of a plan may win at a look too: both ways together must stay at alpha.
    if definition == state.sample.goal and state.is_planned:
        return experiment.alpha * BETWEEN_LOOKS
    margins = margins_of(experiment)
    margins.pop(experiment.goal_metric, None)  # judged by the goal's own rules
    if definition.metric in margins:
        return guardrail_alpha(experiment.alpha, experiment.plan_version, len(margins))
    return experiment.alpha


def ends_of(interval: Range | None) -> tuple[float | None, float | None]:
    """Return both ends of an interval; ``None`` twice without one."""
    if interval is None:
        return None, None
    return interval.low, interval.high


def decompositions(sample: Sample, metrics: Sequence[MetricResult]) -> list[Decomposition]:
    """Split each treatment's RPV lift into orders per visitor and order value: as measured, and in the end."""
    if sample.control is None:
        return []
    control = sample.compared[sample.control.key].summary
    split = []
    for variant in sample.treatments:
        treatment = sample.compared[variant.key].summary
        parts = decompose_rpv(control, treatment, alpha=sample.experiment.alpha)
        split.append(decomposition_of(variant, parts, of_variant(metrics, variant.key)))
    return split


def decomposition_of(variant: Variant, parts: RpvDecomposition, metrics: Sequence[MetricResult]) -> Decomposition:
    """Return a treatment's split, turned from logarithms into lifts, with its final lifts where they multiply."""
    measured = Decomposition(
        variant=variant.key,
        rpv=lift_of(parts.rpv),
        orders_per_visitor=lift_of(parts.conversion),
        aov=lift_of(parts.aov),
        unavailable=code_of(parts.unavailable),
    )
    finals = {result.metric: result.shown for result in metrics}
    value = finals.get(Metric.AOV)
    if value is None or not value.is_quotient:
        return measured
    return replace(
        measured,
        final_rpv=finals[Metric.RPV].lift,
        final_orders_per_visitor=finals[Metric.ORDERS_PER_VISITOR].lift,
        final_aov=value.lift,
    )


def role_of(experiment: Experiment, metric: str) -> Role:
    """Return what the metric is for in this experiment."""
    # First, so that a metric that is both goal and guardrail decides as the goal.
    if metric == experiment.goal_metric:
        return "goal"
    if metric in margins_of(experiment):
        return "guardrail"
    if metric in EXPLAINING:
        return "explains"
    return "secondary"


def estimate_for(definition: Definition, comparison: Comparison, sample: Sample) -> Estimate:
    """Return the comparison as an estimate; without a test where there is nothing to test."""
    estimate = estimate_of(comparison)
    # One unknown value makes a mean wrong by nobody knows how much: no number is better than that one.
    if unknown_values(definition, sample):
        return Estimate(
            control=None,
            treatment=None,
            difference=None,
            lift=None,
            p_value=None,
            method=estimate.method,
            unavailable=why_unknown(definition, sample),
        )
    if is_all_zero(definition, sample):
        # Nothing but zeros: a test of them would say that nothing differs, where perhaps nobody sent the column.
        reason = estimate.unavailable
        if not is_recorded(definition, sample):
            reason = Reason.MISSING_SUMS.value
        return replace(estimate, difference=None, lift=None, p_value=None, unavailable=reason)
    if definition.is_of_offer:
        # Control sees no offer: its zero is no result, and the difference is the treatment's own rate.
        return replace(estimate, lift=None, p_value=None, unavailable=Reason.CONTROL_IS_ZERO.value)
    return estimate


def is_all_zero(definition: Definition, sample: Sample) -> bool:
    """Whether no variant has anything of the metric. A sum of all may be 0 too, where margins cancel out."""
    return not any(definition.count(aggregate) for aggregate in sample.observed.values())


def why_unknown(definition: Definition, sample: Sample) -> str:
    """Return why values are unknown: of all buyers, so that nobody sent them, or of some. A reason's code."""
    if unknown_values(definition, sample) == sample.total("converted"):
        return Reason.MISSING_SUMS.value
    return UNKNOWN_COSTS


def corrected(results: Sequence[MetricResult]) -> list[MetricResult]:
    """Correct p-values: Holm over the goal's treatments, Benjamini and Hochberg over the rest. The goal comes first."""
    goals, others = [], []
    for result in results:
        if result.role == "goal":
            goals.append(result)
        else:
            others.append(result)
    # A false alarm of the goal costs a roll-out; one of many secondary metrics costs a second look.
    p_values = holm([result.main.p_value for result in goals])
    p_values += benjamini_hochberg([result.main.p_value for result in others])
    corrected_results = []
    for result, p_value in zip(goals + others, p_values, strict=True):
        corrected_results.append(replace(result, corrected_p_value=p_value))
    return corrected_results
