"""The rules about what is compared: each treatment's goal by the test that the design allows, and its guardrails."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import formatting, wording
from experiments.plan.thresholds import FUTILE_CHANCE, NEGLIGIBLE_LOSS_SHARE
from experiments.report import Guardrail, Look, MetricResult, Rule, State
from experiments.verdict import luck_rules
from experiments.verdict.evidence import Evidence, GoalOutcome, always_valid_outcome

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# "open" is no warning: most tests are open most of the time, and yellow everywhere would hide what is wrong.
OUTCOME_STATES: dict[GoalOutcome, State] = {"win": "pass", "loss": "fail", "open": "info"}
FIXED_WORDS: "dict[GoalOutcome, StrOrPromise]" = {
    "win": gettext_lazy("The goal is significantly better"),
    "loss": gettext_lazy("The goal is significantly worse"),
    "open": gettext_lazy("The difference in the goal may be chance"),
}
ALWAYS_VALID_WORDS: "dict[GoalOutcome, StrOrPromise]" = {
    "win": gettext_lazy("The goal is better by the always-valid interval"),
    "loss": gettext_lazy("The goal is worse by the always-valid interval"),
    "open": gettext_lazy("The always-valid interval shows no clear difference in the goal"),
}
VALUES_ARE_EQUAL = "zero_variance"  # the reason of a metric without any noise


def goals(evidence: Evidence) -> list[Rule]:
    """What each treatment's goal says, its guardrails, and what a roll-out would risk; the best treatment first."""
    rules: list[Rule] = []
    for result in evidence.goals("win", "open", "loss"):
        rules += goal(evidence, result)
        rules += outlook(evidence, result)
        for of_result in evidence.guardrails_of(result.variant):
            rules.append(guardrail(evidence, of_result))
        rules += expected_loss(evidence, result)
        rules += luck_rules.past_tests(evidence, result)
    return rules


def goal(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """Whether chance alone explains the goal's difference, by the test that the design allows."""
    if evidence.plan.design == "fixed":
        yield fixed(evidence, result)
        return
    # a crossing decides for good, so what later looks and intervals say is not listed as rules beside it
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
    for look in reversed(evidence.plan.looks):
        # a look with too few buyers has no bound, so it could not decide
        if look.variant == variant and look.bound is not None:
            return look
    return None


def fixed(evidence: Evidence, result: MetricResult) -> Rule:
    """A test that is read once."""
    p_value, outcome = result.corrected_p_value, evidence.outcome(result)
    detail = no_test(result, _("no test yet"))
    if p_value is not None:
        detail = f"p {formatting.p_value(p_value)}"
    return Rule(
        code="goal",
        state=OUTCOME_STATES[outcome],
        text=evidence.titled(result.variant, str(FIXED_WORDS[outcome])),
        detail=detail,
        figure=p_value,
        threshold=evidence.experiment.alpha,
        variant=result.variant,
    )


def outlook(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """How likely a win by the planned end still is. It ends nothing by itself: people may wait all the same."""
    found = evidence.outlook(result.variant)
    if found is None or found.win_chance is None:
        return
    text = _("A win by the planned end is possible")
    if found.is_futile:
        text = _("A win by the planned end is unlikely")
    detail = formatting.chance(found.win_chance)
    if found.detectable_lift is not None:
        detail = _("%(chance)s; effects from ±%(lift)s on would be found by now")
        detail %= {"chance": formatting.chance(found.win_chance), "lift": formatting.percent(found.detectable_lift)}
    yield Rule(
        code="futility",
        state="info",
        text=evidence.titled(result.variant, text),
        detail=detail,
        figure=found.win_chance,
        threshold=FUTILE_CHANCE,
        variant=result.variant,
    )


def no_test(result: MetricResult, otherwise: str) -> str:
    """Why there is no figure: for good where there is nothing to compare with, else not yet."""
    if result.main.unavailable == VALUES_ARE_EQUAL:
        return _("every value is the same")
    return otherwise


def crossed(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """A bound that was crossed, and what the same test says now where that is less."""
    crossing = evidence.crossings[result.variant]
    state: State = "pass"
    text = _("The goal crossed its bound")
    if evidence.outcome(result) == "loss":
        state, text = "fail", _("The goal crossed its bound for the worse")
    detail, bound = _("z %(z)s above %(bound)s at look %(look)s"), crossing.bound
    if crossing.z <= 0:
        detail, bound = _("z %(z)s below %(bound)s at look %(look)s"), -crossing.bound
    z, written_bound = formatting.decimal(crossing.z), formatting.decimal(bound)
    yield Rule(
        code="goal",
        state=state,
        text=evidence.titled(result.variant, text),
        detail=detail % {"z": z, "bound": written_bound, "look": crossing.number},
        figure=crossing.z,
        threshold=bound,
        variant=result.variant,
    )
    # said openly: a reader who sees a weaker z in the table below would take the verdict for a mistake
    if crossing.z_now is not None and abs(crossing.z_now) < crossing.bound:
        yield Rule(
            code="since_crossing",
            state="info",
            text=evidence.titled(result.variant, _("The crossing counts, even though later data is weaker")),
            detail=_("z %(z)s now") % {"z": formatting.decimal(crossing.z_now)},
            figure=crossing.z_now,
            threshold=crossing.bound,
            variant=result.variant,
        )


def at_look(evidence: Evidence, look: Look) -> Rule:
    """The newest look, whose bound was not reached."""
    z, bound = look.z or 0.0, look.bound or 0.0
    detail = _("z %(z)s within ±%(bound)s at look %(look)s")
    words = {"z": formatting.decimal(z), "bound": formatting.decimal(bound), "look": look.number}
    if look.harm_bound is not None:
        detail = _("z %(z)s between %(harm_bound)s and %(bound)s at look %(look)s")
        words["harm_bound"] = formatting.decimal(-look.harm_bound)
    return Rule(
        code="goal",
        state="info",
        text=evidence.titled(look.variant, _("The goal hasn't reached its bound")),
        detail=detail % words,
        figure=z,
        threshold=bound,
        variant=look.variant,
    )


def always_valid(evidence: Evidence, result: MetricResult) -> Rule:
    """The always-valid interval: what decides without a plan, and between looks."""
    outcome = evidence.outcome(result)
    low, high = evidence.readable_ends(result)
    detail = no_test(result, _("no interval yet"))
    if low is not None and high is not None:
        detail = formatting.lift_ends(low, high)
    # with a plan this interval only fills the time between looks; the goal's own rule is the look's
    code = "between_looks"
    if evidence.plan.design == "always_valid":
        code = "goal"
    text = ALWAYS_VALID_WORDS[outcome]
    # the interval is above zero, and yet no win: said, or a reader would take it for a mistake
    if outcome == "open" and always_valid_outcome(result) == "win":
        text = _("The goal is ahead by the always-valid interval. A win counts only at the weekly look")
    # the end that had to pass zero: the upper one where the treatment is worse
    nearest_to_zero = low
    if outcome == "loss":
        nearest_to_zero = high
    return Rule(
        code=code,
        state=OUTCOME_STATES[outcome],
        text=evidence.titled(result.variant, str(text)),
        detail=detail,
        figure=nearest_to_zero,
        threshold=0.0,
        variant=result.variant,
    )


def guardrail(evidence: Evidence, guardrail: Guardrail) -> Rule:
    """What is known of a guardrail metric: how much harm can be ruled out."""
    currency = evidence.experiment.store.currency
    limit = _("%(metric)s not worse than %(margin)s")
    if guardrail.is_lower_better:
        limit = _("%(metric)s not higher than %(margin)s")
    words = {"metric": guardrail.label, "margin": wording.margin_of(guardrail, currency)}
    return Rule(
        code="guardrail",
        state=guardrail_state(evidence, guardrail),
        text=evidence.titled(guardrail.variant, limit % words),
        detail=guardrail_detail(guardrail, currency),
        figure=guardrail.harmful_end,
        threshold=guardrail.limit,
        variant=guardrail.variant,
    )


def guardrail_state(evidence: Evidence, guardrail: Guardrail) -> State:
    """How a guardrail stands: harmed past its margin, worse beyond chance, within it for sure, or none of these."""
    if guardrail.is_harm_certain:
        return "fail"
    # worse than control beyond chance, though perhaps within the margin: nothing fails, but somebody should look
    if evidence.is_worse(guardrail):
        return "warn"
    if guardrail.is_margin_excluded:
        return "pass"
    return "info"


def guardrail_detail(guardrail: Guardrail, currency: str) -> str:
    """Say what is excluded; that nothing is known where there is no interval."""
    interval = guardrail.readable
    if interval is None or interval.low is interval.high is None:
        return _("no interval yet")
    return wording.excluded(guardrail, currency)


def expected_loss(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """What a roll-out risks on average. It is a reading and not a test, and decides nothing by itself."""
    share = evidence.loss_share(result)
    if share is None:
        return
    # never worse than "info": a posterior with a prior of ours must not overrule the test that was planned
    state: State = "info"
    text = _("Expected loss above %(share)s")
    if share < NEGLIGIBLE_LOSS_SHARE:
        state, text = "pass", _("Expected loss below %(share)s")
    yield Rule(
        code="expected_loss",
        state=state,
        text=evidence.titled(result.variant, text % {"share": formatting.percent(NEGLIGIBLE_LOSS_SHARE)}),
        detail=_("%(share)s of control's value") % {"share": formatting.percent(share)},
        figure=share,
        threshold=NEGLIGIBLE_LOSS_SHARE,
        variant=result.variant,
    )
