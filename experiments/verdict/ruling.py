"""What the figures say to do, and by which rules: the trace that a reader can follow."""

from collections.abc import Sequence

from experiments import wording
from experiments.models import Metric
from experiments.report import MetricResult, Rule, Verdict, VerdictCode
from experiments.verdict import data_rules, goal_rules
from experiments.verdict.evidence import CARING, DAYS_NEEDED, ROPE, Evidence
from experiments.verdict.remarks import remarks


def decide(evidence: Evidence) -> Verdict:
    """The verdict: data that can't be trusted comes first, then certain harm, what isn't complete, and the goal."""
    trust, size = data_rules.trust(evidence), data_rules.size(evidence)
    rules = [*trust, *size, *goal_rules.goals(evidence), *remarks(evidence)]
    if any(rule.state == "fail" for rule in trust):
        return invalid(trust, rules)
    if evidence.is_harm_decisive:
        return guardrail_harmed(evidence, rules)
    if any(rule.state == "warn" for rule in size):
        return too_early(evidence, rules)
    if not evidence.goals("win", "open", "loss"):
        return nothing_to_compare(rules)
    if evidence.experiment.goal_metric == Metric.MARGIN and evidence.health.unknown_margin:
        return costs_unknown(evidence, rules)
    if winners := evidence.goals("win"):
        return won(evidence, winners[0], rules)
    if undecided := evidence.goals("open"):
        return undecided_yet(evidence, undecided, rules)
    return lost(evidence, evidence.goals("loss"), rules)


def invalid(trust: Sequence[Rule], rules: list[Rule]) -> Verdict:
    """The numbers can't be trusted."""
    broken = next(rule for rule in trust if rule.state == "fail")
    return Verdict(
        code="invalid",
        headline=f"Don't act on these results: {broken.text[0].lower()}{broken.text[1:]} ({broken.detail}).",
        next_step="Find the cause and start the test again; the difference between the variants may be the error's.",
        variant=None,
        rules=rules,
    )


def guardrail_harmed(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """A guardrail is past its margin, by the interval that holds at every look, and no other treatment wins."""
    harmed = evidence.surely_harmed
    broken = next(one for one in evidence.guardrails if one.variant == harmed[0] and one.is_harm_certain)
    names, how = wording.listed([evidence.name(key) for key in harmed]), "rose" if broken.is_lower_better else "fell"
    headline = f"{names}: {broken.label.lower()} {how} further than the {wording.margin(broken)} that is allowed."
    code: VerdictCode = "stop_harm"
    next_step, wins = "Stop the test and keep control.", evidence.goals("win")
    if wins:
        code, headline = "needs_review", f"{headline} The goal wins nevertheless."
        next_step = "Find out which visitors no longer buy before you roll it out."
    elif len(harmed) < len(evidence.treatments):
        code, next_step = "needs_review", f"Stop the test, and start again without {names} if the rest is promising."
    return Verdict(code=code, headline=headline, next_step=next_step, variant=harmed[0], rules=rules)


def too_early(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """It is too early, or the test was too small, to say anything."""
    needed = f"{evidence.fewest_buyers:,} of {evidence.buyers_needed:,} buyers in the smallest variant"
    if not evidence.visitors:
        headline, next_step = "No visitors yet.", "Check that the test is running and the snippet is on the page."
    elif evidence.fewest_buyers < evidence.buyers_needed and evidence.has_ended:
        headline, next_step = f"Too few orders to tell: {needed}.", "Read it as a pilot, not as a result."
    elif evidence.fewest_buyers < evidence.buyers_needed:
        headline, next_step = f"Collecting: {needed}.", "Wait; what the figures show so far may well be chance."
    else:
        headline = f"Collecting: day {int(evidence.days) + 1} of at least {DAYS_NEEDED}."
        next_step = "Wait for a whole week: weekdays and weekends differ."
    crossed = [evidence.name(one.variant) for one in evidence.plan.crossings]
    ahead = f" {wording.listed(crossed)} crossed the bound already, which stands." if crossed else ""
    return Verdict(code="collecting", headline=headline + ahead, next_step=next_step, variant=None, rules=rules)


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
    visitors = wording.counted(unknown, "visitor")
    return Verdict(
        code="collecting",
        headline=f"The margin is unknown for {visitors}: a product's cost is missing.",
        next_step="Enter the products' costs and send those orders again, or send the cost with each order line.",
        variant=None,
        rules=rules,
    )


def won(evidence: Evidence, result: MetricResult, rules: list[Rule]) -> Verdict:
    """A treatment is better than control on the goal; its guardrails say whether that is all."""
    effect = wording.effect("It", result, evidence.experiment.store.currency)
    own = [one for one in evidence.guardrails if one.variant == result.variant]
    broken = [one.label.lower() for one in own if evidence.is_worse(one)]
    unproven = [one.label.lower() for one in own if one.state == "unproven"]
    code: VerdictCode = "ship"
    next_step = f"Conclude the test and roll it out{evidence.or_wait}."
    if broken:
        code, tail = "needs_review", f"But {wording.listed(broken)} got worse."
        next_step = "Review before rolling out: find out which visitors no longer buy."
        effect = wording.effect(evidence.name_of(result), result, evidence.experiment.store.currency)
    elif unproven:
        tail = f"{wording.listed(unproven).capitalize()} shows no harm; that the margin holds is not proven yet."
    else:
        tail = "No guardrail is harmed." if own else ""
    ship = "" if broken else f"Ship {evidence.name_of(result)}. "
    return Verdict(
        code=code, headline=f"{ship}{effect} {tail}".rstrip(), next_step=next_step, variant=result.variant, rules=rules
    )


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


def undecided_yet(evidence: Evidence, results: Sequence[MetricResult], rules: list[Rule]) -> Verdict:
    """Chance explains what is seen as well as an effect does: there is none that matters, or it isn't known yet."""
    best = results[0]
    lift = best.main.lift
    seen = f" {evidence.name_of(best)}: {wording.lift_range(lift)} in {best.label.lower()}." if lift else ""
    if all(evidence.is_immaterial(one) for one in results):
        headline = f"No difference that matters: it is within {wording.percent(ROPE)} of control."
        return Verdict(
            code="no_material_difference",
            headline=headline + seen,
            next_step="Keep what is simpler, and test a bolder change.",
            variant=None,
            rules=rules,
        )
    if not evidence.has_ended:
        return Verdict(
            code="collecting",
            headline=f"No clear difference yet.{seen}",
            next_step=evidence.how_long,
            variant=None,
            rules=rules,
        )
    return Verdict(
        code="needs_review",
        headline=f"No clear difference.{seen}",
        next_step=at_the_end(evidence, best),
        variant=None,
        rules=rules,
    )


def at_the_end(evidence: Evidence, result: MetricResult) -> str:
    """What to do with a test that ended without an answer: shipping may cost nothing to speak of."""
    share = evidence.loss_share(result)
    if share is None or share >= CARING:
        return "Keep control, or test a bolder change."
    name = evidence.name_of(result)
    return (
        f"Keep control, or ship {name} if it costs you nothing: on average that risks {share:.2%} of control's value. "
        "A gain is not proven."
    )
