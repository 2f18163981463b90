"""The rules of a verdict, each with what was compared with what: the trace that a reader can follow."""

from collections.abc import Iterator

from experiments import wording
from experiments.analysis.health import CONFLICTING_ALARM, GAP_ALARM
from experiments.analysis.sample_ratio import SAMPLE_RATIO_ALARM
from experiments.models import Metric
from experiments.report import Guardrail, Look, MetricResult, Rule, State
from experiments.verdict.evidence import CARING, ROPE, Evidence

__all__ = ["CARING", "ROPE", "goals", "remarks", "size", "trust"]


def trust(evidence: Evidence) -> list[Rule]:
    """Whether the data can be trusted: one that fails blocks the verdict."""
    rules = [sample_ratio(evidence), conflicting(evidence)]
    return rules if evidence.is_imported else [*rules, *segment_ratios(evidence), gaps(evidence)]


def size(evidence: Evidence) -> list[Rule]:
    """Whether there is enough to read."""
    return [buyers(evidence)] if evidence.is_imported else [buyers(evidence), days(evidence)]


def sample_ratio(evidence: Evidence) -> Rule:
    """Visitors are split as the weights say; an imported test's weights aren't known, so even is only a guess."""
    check = evidence.health.sample_ratio
    if check.p_value is None:
        return Rule(code="sample_ratio", state="info", text="Traffic split not checked yet", detail="no visitors")
    state: State = "pass"
    text = "Traffic split evenly" if evidence.is_imported else "Traffic split as planned"
    if check.is_alarming:
        state, text = "fail", "Traffic is not split as planned"
    elif check.p_value < SAMPLE_RATIO_ALARM:
        state, text = "warn", "Traffic is not split evenly: read on only if that was planned"
    return Rule(
        code="sample_ratio",
        state=state,
        text=text,
        detail=f"SRM p {wording.p_value(check.p_value)}",
        figure=check.p_value,
        threshold=SAMPLE_RATIO_ALARM,
    )


def segment_ratios(evidence: Evidence) -> Iterator[Rule]:
    """A split that is off within a device, country or kind of customer, the worst one: a hint at the cause."""
    alarming = [check for check in evidence.health.segment_ratios if check.is_alarming]
    for check in sorted(alarming, key=lambda one: one.corrected_p_value or 0.0)[:1]:
        yield Rule(
            code="segment_ratio",
            state="warn",
            text=f"Traffic is not split as planned for {check.dimension.replace('_', ' ')} {check.value}",
            detail=f"SRM p {wording.p_value(check.corrected_p_value or 0.0)}, {len(alarming)} such in all",
            figure=check.corrected_p_value,
            threshold=SAMPLE_RATIO_ALARM,
        )


def conflicting(evidence: Evidence) -> Rule:
    """Hardly anybody was seen in two variants."""
    share = evidence.health.conflicting_share or 0.0
    is_broken = share > CONFLICTING_ALARM
    return Rule(
        code="conflicting",
        state="fail" if is_broken else "pass",
        text="Too many visitors were seen in two variants" if is_broken else "Visitors stay in their variant",
        detail=f"{wording.percent(share)} seen in two",
        figure=share,
        threshold=CONFLICTING_ALARM,
    )


def gaps(evidence: Evidence) -> Rule:
    """Exposures came in on every day that the test ran."""
    share, lost = evidence.health.gap_share or 0.0, len(evidence.health.gap_days)
    silent = evidence.health.silent_days
    state: State = "fail" if share > GAP_ALARM else "warn" if lost or silent else "pass"
    text = "Tracking has gaps" if lost else "No exposures come in any more" if silent else "Exposures came in every day"
    detail = f"{wording.days(lost or silent)} without exposures" if lost or silent else "no gap"
    return Rule(code="gaps", state=state, text=text, detail=detail, figure=share, threshold=GAP_ALARM)


def buyers(evidence: Evidence) -> Rule:
    """There are orders enough to say anything."""
    is_enough = evidence.fewest_buyers >= evidence.buyers_needed
    return Rule(
        code="buyers",
        state="pass" if is_enough else "warn",
        text=f"At least {evidence.buyers_needed} buyers in every variant",
        detail=f"{evidence.fewest_buyers:,} in the smallest",
        figure=evidence.fewest_buyers,
        threshold=evidence.buyers_needed,
    )


def days(evidence: Evidence) -> Rule:
    """It ran for a whole week."""
    return Rule(
        code="days",
        state="pass" if evidence.days >= evidence.days_needed else "warn",
        text=f"At least {evidence.days_needed} days",
        detail=f"{evidence.days:.1f} days",
        figure=evidence.days,
        threshold=evidence.days_needed,
    )


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
        text=titled(evidence, result.variant, words[standing]),
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
        text=titled(evidence, result.variant, "Goal crossed its bound" + ("" if is_better else " for the worse")),
        detail=f"z {wording.z(one.z)} {beyond} {wording.z(bound)} at look {one.number}",
        figure=one.z,
        threshold=bound,
        variant=result.variant,
    )
    if one.z_now is not None and abs(one.z_now) < one.bound:
        yield Rule(
            code="since_crossing",
            state="info",
            text=titled(evidence, result.variant, "It stays crossed, though later data are weaker"),
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
        text=titled(evidence, look.variant, "Goal has not reached its bound"),
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
        text=titled(evidence, result.variant, f"{words[standing]} by the interval that holds {where}"),
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
        text=titled(evidence, one.variant, f"{one.label} {limit} {wording.margin(one)}{tail}"),
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
            text=titled(
                evidence, result.variant, f"Expected loss {'below' if share < CARING else 'above'} {CARING:.2%}"
            ),
            detail=f"{share:.2%} of control's value",
            figure=share,
            threshold=CARING,
            variant=result.variant,
        )


def remarks(evidence: Evidence) -> list[Rule]:
    """What one should know beside it."""
    return [*refunds(evidence), immature(evidence), *adjustment(evidence)]


def refunds(evidence: Evidence) -> Iterator[Rule]:
    """Refunds, where they are no guardrail anyway: whether a treatment has more."""
    open_share = wording.percent(evidence.health.immature_share or 0.0)
    for result in evidence.metrics:
        if result.metric != Metric.REFUNDED_SHARE or result.role == "guardrail" or result.main.p_value is None:
            continue
        difference, p_value = result.main.difference, result.corrected_p_value
        is_clear = p_value is not None and p_value < evidence.experiment.alpha and difference is not None
        is_worse = is_clear and difference is not None and difference.estimate > 0
        words = "more" if is_worse else "fewer" if is_clear else "no difference"
        yield Rule(
            code="refunds",
            state="warn" if is_worse else "pass",
            text=titled(evidence, result.variant, "Refunds"),
            detail=f"{words}, {open_share} of visitors may still order or return",
            figure=p_value,
            threshold=evidence.experiment.alpha,
            variant=result.variant,
        )


def immature(evidence: Evidence) -> Rule:
    """Orders and refunds of the last visitors may still come."""
    share = evidence.health.immature_share or 0.0
    text = "Visitors may still order" if share else "All visitors had their time to order"
    return Rule(
        code="immature",
        state="info" if share else "pass",
        text=text,
        detail=f"{wording.percent(share)} open",
        figure=share,
    )


def adjustment(evidence: Evidence) -> Iterator[Rule]:
    """What the cart's value explains."""
    one = evidence.adjustment
    if one.is_used and one.variance_reduction is not None and one.visitors_multiple is not None:
        yield Rule(
            code="adjustment",
            state="pass",
            text=f"Cart value explains {wording.whole_percent(round(one.variance_reduction, 2))} of variance",
            detail=f"as if {one.visitors_multiple:.1f} times the visitors",
            figure=one.variance_reduction,
        )


def titled(evidence: Evidence, variant: str, text: str) -> str:
    """The text, with the treatment's name before it where there are several."""
    several = len({result.variant for result in evidence.metrics}) > 1
    return f"{evidence.name(variant)}: {text[0].lower()}{text[1:]}" if several else text
