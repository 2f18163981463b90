"""The rules about what is compared: each treatment's goal by the test that the design allows, and its guardrails."""

from collections.abc import Iterator

from experiments import wording
from experiments.report import Guardrail, Look, MetricResult, Rule, State
from experiments.verdict.evidence import CARING, Evidence


def goals(evidence: Evidence) -> list[Rule]:
    """What each treatment's goal says, and its guardrails."""
    rules = []
    for result in evidence.goals("win", "open", "loss"):
        own = [one for one in evidence.guardrails if one.variant == result.variant]
        rules += [*goal(evidence, result), *(guardrail(evidence, one) for one in own), *loss(evidence, result)]
    return rules


def goal(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """Whether chance alone explains the goal's difference, by the test that the design allows."""
    if evidence.plan.design == "fixed":
        yield fixed(evidence, result)
    elif result.variant in evidence.crossings:
        yield from crossed(evidence, result)
    else:
        looks = [one for one in evidence.plan.looks if one.variant == result.variant and one.bound is not None]
        if looks:
            yield at_look(evidence, looks[-1])
        if result.sequential and result.sequential.method == "always_valid":
            yield anytime(evidence, result)


def fixed(evidence: Evidence, result: MetricResult) -> Rule:
    """A test that is read once."""
    p_value, states = result.corrected_p_value, {"win": "pass", "loss": "fail", "open": "info"}
    words = {"win": "Goal is better beyond chance", "loss": "Goal is worse beyond chance", "open": "Goal may be chance"}
    standing = evidence.standing(result)
    return Rule(
        code="goal",
        state=states[standing],  # type: ignore[arg-type]
        text=evidence.titled(result.variant, words[standing]),
        detail="no test yet" if p_value is None else f"p {wording.p_value(p_value)}",
        figure=p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def crossed(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """A bound that was crossed, and what the same test says now where that is less."""
    one = evidence.crossings[result.variant]
    is_better = evidence.standing(result) == "win"
    beyond, bound = ("above", one.bound) if one.z > 0 else ("below", -one.bound)
    yield Rule(
        code="goal",
        state="pass" if is_better else "fail",
        text=evidence.titled(result.variant, "Goal crossed its bound" + ("" if is_better else " for the worse")),
        detail=f"z {wording.z(one.z)} {beyond} {wording.z(bound)} at look {one.number}",
        figure=one.z,
        threshold=bound,
        variant=result.variant,
    )
    if one.z_now is not None and abs(one.z_now) < one.bound:
        yield Rule(
            code="since_crossing",
            state="info",
            text=evidence.titled(result.variant, "It stays crossed, though later data are weaker"),
            detail=f"z {wording.z(one.z_now)} now",
            figure=one.z_now,
            threshold=one.bound,
            variant=result.variant,
        )


def at_look(evidence: Evidence, look: Look) -> Rule:
    """The newest look, whose bound was not reached."""
    z, bound = look.z or 0.0, look.bound or 0.0
    return Rule(
        code="goal",
        state="info",
        text=evidence.titled(look.variant, "Goal has not reached its bound"),
        detail=f"z {wording.z(z)} within ±{bound:.2f} at look {look.number}",
        figure=z,
        threshold=bound,
        variant=look.variant,
    )


def anytime(evidence: Evidence, result: MetricResult) -> Rule:
    """The always-valid interval: what decides without a plan, and between looks."""
    one, standing = result.sequential, evidence.standing(result)
    states: dict[str, State] = {"win": "pass", "loss": "fail", "open": "info"}
    where = "between looks" if evidence.plan.design == "group_sequential" else "at any time"
    words = {"win": "Goal is better", "loss": "Goal is worse", "open": "Goal not told apart from control"}
    ends = (one.relative_low, one.relative_high) if one else (None, None)
    known = ends[0] is not None and ends[1] is not None
    return Rule(
        code="goal" if evidence.plan.design == "always_valid" else "between_looks",
        state=states[standing],
        text=evidence.titled(result.variant, f"{words[standing]} by the interval that holds {where}"),
        detail=wording.ends(*ends) if known else "no interval yet",
        figure=ends[1] if standing == "loss" else ends[0],
        threshold=0.0,
        variant=result.variant,
    )


def guardrail(evidence: Evidence, one: Guardrail) -> Rule:
    """Whether a guardrail metric stays on the right side of its margin."""
    states: dict[str, State] = {"holds": "pass", "unproven": "info", "harmed": "fail"}
    state: State = "warn" if one.state == "unproven" and evidence.is_worse(one) else states[one.state]
    limit = "not higher than" if one.is_lower_better else "not worse than"
    tail = {"holds": "", "unproven": ": not proven", "harmed": ": broken"}[one.state]
    effect = one.effect
    end = (effect.high if one.is_lower_better else effect.low) if effect else None
    name = "upper bound" if one.is_lower_better else "lower bound"
    return Rule(
        code="guardrail",
        state=state,
        text=evidence.titled(one.variant, f"{one.label} {limit} {wording.margin(one)}{tail}"),
        detail="no interval yet" if end is None else f"{name} {wording.change(end, is_in_points=one.is_in_points)}",
        figure=end,
        threshold=one.margin,
        variant=one.variant,
    )


def loss(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """What shipping risks on average; it is a reading, not a test, and decides nothing by itself."""
    share = evidence.loss_share(result)
    if share is not None:
        yield Rule(
            code="expected_loss",
            state="pass" if share < CARING else "info",
            text=evidence.titled(
                result.variant, f"Expected loss {'below' if share < CARING else 'above'} {CARING:.2%}"
            ),
            detail=f"{share:.2%} of control's value",
            figure=share,
            threshold=CARING,
            variant=result.variant,
        )
