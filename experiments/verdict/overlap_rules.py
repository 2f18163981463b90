"""What the store's other tests do to a verdict: an effect that turns around with their variants isn't one effect."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.report import ArmEffect, OverlapResult, Rule, State, Verdict
from experiments.verdict.evidence import Evidence


def overlaps(evidence: Evidence) -> Iterator[Rule]:
    """What each treatment and the other tests of its time do to each other, where that is beyond chance."""
    for result in evidence.overlaps:
        if result.is_interacting:
            yield interaction(evidence, result)
        if result.is_displacing:
            yield displacement(evidence, result)


def interaction(evidence: Evidence, result: OverlapResult) -> Rule:
    """Whether the effect depends on the variant of another test."""
    text = _("The effect depends on “%(other)s”")
    if result.turns_sign:
        text = _("The effect turns around with “%(other)s”")
    state: State = "info"
    if result.turns_sign:
        state = "warn"
    return Rule(
        code="overlap_interaction",
        state=state,
        text=evidence.titled(result.variant, text % {"other": result.other_name}),
        detail=effects_text(result),
        figure=result.corrected_p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def displacement(evidence: Evidence, result: OverlapResult) -> Rule:
    """Whether the treatment keeps visitors from another test."""
    text = _("Other visitors than control's see “%(other)s”") % {"other": result.other_name}
    return Rule(
        code="overlap_displacement",
        state="info",
        text=evidence.titled(result.variant, text),
        detail=result.displacement_text,
        figure=result.difference_p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def beside_other_tests(evidence: Evidence, verdict: Verdict) -> Verdict:
    """The verdict, with what another test turns around in its headline: then a win isn't rolled out by itself.

    Tests that were launched under a daily plan keep the verdict, and get the sentence alone.
    """
    if verdict.code in {"invalid", "collecting"}:
        return verdict
    turning = first_turning(evidence, verdict.variant)
    if turning is None:
        return verdict
    sentence = _("But beside “%(other)s” the effect turns around: %(effects)s.")
    words = {"other": turning.other_name, "effects": effects_text(turning)}
    verdict = replace(verdict, headline=f"{verdict.headline} {sentence % words}")
    if verdict.code != "ship" or not evidence.is_complete:
        return verdict
    next_step = _("Decide “%(other)s” first: which effect a roll-out has depends on the variant that wins there.")
    return replace(verdict, code="needs_review", next_step=next_step % words)


def first_turning(evidence: Evidence, variant: str | None) -> OverlapResult | None:
    """The first other test whose variants turn the effect of the verdict's treatment around, or of any where it is
    about none."""
    for result in evidence.overlaps:
        if result.turns_sign and variant in {None, result.variant}:
            return result
    return None


def effects_text(result: OverlapResult) -> str:
    """The effect by variant of the other test: ``+5.0% with Control, -3.2% with Dialog``."""
    return wording.listed(list(map(effect_text, result.effects)))


def effect_text(effect: ArmEffect) -> str:
    """The effect with one variant of the other test."""
    lift = formatting.MISSING
    if effect.lift is not None:
        lift = formatting.lift(effect.lift.estimate)
    return _("%(lift)s with %(variant)s") % {"lift": lift, "variant": effect.name}
