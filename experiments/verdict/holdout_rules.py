"""What a holdout says: it compares all offers, or all messages, with none, and nothing is rolled out by it."""

from dataclasses import replace

from django.utils.translation import gettext as _

from experiments import formatting, wording
from experiments.report import MetricResult, Verdict
from experiments.verdict.evidence import Evidence


def in_words_of_holdout(evidence: Evidence, verdict: Verdict) -> Verdict:
    """Return the verdict of a holdout with what to do next; of a test as it is."""
    if not evidence.is_holdout:
        return verdict
    return replace(verdict, next_step=next_step_of(evidence, verdict))


def next_step_of(evidence: Evidence, verdict: Verdict) -> str:
    """Return what to do by a holdout: it goes on whatever it finds, so only what it measures can be changed."""
    if verdict.code == "invalid":
        return _("Find the cause. To start over, change the holdout's share: that begins a new report.")
    if verdict.code == "ship":
        return _("Keep going, and keep the holdout. It shows whether the gain lasts.")
    if verdict.code == "stop_harm":
        return _("Find out what does harm, and pause it. Keep the holdout to see whether that helps.")
    if verdict.code == "no_material_difference":
        return _("Test something bolder. What runs now makes no difference that matters.")
    if verdict.code == "needs_review" and verdict.variant is not None:
        return _("Find out who stopped buying, and why.")
    if verdict.code == "needs_review":
        return _("This holdout has ended. The next one measures what runs now.")
    return verdict.next_step


def no_customers() -> str:
    """Return what to look at where no customer has come to a message yet."""
    return _("Check that a journey is running and that sending is on. Customers count once a message is due.")


def gain_or_cost(evidence: Evidence, result: MetricResult) -> str:
    """Return a sentence on what everything together brings: ``“Messages” pay off: €0.31 more per visitor (+7.4%).``"""
    currency = evidence.experiment.store.currency
    difference = result.shown.difference
    if result.metric != "rpv" or difference is None:
        return wording.effect(evidence.name(result.variant), result, currency)
    parts = {
        "name": evidence.quoted_name(result),
        "amount": formatting.money(abs(difference.estimate), currency),
        "lift": wording.lift_in_brackets(result),
    }
    if difference.estimate > 0:
        return _("%(name)s pay off: %(amount)s more per visitor%(lift)s.") % parts
    return _("%(name)s cost more than they bring: %(amount)s less per visitor%(lift)s.") % parts
