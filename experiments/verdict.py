"""What the figures say, in words, and by which rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from experiments import wording
from experiments.health import CONFLICTING_ALARM, SAMPLE_RATIO_ALARM
from experiments.models import Experiment, Metric, Source, Variant
from experiments.report import Health, MetricResult, Range, Rule, State, Verdict, VerdictCode

BUYERS_FOR_ANY_TEST = 10
BUYERS_FOR_EARLY_LOOKS = 100
DAYS_NEEDED = 7  # weekdays and weekends differ

Standing = Literal["win", "loss", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the verdict is made from; ``fewest_*`` are of the smallest variant, ``days`` from first to last exposure."""

    experiment: Experiment
    variants: Sequence[Variant]
    metrics: Sequence[MetricResult]
    health: Health
    visitors: int
    fewest_visitors: int
    fewest_buyers: int
    days: float

    @property
    def is_fixed_horizon(self) -> bool:
        """Whether this is the look that was planned as the last, so that the fixed interval may decide."""
        planned = self.experiment.planned_sample
        return self.is_imported or (planned is not None and self.fewest_visitors >= planned)

    @property
    def is_imported(self) -> bool:
        """Whether the test was run elsewhere, to its end."""
        return self.experiment.source == Source.IMPORTED

    @property
    def buyers_needed(self) -> int:
        """Buyers per variant below which nothing is said."""
        return BUYERS_FOR_ANY_TEST if self.is_fixed_horizon else BUYERS_FOR_EARLY_LOOKS

    def name_of(self, result: MetricResult) -> str:
        """The treatment's name."""
        return next(str(variant) for variant in self.variants if variant.key == result.variant)

    def goals(self, *standings: Standing) -> list[MetricResult]:
        """The goal of the treatments that stand so, the best first."""
        found = [result for result in self.metrics if result.role == "goal" and self.standing(result) in standings]
        return sorted(found, key=lambda result: estimate_of(result.main.difference), reverse=True)

    def standing(self, result: MetricResult) -> Standing:
        """Whether the treatment is better or worse than control beyond chance, on this metric.

        At the planned end that is the corrected p-value's matter, before it the always-valid interval's.
        """
        if self.is_fixed_horizon:
            p_value = result.corrected_p_value
            if p_value is None or p_value >= self.experiment.alpha:
                return "open"
            return "win" if estimate_of(result.main.difference) > 0 else "loss"
        sequential = result.sequential
        if sequential is None or sequential.low is None or sequential.high is None:
            return "open"
        return "win" if sequential.low > 0 else "loss" if sequential.high < 0 else "open"

    def guardrails(self, variant_key: str) -> list[tuple[MetricResult, float]]:
        """A treatment's guardrail metrics, each with the relative change that it may not fall below."""
        margins = {guardrail["metric"]: float(guardrail["margin"]) for guardrail in self.experiment.guardrails}
        return [
            (result, margins[result.metric])
            for result in self.metrics
            if result.variant == variant_key and result.metric in margins and result.role != "goal"
        ]


def decide(evidence: Evidence) -> Verdict:
    """The verdict: data that can't be trusted comes first, then what isn't complete, then what the goal says."""
    trust, size = [sample_ratio_rule(evidence), conflicting_rule(evidence)], [buyers_rule(evidence)]
    if not evidence.is_imported:
        size.append(days_rule(evidence))
    rules = [*trust, *size, *goal_rules(evidence), immature_rule(evidence)]
    if any(rule.state == "fail" for rule in trust):
        return invalid(trust, rules)
    if any(rule.state == "warn" for rule in size):
        return collecting(evidence, rules)
    if not evidence.goals("win", "open", "loss"):
        return nothing_to_compare(rules)
    if evidence.experiment.goal_metric == Metric.MARGIN and evidence.health.unknown_margin:
        return costs_unknown(evidence, rules)
    if winners := evidence.goals("win"):
        return won(evidence, winners[0], rules)
    if undecided := evidence.goals("open"):
        return no_clear_difference(evidence, undecided[0], rules)
    return lost(evidence, evidence.goals("loss"), rules)


def invalid(trust: Sequence[Rule], rules: list[Rule]) -> Verdict:
    """The numbers can't be trusted."""
    broken = next(rule for rule in trust if rule.state == "fail")
    return Verdict(
        code="invalid",
        headline=f"Don't act on these results: {broken.text} ({broken.detail}).",
        next_step="Find the cause and start the test again; the difference between the variants may be the error's.",
        variant=None,
        rules=rules,
    )


def collecting(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """It is too early, or the test was too small, to say anything."""
    needed = f"{evidence.fewest_buyers:,} of {evidence.buyers_needed:,} buyers in the smallest variant"
    if not evidence.visitors:
        headline, next_step = "No visitors yet.", "Check that the test is running and the snippet is on the page."
    elif evidence.is_imported:
        headline, next_step = f"Too few orders to tell: {needed}.", "Read it as a pilot, not as a result."
    elif evidence.fewest_buyers < evidence.buyers_needed:
        headline, next_step = f"Collecting: {needed}.", "Wait; what the figures show so far may well be chance."
    else:
        headline = f"Collecting: day {int(evidence.days) + 1} of at least {DAYS_NEEDED}."
        next_step = "Wait for a whole week: weekdays and weekends differ."
    return Verdict(code="collecting", headline=headline, next_step=next_step, variant=None, rules=rules)


def nothing_to_compare(rules: list[Rule]) -> Verdict:
    """There is no treatment, no control, or no data on the goal."""
    return Verdict(
        code="collecting",
        headline="There is nothing to compare.",
        next_step="Give the test a control and a treatment, and a goal that is recorded.",
        variant=None,
        rules=rules,
    )


def costs_unknown(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """The goal is the margin, and what some of the products cost isn't known."""
    unknown = evidence.health.unknown_margin
    visitors = "1 visitor" if unknown == 1 else f"{unknown:,} visitors"
    return Verdict(
        code="collecting",
        headline=f"The margin is unknown for {visitors}: a product's cost is missing.",
        next_step="Enter the products' costs and send those orders again, or send the cost with each order line.",
        variant=None,
        rules=rules,
    )


def won(evidence: Evidence, result: MetricResult, rules: list[Rule]) -> Verdict:
    """A treatment is better than control on the goal; its guardrails say whether that is all."""
    effect = wording.effect(evidence.name_of(result), result, evidence.experiment.store.currency)
    states = [
        (guardrail, guardrail_state(guardrail, margin)) for guardrail, margin in evidence.guardrails(result.variant)
    ]
    broken = [guardrail.label.lower() for guardrail, state in states if state == "fail"]
    unknown = [guardrail.label.lower() for guardrail, state in states if state != "pass"]
    code: VerdictCode = "ship"
    if broken:
        code, tail = "needs_review", f"But {' and '.join(broken)} fell further than allowed."
        next_step = "Review before rolling out: find out which visitors no longer buy."
    elif unknown:
        tail = f"Whether {' and '.join(unknown)} holds within its margin is not certain yet."
        next_step = "Roll it out if the remaining risk is acceptable, or let it run for certainty."
    else:
        tail, next_step = "No guardrail is harmed.", "Conclude the test and roll it out."
    return Verdict(code=code, headline=f"{effect} {tail}", next_step=next_step, variant=result.variant, rules=rules)


def lost(evidence: Evidence, results: Sequence[MetricResult], rules: list[Rule]) -> Verdict:
    """Every treatment is worse than control."""
    effect = wording.effect(evidence.name_of(results[0]), results[0], evidence.experiment.store.currency)
    headline = effect if len(results) == 1 else f"Every treatment does worse than control. At best: {effect}"
    return Verdict(
        code="stop_harm",
        headline=headline,
        next_step="Stop the test and keep control.",
        variant=results[0].variant,
        rules=rules,
    )


def no_clear_difference(evidence: Evidence, result: MetricResult, rules: list[Rule]) -> Verdict:
    """Chance explains what is seen as well as an effect does."""
    name, lift = evidence.name_of(result), result.main.lift
    seen = f" {name}: {wording.lift_range(lift)} in {result.label.lower()}." if lift else ""
    code: VerdictCode = "collecting"
    headline, next_step = "No clear difference yet.", "Let it run: effects of this size need more visitors."
    if evidence.is_fixed_horizon:
        code, headline, next_step = "needs_review", "No clear difference.", "Keep control, or test a bolder change."
    return Verdict(code=code, headline=headline + seen, next_step=next_step, variant=None, rules=rules)


def sample_ratio_rule(evidence: Evidence) -> Rule:
    """Visitors are split as the weights say; an imported test's weights aren't known, so even is only a guess."""
    check = evidence.health.sample_ratio
    if check.p_value is None:
        return Rule(code="sample_ratio", state="info", text="split of visitors not checked yet", detail="no visitors")
    state: State = "pass"
    text = "visitors are split evenly" if evidence.is_imported else "visitors are split as planned"
    if check.is_alarming:
        state, text = "fail", "visitors are not split as planned"
    elif check.p_value < SAMPLE_RATIO_ALARM:
        state, text = "warn", "visitors are not split evenly: read on only if that was planned"
    return Rule(code="sample_ratio", state=state, text=text, detail=f"p {wording.p_value(check.p_value)}")


def conflicting_rule(evidence: Evidence) -> Rule:
    """Hardly anybody was seen in two variants."""
    share = evidence.health.conflicting_share or 0.0
    state: State = "fail" if share > CONFLICTING_ALARM else "pass"
    text = "too many visitors were seen in two variants" if state == "fail" else "visitors stay in their variant"
    return Rule(code="conflicting", state=state, text=text, detail=f"{wording.percent(share)} seen in two")


def buyers_rule(evidence: Evidence) -> Rule:
    """There are orders enough to say anything."""
    is_enough = evidence.fewest_buyers >= evidence.buyers_needed
    return Rule(
        code="buyers",
        state="pass" if is_enough else "warn",
        text=f"at least {evidence.buyers_needed} buyers in every variant",
        detail=f"{evidence.fewest_buyers:,} in the smallest",
    )


def days_rule(evidence: Evidence) -> Rule:
    """It ran for a whole week."""
    return Rule(
        code="days",
        state="pass" if evidence.days >= DAYS_NEEDED else "warn",
        text=f"at least {DAYS_NEEDED} days",
        detail=f"{evidence.days:.1f} days",
    )


def goal_rules(evidence: Evidence) -> list[Rule]:
    """What each treatment's goal says, and its guardrails."""
    rules = []
    for result in evidence.goals("win", "open", "loss"):
        rules.append(goal_rule(evidence, result))
        rules += [
            guardrail_rule(evidence.name_of(result), guardrail, margin)
            for guardrail, margin in evidence.guardrails(result.variant)
        ]
    return rules


def goal_rule(evidence: Evidence, result: MetricResult) -> Rule:
    """Whether chance alone explains the goal's difference."""
    states: dict[Standing, State] = {"win": "pass", "loss": "fail", "open": "info"}
    words = {"win": "better than control", "loss": "worse than control", "open": "not told apart from control"}
    standing = evidence.standing(result)
    if evidence.is_fixed_horizon:
        p_value = result.corrected_p_value
        detail = "no test yet" if p_value is None else f"p {wording.p_value(p_value)}"
    else:
        detail = "by the interval that holds at every look"
    return Rule(
        code="goal",
        state=states[standing],
        text=f"{evidence.name_of(result)}: {result.label.lower()} {words[standing]}",
        detail=detail,
    )


def guardrail_rule(name: str, result: MetricResult, margin: float) -> Rule:
    """Whether a guardrail metric stays above its margin."""
    state, lift = guardrail_state(result, margin), result.main.lift
    words = {"pass": "not worse than", "fail": "fell below", "info": "not known to stay above"}
    return Rule(
        code="guardrail",
        state="warn" if state == "info" else state,
        text=f"{name}: {result.label.lower()} {words[state]} {wording.percent(margin)}",
        detail=wording.lift_range(lift) if lift else "no interval yet",
    )


def guardrail_state(result: MetricResult, margin: float) -> Literal["pass", "fail", "info"]:
    """``pass`` where the whole interval of the lift is above the margin, ``fail`` where it is below, else ``info``."""
    lift = result.main.lift
    if lift is not None and lift.low is not None and lift.low >= margin:
        return "pass"
    return "fail" if lift is not None and lift.high is not None and lift.high < margin else "info"


def immature_rule(evidence: Evidence) -> Rule:
    """Orders and refunds of the last visitors may still come."""
    share = evidence.health.immature_share or 0.0
    text = "visitors may still order" if share else "all visitors had their time to order"
    return Rule(code="immature", state="info" if share else "pass", text=text, detail=f"{wording.percent(share)} open")


def estimate_of(interval: Range | None) -> float:
    """The estimate, 0 where there is none."""
    return interval.estimate if interval else 0.0
