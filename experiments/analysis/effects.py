"""What a treatment is worth: money a month, its guardrails, and its effect as other tests' are added to it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from experiments.analysis.estimates import scaled, times
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.sample import Sample, tested
from experiments.analysis.segments import log_effect
from experiments.models import Experiment, Metric
from experiments.report import Effect, Guardrail, MetricResult, MonthlyEffect, Range
from experiments.statistics import Comparison

NO_TRAFFIC = "no_traffic"  # the reason where a month's visitors aren't known


def monthly_effects(results: Sequence[MetricResult], visitors_per_month: float | None) -> list[MonthlyEffect]:
    """RPV's difference times a month's visitors at full traffic, for every treatment."""
    return [monthly_effect(one, visitors_per_month) for one in results if one.metric == Metric.RPV]


def monthly_effect(rpv: MetricResult, visitors: float | None) -> MonthlyEffect:
    """One treatment's."""
    amount = times(rpv.main.difference, visitors) if visitors is not None else None
    reason = NO_TRAFFIC if visitors is None else rpv.main.unavailable
    return MonthlyEffect(
        variant=rpv.variant,
        visitors_per_month=visitors,
        amount=amount,
        sequential=sequential_amount(rpv, visitors),
        expected_loss_minor=rpv.belief.expected_loss_monthly_minor if rpv.belief else None,
        unavailable=None if amount else reason,
    )


def sequential_amount(rpv: MetricResult, visitors: float | None) -> Range | None:
    """The money a month with the interval that holds although one looks early."""
    result, difference = rpv.sequential, rpv.main.difference
    if result is None or difference is None or visitors is None or result.low is result.high is None:
        return None
    return times(Range(difference.estimate, result.low, result.high), visitors)


def effects_of(sample: Sample, goals: Mapping[str, Comparison]) -> list[Effect]:
    """Every treatment's effect on the goal, and on RPV where that is another."""
    found = [effect_of(sample, sample.goal, variant, comparison) for variant, comparison in goals.items()]
    control, rpv = sample.control, DEFINITIONS[Metric.RPV]
    if control is None or sample.goal == rpv:
        return found
    alpha = sample.experiment.alpha
    others = {one.key: tested(sample, rpv, control, one, alpha=alpha) for one in sample.treatments}
    return [*found, *(effect_of(sample, rpv, variant, comparison) for variant, comparison in others.items())]


def effect_of(sample: Sample, definition: Definition, variant: str, comparison: Comparison) -> Effect:
    """One treatment's effect on one metric."""
    on_logs = log_effect(comparison)
    is_money = definition.metric == Metric.RPV and sample.visitors_per_month is not None
    return Effect(
        variant=variant,
        metric=definition.metric.value,
        log_lift=on_logs[0] if on_logs else None,
        log_lift_error=on_logs[1] if on_logs else None,
        monthly_base_minor=scaled(comparison.control, sample.visitors_per_month or 0.0) if is_money else None,
    )


def margins_of(experiment: Experiment) -> dict[str, float]:
    """The guardrails' margins by metric."""
    return {guardrail["metric"]: float(guardrail["margin"]) for guardrail in experiment.guardrails}


def guardrails_of(experiment: Experiment, results: Sequence[MetricResult]) -> list[Guardrail]:
    """Every treatment's guardrail metrics; the goal is none."""
    margins = margins_of(experiment)
    return [
        guardrail_of(result, margins[result.metric])
        for result in results
        if result.metric in margins and result.role != "goal"
    ]


def guardrail_of(result: MetricResult, margin: float) -> Guardrail:
    """One guardrail: by its fixed interval, and whether its always-valid one is past the margin."""
    effect = result.main.difference if result.is_in_points else result.main.lift
    anytime = anytime_of(result)
    return Guardrail(
        variant=result.variant,
        metric=result.metric,
        label=result.label,
        margin=margin,
        is_in_points=result.is_in_points,
        is_lower_better=result.is_lower_better,
        effect=effect,
        state=state_of(effect, margin, is_lower_better=result.is_lower_better),
        is_harm_certain=state_of(anytime, margin, is_lower_better=result.is_lower_better) == "harmed",
    )


def anytime_of(result: MetricResult) -> Range | None:
    """The always-valid interval on the guardrail's scale."""
    one = result.sequential
    if one is None:
        return None
    low, high = (one.low, one.high) if result.is_in_points else (one.relative_low, one.relative_high)
    return Range(0.0, low, high)


def state_of(effect: Range | None, margin: float, *, is_lower_better: bool) -> Literal["holds", "unproven", "harmed"]:
    """``holds`` where the whole interval is on the right side of the margin, ``harmed`` where it is on the other."""
    if effect is None:
        return "unproven"
    low, high = (effect.low, effect.high)
    if is_lower_better:
        low, high, margin = (None if high is None else -high), (None if low is None else -low), -margin
    if low is not None and low >= margin:
        return "holds"
    return "harmed" if high is not None and high < margin else "unproven"
