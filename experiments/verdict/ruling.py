"""What the figures say to do, and by which rules: the trace that a reader can follow."""

from collections.abc import Iterator, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments import formatting, wording
from experiments.in_sentences import mid_sentence
from experiments.models import Metric
from experiments.plan.thresholds import DAYS_NEEDED
from experiments.report import Guardrail, MetricResult, Rule, State, Verdict, VerdictCode
from experiments.verdict import (
    custom_metric_rules,
    data_rules,
    day_rules,
    goal_rules,
    holdout_rules,
    luck_rules,
    overlap_rules,
    undecided_rules,
)
from experiments.verdict.evidence import Evidence
from experiments.verdict.remarks import remarks


def decide(evidence: Evidence) -> Verdict:
    """The verdict, with what the store's other tests do to it."""
    verdict = overlap_rules.beside_other_tests(evidence, decide_alone(evidence))
    return holdout_rules.in_words_of_holdout(evidence, verdict)


def decide_alone(evidence: Evidence) -> Verdict:
    """The verdict: data that can't be trusted comes first, then certain harm, what isn't complete, and the goal."""
    trust, size = data_rules.trust(evidence), data_rules.size(evidence)
    rules = [*trust, *size, *goal_rules.goals(evidence), *day_rules.day_effects(evidence)]
    rules += [*overlap_rules.overlaps(evidence), *custom_metric_rules.custom_metrics(evidence), *remarks(evidence)]
    # a broken split or identity explains any difference, so nothing else may be concluded from it
    broken = first_in_state("fail", trust)
    if broken is not None:
        return invalid(broken, rules)
    # before the size: the interval of a harm holds at every look, and shoppers shouldn't wait for a week to be over
    if evidence.is_harm_decisive:
        return guardrail_harmed(evidence, rules)
    # before the goal: the tests of the goal are wrong with few buyers, and a week has two kinds of days
    if first_in_state("warn", size) is not None:
        return too_early(evidence, rules)
    if not evidence.goals("win", "open", "loss"):
        return nothing_to_compare(rules)
    if are_values_equal(evidence):
        return nothing_varies(evidence, rules)
    if evidence.experiment.goal_metric == Metric.MARGIN and evidence.health.unknown_margin:
        return costs_unknown(evidence, rules)
    # one winner is enough, whatever the other treatments do; the best of several
    if winners := evidence.goals("win"):
        return won(evidence, winners[0], rules)
    # an undecided treatment may still win, so a test is lost only where all of them are worse
    if undecided := evidence.goals("open"):
        return undecided_rules.no_clear_difference(evidence, undecided, rules)
    return lost(evidence, evidence.goals("loss"), rules)


def first_in_state(state: State, rules: Sequence[Rule]) -> Rule | None:
    """The first of the rules in this state."""
    for rule in rules:
        if rule.state == state:
            return rule
    return None


def invalid(broken: Rule, rules: list[Rule]) -> Verdict:
    """The numbers can't be trusted, because this rule fails."""
    headline = _("Don't act on these results: %(problem)s (%(detail)s).")
    return Verdict(
        code="invalid",
        headline=headline % {"problem": wording.lower_first(broken.text), "detail": broken.detail},
        next_step=_(
            "Find the cause and restart the test. The difference between the variants may come from this fault."
        ),
        variant=None,
        rules=rules,
    )


def guardrail_harmed(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """A guardrail is past its margin, by the interval that holds at every look, and no other treatment wins."""
    harmed = evidence.surely_harmed
    names = evidence.listed_names(harmed)
    # the first harmed treatment stands for all: a headline with every metric of every variant would be unreadable
    broken = evidence.certain_harm_of(harmed[0])
    headline = _("%(variants)s: %(metric)s fell past the allowed %(margin)s.")
    if broken.is_lower_better:
        headline = _("%(variants)s: %(metric)s rose past the allowed %(margin)s.")
    margin = wording.margin_of(broken, evidence.experiment.store.currency)
    headline %= {"variants": names, "metric": mid_sentence(broken.label), "margin": margin}
    code: VerdictCode = "stop_harm"
    next_step = _("Stop the test and keep control.")
    # more of the goal and less of a guardrail is a trade, and whether it is worth it is for people to decide
    if evidence.goals("win"):
        still_better = _("The goal is still better.")
        code, headline = "needs_review", f"{headline} {still_better}"
        next_step = _("Find out which visitors stopped buying before you roll it out.")
    elif len(harmed) < len(evidence.treatments):
        code, next_step = (
            "needs_review",
            _("Stop the test, and restart it without %(variants)s if the rest is promising."),
        )
        next_step %= {"variants": names}
    return Verdict(code=code, headline=headline, next_step=next_step, variant=harmed[0], rules=rules)


def too_early(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """It is too early, or the test was too small, to say anything."""
    headline, next_step = what_is_missing(evidence)
    # a bound can be crossed before the first week is over, and the reader sees it in the chart of looks
    if evidence.crossings:
        stands = _("%(variants)s already crossed the bound. That result counts.")
        headline = f"{headline} {stands % {'variants': evidence.listed_names(list(evidence.crossings))}}"
    return Verdict(code="collecting", headline=headline, next_step=next_step, variant=None, rules=rules)


def what_is_missing(evidence: Evidence) -> tuple[str, str]:
    """What keeps the test from being read, and what to do about it."""
    if not evidence.visitors and evidence.experiment.is_of_customers:
        return _("No visitors yet."), holdout_rules.no_customers()
    if not evidence.visitors:
        return _("No visitors yet."), _("Check that the test is running and the snippet is on the page.")
    if evidence.maturity is not None and not evidence.maturity.visitors:
        headline = _("Collecting: visitors count %(time)s after their exposure, and none are that old yet.")
        time = wording.hours(evidence.maturity.hours)
        return headline % {"time": time}, _("Wait. Orders are still coming in.")
    buyers = {"buyers": formatting.count(evidence.fewest_buyers), "needed": formatting.count(evidence.buyers_needed)}
    has_few_buyers = evidence.fewest_buyers < evidence.buyers_needed
    # a test that has ended gets no more buyers, so "wait" would be no advice
    if has_few_buyers and evidence.has_ended:
        headline = _("Too few orders to tell: %(buyers)s of %(needed)s buyers in the smallest variant.")
        return headline % buyers, _("Treat it as a pilot, not as a result.")
    if has_few_buyers:
        headline = _("Collecting: %(buyers)s of %(needed)s buyers in the smallest variant.")
        return headline % buyers, _("Wait. What the figures show so far may be chance.")
    # Of the visitors who count, so that it isn't the test's day, which is said beside it.
    headline = _("Collecting: %(days)s of at least %(needed)s days of data.")
    days = {"days": int(evidence.days), "needed": DAYS_NEEDED}
    return headline % days, _("Wait for a whole week. Weekdays and weekends differ.")


def nothing_to_compare(rules: list[Rule]) -> Verdict:
    """There is no treatment, no control, or no data on the goal."""
    return Verdict(
        code="collecting",
        headline=_("There is nothing to compare."),
        next_step=_("Add a control, a treatment, and a goal that is recorded."),
        variant=None,
        rules=rules,
    )


def are_values_equal(evidence: Evidence) -> bool:
    """Whether the goal has one value in all of its units, in every treatment's comparison."""
    results = evidence.goals("win", "open", "loss")
    return all(result.main.unavailable == goal_rules.VALUES_ARE_EQUAL for result in results)


def nothing_varies(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """Without any noise nothing tells an effect from chance, however many visitors come."""
    metric = evidence.goals("win", "open", "loss")[0].label
    headline = _("%(metric)s can't be compared: every value is the same.")
    code: VerdictCode = "collecting"
    # a test that goes on may still see other values
    if evidence.has_ended:
        code = "needs_review"
    return Verdict(
        code=code,
        headline=headline % {"metric": metric},
        next_step=_("Check that order values are sent as they are, or use a goal that varies."),
        variant=None,
        rules=rules,
    )


def costs_unknown(evidence: Evidence, rules: list[Rule]) -> Verdict:
    """The goal is the margin, and what some of the products cost isn't known."""
    count = evidence.health.unknown_margin
    headline = ngettext(
        "The margin is unknown for %(count)s visitor: a product's cost is missing.",
        "The margin is unknown for %(count)s visitors: a product's cost is missing.",
        count,
    )
    return Verdict(
        code="collecting",
        headline=headline % {"count": formatting.count(count)},
        next_step=_("Enter the missing costs and send those orders again, or send the cost with each order line."),
        variant=None,
        rules=rules,
    )


def won(evidence: Evidence, result: MetricResult, rules: list[Rule]) -> Verdict:
    """A treatment is better than control on the goal; its guardrails say whether that is all."""
    guardrails = evidence.guardrails_of(result.variant)
    # the winner's own guardrails only: another treatment's harm doesn't speak against this one
    worse = evidence.worse_metrics(result.variant)
    if worse:
        effect = effect_or_dependence(evidence, result)
        but = _("But %(metrics)s got worse.") % {"metrics": wording.listed(worse)}
        return Verdict(
            code="needs_review",
            headline=f"{effect} {but}",
            next_step=_("Before you roll it out, find out which visitors stopped buying."),
            variant=result.variant,
            rules=rules,
        )
    # Novelty is gone by the time that a roll-out would have it.
    held_up = day_rules.held_up(evidence, result, rules)
    if held_up is not None:
        return held_up
    sentences = [
        *winning(evidence, result),
        *luck_rules.from_one_test(result),
        *on_guardrails(evidence, guardrails),
        *on_refunds(evidence),
    ]
    return Verdict(
        code="ship",
        headline=" ".join(sentences),
        next_step=conclude_or_wait(evidence, result),
        variant=result.variant,
        rules=rules,
    )


def on_guardrails(evidence: Evidence, guardrails: Sequence[Guardrail]) -> Iterator[str]:
    """What is known of a winner's guardrails. That they are proven harmless isn't asked for."""
    for guardrail in guardrails:
        yield wording.known_of(guardrail, evidence.experiment.store.currency)


def winning(evidence: Evidence, result: MetricResult) -> Iterator[str]:
    """That a treatment wins, and by how much; without an amount where that hangs on how it was estimated."""
    name = evidence.quoted_name(result)
    if result.disagreement is not None:
        but = _("%(variant)s wins by the planned test, but the result depends on the adjustment: %(other)s.")
        yield but % {"variant": name, "other": wording.dependence(result)}
        return
    if evidence.is_holdout:
        yield holdout_rules.gain_or_cost(evidence, result)
        return
    yield _("Roll out %(variant)s.") % {"variant": name}
    yield wording.effect("It", result, evidence.experiment.store.currency)


def on_refunds(evidence: Evidence) -> Iterator[str]:
    """That refunds are unknown, where a winner may lose them yet."""
    if evidence.maturity is not None and not evidence.maturity.is_refund_known:
        yield _("Refunds aren't known yet.")


def conclude_or_wait(evidence: Evidence, result: MetricResult) -> str:
    """To conclude the test; a planned one that is ended early could also wait for its last look."""
    if result.disagreement is not None:
        return _("Compare the estimates under “How this number was made” before you roll it out.")
    at_once = _("Conclude the test and roll it out.")
    # there is something to wait for only in a test that still runs, by a plan with a last look
    if evidence.progress is None or evidence.has_ended or not evidence.plan.planned_sample:
        return at_once
    day = evidence.progress.ends_on
    if day is None:
        return at_once
    sentence = _("Conclude the test and roll it out, or wait for the last look around %(day)s.")
    return sentence % {"day": date_format(day, "MONTH_DAY_FORMAT")}


def lost(evidence: Evidence, results: Sequence[MetricResult], rules: list[Rule]) -> Verdict:
    """Every treatment is worse than control."""
    best = results[0]
    headline = effect_or_dependence(evidence, best)
    if len(results) > 1:
        headline = _("Every treatment does worse than control. The best one: %(effect)s") % {"effect": headline}
    return Verdict(
        code="stop_harm",
        headline=headline,
        next_step=_("Stop the test and keep control."),
        variant=best.variant,
        rules=rules,
    )


def effect_or_dependence(evidence: Evidence, result: MetricResult) -> str:
    """A treatment's clear effect; without an amount where that hangs on how it was estimated."""
    name = evidence.name(result.variant)
    if result.disagreement is None and evidence.is_holdout:
        return holdout_rules.gain_or_cost(evidence, result)
    if result.disagreement is None:
        return wording.effect(name, result, evidence.experiment.store.currency)
    text = _("%(variant)s: %(metric)s differs, but the result depends on the adjustment: %(other)s.")
    return text % {"variant": name, "metric": wording.lower_first(result.label), "other": wording.dependence(result)}
