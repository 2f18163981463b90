"""Whether the effect changes with the day of exposure: novelty holds a roll-out up."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.plan.thresholds import DAY_EFFECT_ALARM
from experiments.report import DayEffect, MetricResult, Rule, State, Verdict, VerdictCode
from experiments.verdict.evidence import Evidence


def day_effects(evidence: Evidence) -> Iterator[Rule]:
    """What each treatment's effect does over the days; nothing while that can't be told."""
    for effect in evidence.by_day:
        if effect.state != "unknown":
            yield day_effect(evidence, effect)


def day_effect(evidence: Evidence, effect: DayEffect) -> Rule:
    """What one treatment's effect does over the days."""
    state: State = "pass"
    text = _("The effect doesn't change with the days")
    if effect.state == "growing":
        state, text = "info", _("The effect grows with the days")
    if effect.state == "fading":
        state, text = "warn", _("The effect fades, but the later days alone are a win, too")
    if effect.is_held_up:
        text = _("The effect fades: novelty, or an offer that wears out")
    detail = _("first days against the rest: p %(p_value)s") % {
        "p_value": formatting.p_value(effect.first_days_p_value)
    }
    return Rule(
        code="day_effect",
        state=state,
        text=evidence.titled(effect.variant, text),
        detail=detail,
        figure=effect.first_days_p_value,
        threshold=2 * DAY_EFFECT_ALARM,
        variant=effect.variant,
    )


def held_up(evidence: Evidence, result: MetricResult, rules: list[Rule]) -> Verdict | None:
    """A win that isn't rolled out yet, because its effect fades; ``None`` where nothing speaks against it."""
    effect = evidence.day_effect_of(result.variant)
    # Tests that were launched under a daily plan end by the rules that they began with.
    if effect is None or not effect.is_held_up or not evidence.is_complete:
        return None
    headline = _("%(variant)s is ahead, but its effect fades: %(first)s on the first days, %(later)s since.")
    headline %= {
        "variant": evidence.quoted_name(result),
        "first": lift_of(effect, is_first=True),
        "later": lift_of(effect, is_first=False),
    }
    # The plan is used up: whether what is left of the effect is enough is for people to decide.
    code: VerdictCode = "needs_review"
    next_step = _("Decide by the effect since the first days: that is what a roll-out would keep.")
    if not evidence.has_ended:
        code = "collecting"
        next_step = _("Let it run. Roll it out only if the later days alone are a win.")
    return Verdict(code=code, headline=headline, next_step=next_step, variant=result.variant, rules=rules)


def lift_of(effect: DayEffect, *, is_first: bool) -> str:
    """The goal's lift on the first days, or since."""
    span = effect.later
    if is_first:
        span = effect.first
    if span is None or span.lift is None:
        return formatting.MISSING
    return wording.lift_with_range(span.lift)
