"""Every metric of every treatment against control."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from experiments.aggregation import Aggregate, buyer_rows
from experiments.metrics import DEFINITIONS, Definition
from experiments.models import Experiment, Metric, Source, Variant
from experiments.report import Belief, Decomposition, Estimate, MetricResult, Range, Role, SequentialResult
from experiments.statistics import (
    Comparison,
    Interval,
    Method,
    Posterior,
    Reason,
    RpvDecomposition,
    benjamini_hochberg,
    confidence_sequence,
    decompose_rpv,
    holm,
)

DEFAULT_PLANNED_SAMPLE = 10_000  # visitors per variant, where the plan names none
LARGEST_LOG = 700.0  # what a float can still exponentiate
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an experiment's metrics are computed from, by variant key.

    ``observed`` is uncapped; ``compared`` is capped where the experiment has a cap, else the same.
    """

    experiment: Experiment
    variants: Sequence[Variant]
    observed: Mapping[str, Aggregate]
    compared: Mapping[str, Aggregate]
    has_covariate: bool
    visitors_per_month: float | None

    @property
    def control(self) -> Variant | None:
        """The variant that all others are compared with."""
        return next((variant for variant in self.variants if variant.is_control), None)

    @property
    def treatments(self) -> list[Variant]:
        """All other variants; none where there is nothing to compare them with."""
        return [variant for variant in self.variants if not variant.is_control] if self.control else []


def compare_all(sample: Sample) -> list[MetricResult]:
    """All metrics, the goal first, each for every treatment, p-values corrected for how many there are."""
    goal = Metric(sample.experiment.goal_metric)
    definitions = sorted(DEFINITIONS.values(), key=lambda definition: definition.metric != goal)
    results = [
        result_of(sample, definition, sample.control, treatment)
        for definition in definitions
        for treatment in sample.treatments
        if sample.control is not None
    ]
    return corrected(results)


def result_of(sample: Sample, definition: Definition, control: Variant, treatment: Variant) -> MetricResult:
    """One metric of one treatment."""
    observed = sample.observed[control.key], sample.observed[treatment.key]
    compared = sample.compared[control.key], sample.compared[treatment.key]
    alpha, has_covariate = sample.experiment.alpha, sample.has_covariate and definition.is_revenue
    comparison = tested(sample, definition, control, treatment)
    is_adjusted = comparison.variance_reduction is not None
    is_capped = definition.is_revenue and sample.experiment.cap_minor is not None
    is_comparable = not definition.is_of_offer and not unknown_values(definition, sample)
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
        sequential=sequential_result(sample, comparison, *compared) if is_comparable else None,
        belief=belief_of(sample, definition, comparison, *compared) if is_comparable else None,
        method_reason=METHOD_REASONS.get(str(comparison.method), "") if comparison.p_value is not None else "no_test",
        is_lower_better=definition.is_lower_better,
        is_in_points=definition.is_in_points,
    )


def tested(sample: Sample, definition: Definition, control: Variant, treatment: Variant) -> Comparison:
    """The comparison by the test that the rules pick: over the buyers themselves where their sums are not enough."""
    arms = sample.compared[control.key], sample.compared[treatment.key]
    alpha = sample.experiment.alpha
    comparison = definition.compare(*arms, alpha=alpha, has_covariate=sample.has_covariate)
    if not comparison.is_permutation_due:
        return comparison
    rows = buyer_rows(sample.experiment, cap_minor=sample.experiment.cap_minor)
    return definition.permute(rows[control.key], rows[treatment.key], *arms, alpha=alpha)


def sequential_result(
    sample: Sample, comparison: Comparison, control: Aggregate, treatment: Aggregate
) -> SequentialResult:
    """The interval that holds at every look, for all treatments at once."""
    result = confidence_sequence(
        comparison,
        n=control.visitors + treatment.visitors,
        n_star=sample.experiment.planned_sample or DEFAULT_PLANNED_SAMPLE,
        alpha=sample.experiment.alpha / len(sample.treatments),
        fewest_buyers=min(control.sums["converted"], treatment.sums["converted"]),
    )
    base = comparison.control
    return SequentialResult(
        low=result.low,
        high=result.high,
        relative_low=result.low / base if base and result.low is not None else None,
        relative_high=result.high / base if base and result.high is not None else None,
        p_value=result.p_value,
        unavailable=code_of(result.unavailable),
    )


def belief_of(
    sample: Sample, definition: Definition, comparison: Comparison, control: Aggregate, treatment: Aggregate
) -> Belief:
    """The Bayesian reading, its losses in the metric's unit."""
    posterior = definition.posterior(control, treatment, comparison, prior_sd=sample.experiment.prior_sd)
    if definition.is_lower_better:
        posterior = upside_down(posterior)
    unit = 1.0 if definition.is_proportion else comparison.control or 0.0
    loss_ship, loss_keep = scaled(posterior.expected_loss_ship, unit), scaled(posterior.expected_loss_keep, unit)
    return Belief(
        scale="difference" if definition.is_proportion else "lift",
        chance_to_win=posterior.chance_to_win,
        expected_loss_ship=loss_ship,
        expected_loss_keep=loss_keep,
        expected_loss_monthly_minor=monthly_loss(sample, definition, control, loss_ship),
        mean=posterior.mean,
        sd=posterior.sd,
        low=posterior.low,
        high=posterior.high,
        unavailable=code_of(posterior.unavailable),
    )


def upside_down(posterior: Posterior) -> Posterior:
    """The posterior of a metric that should fall: to win is to be lower."""
    return replace(
        posterior,
        chance_to_win=None if posterior.chance_to_win is None else 1 - posterior.chance_to_win,
        expected_loss_ship=posterior.expected_loss_keep,
        expected_loss_keep=posterior.expected_loss_ship,
    )


def monthly_loss(sample: Sample, definition: Definition, control: Aggregate, loss: float | None) -> float | None:
    """What shipping would cost a month at full traffic, in minor units: of a metric in money, per visitor or order."""
    if sample.visitors_per_month is None or definition.unit != "money" or not control.visitors:
        return None
    units = definition.units(control) / control.visitors
    return scaled(loss, units * sample.visitors_per_month)


def scaled(value: float | None, unit: float) -> float | None:
    """The value times the unit."""
    return None if value is None else value * unit


def code_of(reason: str | None) -> str | None:
    """A reason's code as plain text."""
    return None if reason is None else str(reason)


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


def lift_of(log_ratio: Interval | None) -> Range | None:
    """An interval of a logarithm as one of the lift."""
    if log_ratio is None or log_ratio.estimate is None or log_ratio.low is None or log_ratio.high is None:
        return None
    high = math.expm1(log_ratio.high) if log_ratio.high < LARGEST_LOG else None
    return Range(math.expm1(log_ratio.estimate), math.expm1(log_ratio.low), high)


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


def is_recorded(definition: Definition, sample: Sample) -> bool:
    """Whether nothing but zeros of the metric means zero; of anything else it may be that nobody sent it."""
    live = {"refunding"} if sample.experiment.source != Source.IMPORTED else set()
    return definition.numerator in {"revenue", "orders", "converted", *live}


def unknown_values(definition: Definition, sample: Sample) -> int:
    """For how many visitors the metric is unknown."""
    return sum(definition.unknown(aggregate) for aggregate in sample.observed.values())


def estimate_of(comparison: Comparison) -> Estimate:
    """A comparison as the report has it."""
    return Estimate(
        control=comparison.control,
        treatment=comparison.treatment,
        difference=range_of(comparison.difference),
        lift=range_of(comparison.lift),
        p_value=comparison.p_value,
        method=str(comparison.method),
        unavailable=code_of(comparison.unavailable),
        monte_carlo_error=comparison.monte_carlo_error,
        standard_error=comparison.standard_error,
    )


def range_of(interval: Interval | None) -> Range | None:
    """An interval as the report has it: no infinities, and none without an estimate."""
    if interval is None or interval.estimate is None:
        return None
    return Range(interval.estimate, finite(interval.low), finite(interval.high))


def finite(value: float | None) -> float | None:
    """The number, or ``None`` for an infinity."""
    return value if value is not None and abs(value) != float("inf") else None


def corrected(results: Sequence[MetricResult]) -> list[MetricResult]:
    """The results with p-values corrected: Holm over the goal's treatments, Benjamini and Hochberg over the rest."""
    goal = [result for result in results if result.role == "goal"]
    others = [result for result in results if result.role != "goal"]
    p_values = holm([result.main.p_value for result in goal]) + benjamini_hochberg(
        [result.main.p_value for result in others]
    )
    return [replace(result, corrected_p_value=p_value) for result, p_value in zip(goal + others, p_values, strict=True)]
