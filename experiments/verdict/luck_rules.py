"""What past tests say of a result: whether it contradicts them, or stands alone."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from experiments import formatting
from experiments.plan.thresholds import PRIOR_CONFLICT
from experiments.report import CorrectedEstimate, MetricResult, Rule
from experiments.verdict.evidence import Evidence


def past_tests(evidence: Evidence, result: MetricResult) -> Iterator[Rule]:
    """Whether the estimate agrees with what past tests found, and what is made of it where it doesn't."""
    corrected = result.corrected
    if corrected is None:
        return
    text, detail = agreement(corrected)
    yield Rule(
        code="past_tests",
        state="info",
        text=evidence.titled(result.variant, text),
        detail=detail,
        figure=corrected.chance_of_more,
        threshold=PRIOR_CONFLICT,
        variant=result.variant,
    )


def agreement(corrected: CorrectedEstimate) -> tuple[str, str]:
    """What a rule says of an estimate beside past tests: its text and its detail."""
    chance = {"share": formatting.percent(corrected.chance_of_more), "tests": corrected.past_tests}
    if corrected.is_contradicted and corrected.past_tests:
        text = _("The effect is larger than past tests lead you to expect")
        detail = _(
            "%(share)s of tests like this one would show as much, judging by %(tests)s past tests; the estimate "
            "follows the data"
        )
        return text, detail % chance
    if corrected.is_contradicted:
        text = _("The effect is larger than tests usually show")
        return text, _("%(share)s of tests like this one would show as much; the estimate follows the data") % chance
    if corrected.past_tests:
        text = _("The effect agrees with past tests")
        return text, _("corrected for luck, based on %(tests)s past tests") % chance
    return _("There are no past tests to compare with"), _("winners look bigger than they are")


def from_one_test(result: MetricResult) -> Iterator[str]:
    """That a winner's figures come from one test alone, where the store has no past ones."""
    if result.corrected is not None and not result.corrected.past_tests:
        yield _("This is from one test alone; winners look bigger than they are.")


def by_expected_cost(evidence: Evidence, result: MetricResult) -> Iterator[str]:
    """What the least expected loss says of a test that ended undecided, where it speaks for the treatment."""
    belief, control = result.belief, result.main.control
    if belief is None or belief.expected_loss_keep is None or belief.chance_to_win is None or not control:
        return
    ship, keep = evidence.loss_share(result), belief.expected_loss_keep / abs(control)
    if ship is None or ship >= keep:
        return
    sentences = _(
        "By expected cost, rolling out %(variant)s is the better choice: the chance that it is worse than control is "
        "%(chance)s, and the expected loss is %(ship)s of control's value, against %(keep)s for keeping control. This "
        "is no proof."
    )
    words = {
        "variant": evidence.quoted_name(result),
        "chance": formatting.whole_percent(1 - belief.chance_to_win),
        "ship": formatting.percent(ship),
        "keep": formatting.percent(keep),
    }
    yield sentences % words
