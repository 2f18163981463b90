"""What to do while no treatment is clearly better or worse: go on, wait for refunds, or give up."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.in_sentences import mid_sentence
from experiments.plan.thresholds import NEGLIGIBLE_LOSS_SHARE, ROPE
from experiments.report import MetricResult, Rule, Verdict, VerdictCode
from experiments.verdict import luck_rules
from experiments.verdict.evidence import Evidence


def no_clear_difference(evidence: Evidence, results: Sequence[MetricResult], rules: list[Rule]) -> Verdict:
    """Chance explains what is seen as well as an effect does: there is none that matters, or it isn't known yet."""
    best = results[0]
    # the plan is used up and the answer is still open: more of the same won't help, so a person decides
    code: VerdictCode = "needs_review"
    headline, next_step = _("No clear difference."), at_the_end(evidence, best)
    # of all treatments: as long as one of them may matter, the test goes on for its sake
    if all(evidence.is_immaterial(result) for result in results):
        code = "no_material_difference"
        headline = _("No material difference: within %(share)s of control.")
        headline %= {"share": formatting.chosen_percent(ROPE)}
        next_step = _("Choose the simpler version, and test a bolder change.")
    elif not evidence.has_ended:
        code = "collecting"
        headline, next_step = _("No clear difference yet."), let_it_run(evidence)
        if evidence.plan.is_waiting:
            headline, next_step = waiting_for_refunds(evidence)
    lift = best.shown.lift
    if lift is not None:
        of_best = _("%(variant)s: %(lift)s in %(metric)s.")
        of_best %= {
            "variant": evidence.name(best.variant),
            "lift": wording.lift_with_range(lift),
            "metric": mid_sentence(best.label),
        }
        headline = f"{headline} {of_best}"
    if best.disagreement is not None:
        depends = _("The result depends on the adjustment: %(other)s.") % {"other": wording.dependence(best)}
        headline = f"{headline} {depends}"
    # not where the test waits for refunds: all visitors are there, and giving up would save nothing
    if code == "collecting" and not evidence.plan.is_waiting:
        headline, next_step = with_outlook(evidence, results, headline, next_step)
    return Verdict(code=code, headline=headline, next_step=next_step, variant=None, rules=rules)


def with_outlook(evidence: Evidence, results: Sequence[MetricResult], headline: str, next_step: str) -> tuple[str, str]:
    """Add that a win is unlikely, where it is for every treatment; to go on costs nothing but time."""
    chances = []
    for result in results:
        outlook = evidence.outlook(result.variant)
        if outlook is None or outlook.win_chance is None or not outlook.is_futile:
            return headline, next_step
        chances.append(outlook.win_chance)
    unlikely = _("A win by the planned end is unlikely: %(chance)s.")
    headline = f"{headline} {unlikely % {'chance': formatting.chance(max(chances))}}"
    return headline, _("You can stop it and test a bolder change, or let it run to measure the effect more exactly.")


def waiting_for_refunds(evidence: Evidence) -> tuple[str, str]:
    """All visitors are there, and the refunds that are still to come could turn what they say."""
    low = high = 0.0
    mature = evidence.maturity
    if mature is not None:
        low = sum(refunds_of_variant.low_minor for refunds_of_variant in mature.open_refunds)
        high = sum(refunds_of_variant.high_minor for refunds_of_variant in mature.open_refunds)
    currency = evidence.experiment.store.currency
    headline = _("Waiting for refunds: another %(low)s to %(high)s is expected and could change the result.")
    headline %= {"low": formatting.money(low, currency), "high": formatting.money(high, currency)}
    if mature is None or mature.refunds_settled_on is None:
        return headline, _("Wait. No more visitors are needed.")
    day = date_format(mature.refunds_settled_on, "MONTH_DAY_FORMAT")
    return headline, _("Wait until about %(day)s. No more visitors are needed.") % {"day": day}


def let_it_run(evidence: Evidence) -> str:
    """How much is still missing."""
    if evidence.progress is None or not evidence.progress.visitors_left:
        return _("Let it run: effects of this size need more visitors.")
    needed = {"visitors": formatting.count(evidence.progress.visitors_left)}
    if not evidence.progress.days_left:
        return _("Let it run: %(visitors)s more visitors per variant.") % needed
    needed["days"] = wording.days(evidence.progress.days_left)
    return _("Let it run: %(visitors)s more visitors per variant, about %(days)s.") % needed


def at_the_end(evidence: Evidence, result: MetricResult) -> str:
    """What to do with a test that ended without an answer: a roll-out may cost nothing to speak of."""
    share = evidence.loss_share(result)
    if share is None or share >= NEGLIGIBLE_LOSS_SHARE:
        return " ".join([_("Keep control, or test a bolder change."), *luck_rules.by_expected_cost(evidence, result)])
    sentences = _(
        "Keep control, or roll out %(variant)s if it costs you nothing: the expected loss is %(share)s of control's "
        "value. A gain isn't proven."
    )
    return sentences % {"variant": evidence.quoted_name(result), "share": formatting.percent(share)}
