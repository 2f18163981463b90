"""What a running test may still bring: its chance of a win by the planned end, and the lift that it finds by now."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf, sqrt

from scipy.special import ndtri

from experiments.analysis.looks.bounds import better_sign, bounds_of
from experiments.analysis.looks.coming import looks_ahead
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.looks.taken import z_of
from experiments.analysis.luck import belief_prior
from experiments.analysis.segments import log_effect
from experiments.plan.thresholds import FUTILE_AT_PLANNED_EFFECT, FUTILE_CHANCE
from experiments.report import MetricResult, Outlook, Plan
from experiments.statistics import Comparison
from experiments.statistics.sequential.outlook import (
    FLAT,
    LookAhead,
    PriorPart,
    found_with_power,
    power_at_planned_effect,
    predictive_power,
)


def outlooks_of(state: PlanProgress, metrics: Sequence[MetricResult]) -> list[Outlook]:
    """Return the outlook of every treatment whose goal can be compared; none of a test that is over."""
    if state.has_ended:
        return []
    results = {result.variant: result for result in metrics if result.role == "goal"}
    ahead = win_looks_ahead(state)
    outlooks = []
    for variant, goal in state.goals.items():
        chance = win_chance(state, goal, ahead.get(variant, []))
        if is_crossed(state, variant):
            chance = None
        outlooks.append(
            Outlook(
                variant=variant,
                win_chance=chance,
                is_futile=is_futile(state, goal, ahead.get(variant, []), chance),
                detectable_lift=detectable_lift(state, goal, results[variant], ahead.get(variant, [])),
            )
        )
    return outlooks


def is_crossed(state: PlanProgress, variant: str) -> bool:
    """Whether the treatment has crossed its bound already, for better or worse."""
    bounds = state.treatment_bounds.get(variant)
    return bounds is not None and bounds.crossed_at is not None


def win_looks_ahead(state: PlanProgress) -> dict[str, list[LookAhead]]:
    """Return by treatment the looks to come that may find a win, at the present pace; none without a plan."""
    planned = state.sample.experiment.planned_sample
    # without buyers nothing says how many there will be
    if not state.is_planned or not planned or not state.sample.fewest_buyers:
        return {}
    coming = looks_ahead(state, planned)
    found = {}
    for variant, treatment in bounds_of(state.sample, [*state.scheduled, *coming]).items():
        ahead = []
        for look, bound in zip(coming, treatment.bounds[len(state.scheduled) :], strict=True):
            if bound < inf and look.information > state.sample.fewest_buyers:
                ahead.append(LookAhead(look.information, bound))
        found[variant] = ahead
    return found


def win_chance(state: PlanProgress, goal: Comparison, ahead: Sequence[LookAhead]) -> float | None:
    """Return the chance of a win at a look to come; ``None`` without looks, or a test to go on from."""
    z, information = z_of(goal), state.sample.fewest_buyers
    if z is None or not ahead:
        return None
    return predictive_power(z * better_sign(state.sample), information, ahead, prior=drift_prior(state, goal))


def drift_prior(state: PlanProgress, goal: Comparison) -> Sequence[PriorPart]:
    """Return how large lifts are believed to be, as the drift that each would be: what it adds to z by information."""
    error = relative_error(goal)
    if not error:
        return FLAT
    unit = error * sqrt(state.sample.fewest_buyers)
    prior = belief_prior(state.sample, state.sample.goal)
    return [PriorPart(weight, sd / unit) for weight, sd in zip(prior.weights, prior.scales, strict=True)]


def is_futile(state: PlanProgress, goal: Comparison, ahead: Sequence[LookAhead], chance: float | None) -> bool:
    """Whether a win is unlikely, even if the effect were the one that the test was planned for.

    Both are asked: the chance alone, which goes by the prior, would give up many a test with a large effect on a bad
    first day.
    """
    z = z_of(goal)
    if chance is None or z is None or chance >= FUTILE_CHANCE:
        return False
    level = state.sample.experiment.alpha / len(state.sample.treatments)
    power = power_at_planned_effect(z * better_sign(state.sample), state.sample.fewest_buyers, ahead, alpha=level)
    return power < FUTILE_AT_PLANNED_EFFECT


def relative_error(goal: Comparison) -> float | None:
    """Return the standard error of the log lift, or where there is none, of the lift of control's size."""
    effect = log_effect(goal)
    if effect is not None:
        return effect.error
    if not goal.control or not goal.standard_error:
        return None
    return goal.standard_error / abs(goal.control)


def detectable_lift(
    state: PlanProgress, goal: Comparison, result: MetricResult, ahead: Sequence[LookAhead]
) -> float | None:
    """Return the lift that the visitors so far find with a power of 80%; ``None`` where nothing can be compared."""
    error = goal.standard_error
    if not error or not goal.control:
        return None
    bound = bound_now(state, goal, result, ahead)
    if bound is None:
        return None
    return found_with_power(error, bound) / abs(goal.control)


def bound_now(state: PlanProgress, goal: Comparison, result: MetricResult, ahead: Sequence[LookAhead]) -> float | None:
    """Return how many standard errors from zero an effect must be to be found: at this look, or else the next one."""
    if not state.is_planned:
        return always_valid_bound(goal, result)
    bound = state.bound(result.variant)
    if bound is None and ahead:
        bound = ahead[0].bound
    if bound is None:
        bound = -float(ndtri(state.sample.experiment.alpha / 2))
    return bound


def always_valid_bound(goal: Comparison, result: MetricResult) -> float | None:
    """Return half the always-valid interval's width in standard errors; ``None`` before there is one."""
    interval = result.sequential
    if interval is None or interval.low is None or interval.high is None or not goal.standard_error:
        return None
    return (interval.high - interval.low) / 2 / goal.standard_error


def with_chances(plan: Plan, outlooks: Sequence[Outlook]) -> Plan:
    """Keep with the look at hand what its chance of a win by the planned end is: later data will say another."""
    if not plan.is_look:
        return plan
    chances = {outlook.variant: outlook.win_chance for outlook in outlooks}
    looks = []
    for look in plan.looks:
        if look.number == plan.looks_taken:
            look = replace(look, win_chance=chances.get(look.variant))
        looks.append(look)
    return replace(plan, looks=looks)
