"""What a treatment is worth: money a month, its guardrails, and its effect as other tests' are added to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from experiments.analysis.estimates import scale_interval, scaled
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.sample import Sample, tested
from experiments.analysis.segments import log_effect
from experiments.models import Experiment, Metric, Source
from experiments.plan.guarding import effective_guardrails
from experiments.report import Effect, Guardrail, MetricResult, MonthlyEffect, Range
from experiments.statistics import Comparison

NO_TRAFFIC = "no_traffic"  # the reason where a month's visitors aren't known


def monthly_effects(results: Sequence[MetricResult], visitors_per_month: float | None) -> list[MonthlyEffect]:
    """Return RPV's difference times a month's visitors at full traffic, for every treatment."""
    effects = []
    for result in results:
        if result.metric == Metric.RPV:
            effects.append(monthly_effect(result, visitors_per_month))
    return effects


def monthly_effect(rpv: MetricResult, visitors: float | None) -> MonthlyEffect:
    """Return what one treatment earns or loses in a month at full traffic, in minor units."""
    expected_loss_minor = None
    if rpv.belief is not None:
        expected_loss_minor = rpv.belief.expected_loss_monthly_minor
    amount: Range | None = None
    reason: str | None = NO_TRAFFIC
    if visitors is not None:
        amount, reason = scale_interval(rpv.main.difference, visitors), rpv.main.unavailable
    if amount is not None:
        # The amount is there, whatever else of the comparison is missing.
        reason = None
    return MonthlyEffect(
        variant=rpv.variant,
        visitors_per_month=visitors,
        amount=amount,
        sequential=sequential_amount(rpv, visitors),
        expected_loss_minor=expected_loss_minor,
        unavailable=reason,
        final=final_amount(rpv, visitors),
    )


def final_amount(rpv: MetricResult, visitors: float | None) -> Range | None:
    """Return the money a month of the final estimate; ``None`` where traffic or estimate aren't known."""
    if visitors is None:
        return None
    return scale_interval(rpv.shown.difference, visitors)


def sequential_amount(rpv: MetricResult, visitors: float | None) -> Range | None:
    """Return the money a month with the interval that holds at every look; ``None`` where it has no end."""
    result, difference = rpv.sequential, rpv.main.difference
    if result is None or difference is None or visitors is None or result.low is result.high is None:
        return None
    return scale_interval(Range(difference.estimate, result.low, result.high), visitors)


def effects_of(sample: Sample, goals: Mapping[str, Comparison], metrics: Sequence[MetricResult]) -> list[Effect]:
    """Return every treatment's effect on the goal, and on RPV where that is another, as the ``metrics`` have it."""
    corrected = {}
    for result in metrics:
        # As pages show it, so that a programme's sum is that of its reports.
        if result.corrected is not None and result.shown.lift is not None:
            corrected[result.metric, result.variant] = result.shown.lift
    effects = []
    for effect in uncorrected_effects(sample, goals):
        known = replace(effect, corrected_lift=corrected.get((effect.metric, effect.variant)))
        effects.append(with_money(known, metrics, sample.visitors_per_month))
    return effects


def with_money(effect: Effect, metrics: Sequence[MetricResult], visitors: float | None) -> Effect:
    """Return an effect on RPV that has no log lift, as of a loss, with its money a month; any other as it is."""
    if effect.metric != Metric.RPV or effect.log_lift is not None:
        return effect
    for monthly in monthly_effects(metrics, visitors):
        if monthly.variant == effect.variant:
            return replace(effect, monthly_measured_minor=monthly.amount, monthly_shown_minor=monthly.shown)
    return effect


def uncorrected_effects(sample: Sample, goals: Mapping[str, Comparison]) -> list[Effect]:
    """Return the effects as they were measured."""
    effects = []
    for variant, comparison in goals.items():
        effects.append(effect_of(sample, sample.goal, variant, comparison))
    # A programme adds up money, whatever goal each of its tests had: RPV is there in any case.
    control, rpv = sample.control, DEFINITIONS[Metric.RPV]
    if control is None or sample.goal == rpv:
        return effects
    for treatment in sample.treatments:
        comparison = tested(sample, rpv, control, treatment, alpha=sample.experiment.alpha)
        effects.append(effect_of(sample, rpv, treatment.key, comparison))
    return effects


def effect_of(sample: Sample, definition: Definition, variant: str, comparison: Comparison) -> Effect:
    """Return one treatment's effect on one metric."""
    log_lift = log_lift_error = None
    effect = log_effect(comparison)
    if effect is not None:
        log_lift, log_lift_error = effect
    monthly_base_minor = None
    if definition.metric == Metric.RPV and sample.visitors_per_month is not None:
        monthly_base_minor = scaled(comparison.control, sample.visitors_per_month)
    return Effect(
        variant=variant,
        metric=str(definition.metric),
        log_lift=log_lift,
        log_lift_error=log_lift_error,
        monthly_base_minor=monthly_base_minor,
    )


def margins_of(experiment: Experiment) -> dict[str, float]:
    """Return the guardrails' margins by metric, with what stands in for those that can't move at the moment."""
    margins = {}
    for guardrail in effective_guardrails(experiment.guardrails, experiment.moment):
        margins[guardrail["metric"]] = float(guardrail["margin"])  # JSON has 0 as a whole number
    return margins


def guardrails_of(experiment: Experiment, results: Sequence[MetricResult]) -> list[Guardrail]:
    """Return every treatment's guardrail metrics; the goal is none, nor what can't move at the moment."""
    margins = margins_of(experiment)
    guardrails = []
    for result in results:
        # The goal is judged by its own rules; a margin may be left over from when it was another metric.
        if result.metric in margins and result.role != "goal":
            guardrail = guardrail_of(result, margins[result.metric])
            guardrails.append(with_known(guardrail, result, is_read_once=experiment.source == Source.IMPORTED))
    return guardrails


def guardrail_of(result: MetricResult, margin: float) -> Guardrail:
    """Return one guardrail: by its fixed interval, and whether its always-valid one is past the margin."""
    judged = judged_effect(result, result.main.lift, result.main.difference, margin)
    # A test is paused for harm after any of many looks: only the always-valid interval keeps its error rate then.
    anytime = anytime_effect(result, margin)
    return Guardrail(
        variant=result.variant,
        metric=result.metric,
        label=result.label,
        margin=margin,
        is_in_points=result.is_in_points,
        is_lower_better=result.is_lower_better,
        effect=judged.interval,
        state=state_of(judged.interval, judged.allowed, is_lower_better=result.is_lower_better),
        is_harm_certain=state_of(anytime.interval, anytime.allowed, is_lower_better=result.is_lower_better) == "harmed",
        is_in_unit=judged.is_in_unit,
        allowed=judged.allowed,
        unit=result.unit,
    )


def with_known(guardrail: Guardrail, result: MetricResult, *, is_read_once: bool) -> Guardrail:
    """Return a guardrail with the interval that may be read, and whether the metric has got worse by it."""
    judged = JudgedEffect(guardrail.effect, guardrail.allowed or 0.0, guardrail.is_in_unit)
    if not is_read_once:
        judged = anytime_effect(result, guardrail.margin)
    known = judged.interval or Range(0.0, None, None)
    # Nothing is known: then the margin is said as somebody chose it.
    if known.low is known.high is None:
        judged = JudgedEffect(None, guardrail.margin)
    # The always-valid interval has no estimate of its own.
    if guardrail.effect is not None and judged.is_in_unit == guardrail.is_in_unit:
        known = replace(known, estimate=guardrail.effect.estimate)
    is_worse = state_of(known, 0.0, is_lower_better=guardrail.is_lower_better) == "harmed"
    return replace(
        guardrail, known=known, is_worse=is_worse, known_is_in_unit=judged.is_in_unit, known_allowed=judged.allowed
    )


class JudgedEffect(NamedTuple):
    """What a guardrail is judged by: an interval, and ``allowed``, what it may not pass, on the same scale.

    ``is_in_unit``: both are differences in the metric's unit, else lifts, or points where the metric is read so.
    """

    interval: Range | None
    allowed: float
    is_in_unit: bool = False


def judged_effect(result: MetricResult, lift: Range | None, difference: Range | None, margin: float) -> JudgedEffect:
    """Return the lift, or where control is too near zero for one with two ends, the difference.

    That is judged by the margin times the size of control's value, whose own error is then a small part of the
    difference's.
    """
    if result.is_in_points:
        return JudgedEffect(difference, margin)
    if difference is None or (lift is not None and None not in (lift.low, lift.high)):
        return JudgedEffect(lift, margin)
    return JudgedEffect(difference, margin * abs(result.main.control or 0.0), is_in_unit=True)


def anytime_effect(result: MetricResult, margin: float) -> JudgedEffect:
    """Return what the always-valid interval judges a guardrail by. It has no estimate, and 0 stands in for it."""
    sequential = result.sequential
    if sequential is None:
        return JudgedEffect(None, margin)
    lift = Range(0.0, sequential.relative_low, sequential.relative_high)
    return judged_effect(result, lift, Range(0.0, sequential.low, sequential.high), margin)


def state_of(effect: Range | None, margin: float, *, is_lower_better: bool) -> Literal["holds", "unproven", "harmed"]:
    """Return ``holds`` where the whole interval is on the right side of the margin, ``harmed`` where on the other."""
    # Turned round, "at most one point higher" reads as "not more than one point lower", as for every other metric.
    if effect is not None and is_lower_better:
        effect, margin = scale_interval(effect, -1.0), -margin
    if effect is None:
        return "unproven"
    if effect.low is not None and effect.low >= margin:
        return "holds"
    if effect.high is not None and effect.high < margin:
        return "harmed"
    return "unproven"
