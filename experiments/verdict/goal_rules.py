"""The rules about what is compared: each treatment's goal by the test that the design allows, and its guardrails."""

from collections.abc import Iterator

from experiments import formatting, wording
from experiments.plan.thresholds import NEGLIGIBLE_LOSS_SHARE
from experiments.report import Guardrail, Look, MetricResult, Rule, State
from experiments.verdict.evidence import Evidence, Outcome

OUTCOME_STATES: dict[Outcome, State] = {"win": "pass", "loss": "fail", "open": "info"}
FIXED_WORDS: dict[Outcome, str] = {
    "win": "Goal is better beyond chance",
    "loss": "Goal is worse beyond chance",
    "open": "The difference in the goal may be chance",
}
ALWAYS_VALID_WORDS: dict[Outcome, str] = {
    "win": "Goal is better by the always-valid interval",
    "loss": "Goal is worse by the always-valid interval",
    "open": "Goal shows no clear difference by the always-valid interval",
}
GUARDRAIL_STATES: dict[str, State] = {"holds": "pass", "unproven": "info", "harmed": "fail"}
GUARDRAIL_TAILS = {"holds": "", "unproven": ": not proven", "harmed": ": broken"}


def goals(evidence: Evidence) -> list[Rule]:
    """What each treatment's goal says, its guardrails, and what a roll-out would risk; the best treatment first."""
    rules: list[Rule] = []
    for result in evidence.goals("win", "open", "loss"):
        rules += goal(evidence, result)
        rules += [guardrail(evidence, one) for one in evidence.guardrails_of(result.variant)]
        rules += expected_loss(evidence, result)
    return rules


def goal(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """Whether chance alone explains the goal's difference, by the test that the design allows."""
    if evidence.plan.design == "fixed":
        yield fixed(evidence, result)
        return
    if result.variant in evidence.crossings:
        yield from crossed(evidence, result)
        return
    look = newest_look(evidence, result.variant)
    if look is not None:
        yield at_look(evidence, look)
    if result.sequential is not None and result.sequential.method == "always_valid":
        yield always_valid(evidence, result)


def newest_look(evidence: Evidence, variant: str) -> Look | None:
    """The treatment's last look that could have decided."""
    looks = [look for look in evidence.plan.looks if look.variant == variant]
    for look in reversed(looks):
        if look.bound is not None:
            return look
    return None


def fixed(evidence: Evidence, result: MetricResult) -> Rule:
    """A test that is read once."""
    p_value, outcome = result.corrected_p_value, evidence.outcome(result)
    return Rule(
        code="goal",
        state=OUTCOME_STATES[outcome],
        text=evidence.titled(result.variant, FIXED_WORDS[outcome]),
        detail="no test yet" if p_value is None else f"p {formatting.p_value(p_value)}",
        figure=p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def crossed(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """A bound that was crossed, and what the same test says now where that is less."""
    crossing = evidence.crossings[result.variant]
    state: State = "pass"
    text = "Goal crossed its bound"
    if evidence.outcome(result) == "loss":
        state, text = "fail", "Goal crossed its bound for the worse"
    side, bound = "above", crossing.bound
    if crossing.z <= 0:
        side, bound = "below", -crossing.bound
    yield Rule(
        code="goal",
        state=state,
        text=evidence.titled(result.variant, text),
        detail=f"z {formatting.decimal(crossing.z)} {side} {formatting.decimal(bound)} at look {crossing.number}",
        figure=crossing.z,
        threshold=bound,
        variant=result.variant,
    )
    if crossing.z_now is not None and abs(crossing.z_now) < crossing.bound:
        yield Rule(
            code="since_crossing",
            state="info",
            text=evidence.titled(result.variant, "The crossing stands, although later data are weaker"),
            detail=f"z {formatting.decimal(crossing.z_now)} now",
            figure=crossing.z_now,
            threshold=crossing.bound,
            variant=result.variant,
        )


def at_look(evidence: Evidence, look: Look) -> Rule:
    """The newest look, whose bound was not reached."""
    z, bound = look.z or 0.0, look.bound or 0.0
    return Rule(
        code="goal",
        state="info",
        text=evidence.titled(look.variant, "Goal has not reached its bound"),
        detail=f"z {formatting.decimal(z)} within ±{bound:.2f} at look {look.number}",
        figure=z,
        threshold=bound,
        variant=look.variant,
    )


def always_valid(evidence: Evidence, result: MetricResult) -> Rule:
    """The always-valid interval: what decides without a plan, and between looks."""
    outcome = evidence.outcome(result)
    low, high = evidence.readable_ends(result)
    detail = "no interval yet"
    if low is not None and high is not None:
        detail = formatting.lift_ends(low, high)
    return Rule(
        code="goal" if evidence.plan.design == "always_valid" else "between_looks",
        state=OUTCOME_STATES[outcome],
        text=evidence.titled(result.variant, ALWAYS_VALID_WORDS[outcome]),
        detail=detail,
        figure=high if outcome == "loss" else low,
        threshold=0.0,
        variant=result.variant,
    )


def guardrail(evidence: Evidence, guardrail: Guardrail) -> Rule:
    """Whether a guardrail metric stays on the right side of its margin."""
    state = GUARDRAIL_STATES[guardrail.state]
    if guardrail.state == "unproven" and evidence.is_worse(guardrail):
        state = "warn"
    limit, bound = "not worse than", "lower bound"
    if guardrail.is_lower_better:
        limit, bound = "not higher than", "upper bound"
    end = harmful_end(guardrail)
    detail = "no interval yet"
    if end is not None:
        detail = f"{bound} {wording.change(end, is_in_points=guardrail.is_in_points)}"
    tail = GUARDRAIL_TAILS[guardrail.state]
    return Rule(
        code="guardrail",
        state=state,
        text=evidence.titled(guardrail.variant, f"{guardrail.label} {limit} {wording.margin(guardrail)}{tail}"),
        detail=detail,
        figure=end,
        threshold=guardrail.margin,
        variant=guardrail.variant,
    )


def harmful_end(guardrail: Guardrail) -> float | None:
    """The end of the effect's interval on the side that would harm."""
    if guardrail.effect is None:
        return None
    if guardrail.is_lower_better:
        return guardrail.effect.high
    return guardrail.effect.low


def expected_loss(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """What a roll-out risks on average. It is a reading and not a test, and decides nothing by itself."""
    share = evidence.loss_share(result)
    if share is None:
        return
    state: State = "info"
    side = "above"
    if share < NEGLIGIBLE_LOSS_SHARE:
        state, side = "pass", "below"
    yield Rule(
        code="expected_loss",
        state=state,
        text=evidence.titled(result.variant, f"Expected loss {side} {NEGLIGIBLE_LOSS_SHARE:.2%}"),
        detail=f"{share:.2%} of control's value",
        figure=share,
        threshold=NEGLIGIBLE_LOSS_SHARE,
        variant=result.variant,
    )
