"""Every metric of every treatment against control."""

from collections.abc import Sequence
from dataclasses import replace

from experiments.accounting.aggregation import Aggregate
from experiments.analysis.beliefs import belief_of
from experiments.analysis.estimates import code_of, estimate_of, lift_of, range_of
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.planned_looks import State
from experiments.analysis.sample import Sample, is_comparable, is_recorded, tested, unknown_values
from experiments.models import Experiment, Metric, Variant
from experiments.plan.group_sequential import BETWEEN_LOOKS
from experiments.report import Decomposition, Estimate, MetricResult, Role, SequentialResult
from experiments.statistics import (
    Comparison,
    Method,
    Reason,
    RpvDecomposition,
    benjamini_hochberg,
    confidence_sequence,
    decompose_rpv,
    holm,
)
from experiments.statistics.sequential import nominal_level

DEFAULT_PLANNED_SAMPLE = 10_000  # visitors per variant, where the plan names none
UNKNOWN_COSTS = "unknown_costs"  # the reason where some margins are known and some are not
METHOD_REASONS: dict[str, str] = {
    Method.SCORE_Z: "proportion",
    Method.BOSCHLOO: "few_expected",
    Method.FISHER: "few_expected",
    Method.SCORE: "skewed_money",
    Method.PERMUTATION: "few_buyers",
    Method.WELCH: "means",
}
EXPLAINING = frozenset({Metric.AOV, Metric.ORDERS_PER_VISITOR})


def compare_all(state: State) -> list[MetricResult]:
    """All metrics, the goal first, each for every treatment, p-values corrected for how many there are."""
    sample = state.sample
    definitions = sorted(DEFINITIONS.values(), key=lambda definition: definition != sample.goal)
    results = [
        result_of(state, definition, sample.control, treatment)
        for definition in definitions
        for treatment in sample.treatments
        if sample.control is not None
    ]
    return corrected(results)


def result_of(state: State, definition: Definition, control: Variant, treatment: Variant) -> MetricResult:
    """One metric of one treatment."""
    sample = state.sample
    observed = sample.observed[control.key], sample.observed[treatment.key]
    compared = sample.compared[control.key], sample.compared[treatment.key]
    alpha, has_covariate = sample.experiment.alpha, sample.has_covariate and definition.is_revenue
    known = state.goals.get(treatment.key) if definition == sample.goal else None
    comparison = known or tested(sample, definition, control, treatment, alpha=alpha)
    is_adjusted = comparison.variance_reduction is not None
    is_capped = definition.is_revenue and sample.experiment.cap_minor is not None
    can_compare = is_comparable(definition, sample)
    return MetricResult(
        metric=definition.metric.value,
        label=str(definition.metric.label),
        unit=definition.unit,
        role=role_of(sample.experiment, definition.metric),
        variant=treatment.key,
        control=definition.ratio(observed[0]),
        treatment=definition.ratio(observed[1]),
        main=estimate_for(definition, comparison, sample),
        is_adjusted=is_adjusted,
        variance_reduction=comparison.variance_reduction,
        without_cuped=estimate_of(definition.compare(*compared, alpha=alpha)) if is_adjusted else None,
        without_cap=(
            estimate_of(definition.compare(*observed, alpha=alpha, has_covariate=has_covariate)) if is_capped else None
        ),
        corrected_p_value=None,
        sequential=sequential_of(state, definition, comparison, treatment.key, compared) if can_compare else None,
        belief=belief_of(sample, definition, comparison, *compared) if can_compare else None,
        method_reason=METHOD_REASONS.get(str(comparison.method), "") if comparison.p_value is not None else "no_test",
        is_lower_better=definition.is_lower_better,
        is_in_points=definition.is_in_points,
    )


def sequential_of(
    state: State, definition: Definition, comparison: Comparison, variant: str, arms: Sequence[Aggregate]
) -> SequentialResult:
    """The goal's interval by the plan's bound where there is one, else the interval that holds at any time."""
    is_goal = definition == state.sample.goal
    interval, bound = (state.interval(variant), state.bound(variant)) if is_goal else (None, None)
    if interval and bound is not None and interval.difference:
        return group_sequential(state, interval, nominal_level(bound))
    return always_valid(state, definition, comparison, arms)


def group_sequential(state: State, comparison: Comparison, level: float) -> SequentialResult:
    """The goal's interval at a look: it excludes zero exactly when the look's bound is reached."""
    difference, lift = range_of(comparison.difference), range_of(comparison.lift)
    return SequentialResult(
        low=difference.low if difference else None,
        high=difference.high if difference else None,
        relative_low=lift.low if lift else None,
        relative_high=lift.high if lift else None,
        p_value=None,
        unavailable=code_of(comparison.unavailable),
        method="group_sequential",
        level=state.sample.experiment.alpha * (1 - BETWEEN_LOOKS),
        nominal_level=level,
    )


def always_valid(
    state: State, definition: Definition, comparison: Comparison, arms: Sequence[Aggregate]
) -> SequentialResult:
    """The interval that holds at every look, for all treatments at once; a plan's goal has its small share of alpha."""
    sample, base = state.sample, comparison.control
    is_planned_goal = definition == sample.goal and state.is_planned
    level = sample.experiment.alpha * (BETWEEN_LOOKS if is_planned_goal else 1.0)
    result = confidence_sequence(
        comparison,
        n=sum(arm.visitors for arm in arms),
        n_star=sample.experiment.planned_sample or DEFAULT_PLANNED_SAMPLE,
        alpha=level / len(sample.treatments),
        fewest_buyers=min(arm.sums["converted"] for arm in arms),
    )
    return SequentialResult(
        low=result.low,
        high=result.high,
        relative_low=result.low / base if base and result.low is not None else None,
        relative_high=result.high / base if base and result.high is not None else None,
        p_value=result.p_value,
        unavailable=code_of(result.unavailable),
        level=level,
    )


def decompositions(sample: Sample) -> list[Decomposition]:
    """Each treatment's RPV lift, split into orders per visitor and order value."""
    if sample.control is None:
        return []
    control = sample.compared[sample.control.key].summary
    return [
        decomposition_of(
            variant, decompose_rpv(control, sample.compared[variant.key].summary, alpha=sample.experiment.alpha)
        )
        for variant in sample.treatments
    ]


def decomposition_of(variant: Variant, parts: RpvDecomposition) -> Decomposition:
    """A treatment's split, turned from logarithms into lifts."""
    return Decomposition(
        variant=variant.key,
        rpv=lift_of(parts.rpv),
        orders_per_visitor=lift_of(parts.conversion),
        aov=lift_of(parts.aov),
        unavailable=code_of(parts.unavailable),
    )


def role_of(experiment: Experiment, metric: Metric) -> Role:
    """What the metric is for in this experiment."""
    if metric == experiment.goal_metric:
        return "goal"
    if metric in {guardrail["metric"] for guardrail in experiment.guardrails}:
        return "guardrail"
    return "explains" if metric in EXPLAINING else "secondary"


def estimate_for(definition: Definition, comparison: Comparison, sample: Sample) -> Estimate:
    """The comparison as an estimate; without a test where there is nothing to test."""
    estimate = estimate_of(comparison)
    if unknown := unknown_values(definition, sample):
        buyers = sum(aggregate.sums["converted"] for aggregate in sample.observed.values())
        return Estimate(
            control=None,
            treatment=None,
            difference=None,
            lift=None,
            p_value=None,
            method=estimate.method,
            unavailable=Reason.MISSING_SUMS.value if unknown == buyers else UNKNOWN_COSTS,
        )
    if not any(aggregate.sums[definition.numerator] for aggregate in sample.observed.values()):
        reason = estimate.unavailable if is_recorded(definition, sample) else Reason.MISSING_SUMS.value
        return replace(estimate, difference=None, lift=None, p_value=None, unavailable=reason)
    if definition.is_of_offer:
        return replace(estimate, lift=None, p_value=None, unavailable=Reason.CONTROL_IS_ZERO.value)
    return estimate


def corrected(results: Sequence[MetricResult]) -> list[MetricResult]:
    """The results with p-values corrected: Holm over the goal's treatments, Benjamini and Hochberg over the rest."""
    goal = [result for result in results if result.role == "goal"]
    others = [result for result in results if result.role != "goal"]
    p_values = holm([result.main.p_value for result in goal]) + benjamini_hochberg(
        [result.main.p_value for result in others]
    )
    return [replace(result, corrected_p_value=p_value) for result, p_value in zip(goal + others, p_values, strict=True)]
