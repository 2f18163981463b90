"""A test's settings, in words."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments import formatting, wording
from experiments.analysis.metrics import DEFINITIONS
from experiments.assignment.targeting import TargetingError
from experiments.models import Experiment, Metric, Source
from experiments.plan.guarding import effective_guardrails
from experiments.plan.learnt_prior import prior_of
from experiments.plan.thresholds import ORDERS_FOR_A_CAP
from experiments.targeting_words import describe


def settings_of(experiment: Experiment) -> list[tuple[str, str]]:
    """Return what the test was set up with, as pairs of what and how; an imported test has no traffic and no plan,
    a holdout no plan."""
    settings = [
        (_("Goal"), str(experiment.get_goal_metric_display())),
        (_("Guardrails and their margins"), guardrails(experiment)),
        (_("Error rate"), formatting.chosen_percent(experiment.alpha)),
        (_("Order values capped at"), cap_of(experiment)),
        (_("Prior of the lift"), prior(experiment)),
        (_("Adjusted for"), adjusted_for(experiment)),
    ]
    if experiment.source == Source.IMPORTED:
        return settings
    if experiment.source == Source.HOLDOUT:
        return [*settings, *whom_of(experiment)]
    return [*settings, *whom_of(experiment), *plan_of(experiment)]


def whom_of(experiment: Experiment) -> list[tuple[str, str]]:
    """Return who takes part, and which of their orders count."""
    return [
        (_("Traffic"), formatting.chosen_percent(experiment.served_share)),
        (_("Visitors who take part"), targeting(experiment)),
        (_("Orders count for"), window(experiment)),
    ]


def plan_of(experiment: Experiment) -> list[tuple[str, str]]:
    """Return how a test runs to its end; a holdout has none, and nothing pauses it."""
    days = formatting.count(experiment.planned_days)
    return [
        (_("Planned visitors per variant"), sample(experiment)),
        (_("Planned looks"), formatting.count(experiment.planned_looks)),
        (_("Shortest runtime"), ngettext("%(days)s day", "%(days)s days", experiment.planned_days) % {"days": days}),
        (_("Pause on harm"), yes_or_no(experiment.is_pausing_on_harm)),
    ]


def yes_or_no(value: bool) -> str:
    """Return a switch in words."""
    if value:
        return _("Yes")
    return _("No")


def guardrails(experiment: Experiment) -> str:
    """Return the guardrail metrics, each with its margin."""
    texts = []
    for guardrail in effective_guardrails(experiment.guardrails, experiment.moment):
        texts.append(guardrail_text(guardrail))
    return ", ".join(texts) or _("None")


def guardrail_text(guardrail: dict[str, Any]) -> str:
    """Return a guardrail metric with its margin: ``Conversion -2%``, ``Refunded share +1 pt``."""
    metric, margin = Metric(guardrail["metric"]), float(guardrail["margin"])
    return f"{metric.label} {wording.margin(margin, is_in_points=DEFINITIONS[metric].is_in_points)}"


def prior(experiment: Experiment) -> str:
    """Return what was believed of the lift before the data: what past tests say, unless somebody chose another."""
    if experiment.prior_sd == Experiment._meta.get_field("prior_sd").default:
        tests = prior_of(experiment, Metric(experiment.goal_metric)).past_tests
        text = ngettext("Learned from %(tests)s past test", "Learned from %(tests)s past tests", tests)
        if not tests:
            text = _("What tests usually show: there are no past tests yet")
        return text % {"tests": formatting.count(tests)}
    deviation = {"sd": formatting.chosen_percent(experiment.prior_sd)}
    return _("Normal, mean 0%%, standard deviation %(sd)s") % deviation


def adjusted_for(experiment: Experiment) -> str:
    """Return what is known before the offer and adjusts results."""
    if not experiment.covariates:
        return _("Nothing")
    return capfirst(wording.covariates(experiment.covariates))


def window(experiment: Experiment) -> str:
    """Return for how long orders count."""
    days = experiment.attribution_window_days
    text = ngettext("%(days)s day after exposure", "%(days)s days after exposure", days)
    return text % {"days": formatting.count(days)}


def sample(experiment: Experiment) -> str:
    """Return how many visitors per variant are planned."""
    if not experiment.planned_sample:
        return _("None: results are valid at any time")
    return formatting.count(experiment.planned_sample)


def cap_of(experiment: Experiment) -> str:
    """Return what an order counts as at most."""
    if experiment.is_cap_awaited:
        return _("Set by the store's first %(count)s orders") % {"count": formatting.count(ORDERS_FOR_A_CAP)}
    if not experiment.cap_minor:
        return _("No cap")
    return formatting.money(experiment.cap_minor, experiment.store.currency)


def targeting(experiment: Experiment) -> str:
    """Return whom the test is for."""
    try:
        return describe(experiment.targeting, money=lambda minor: formatting.money(minor, experiment.store.currency))
    except TargetingError:
        # As the edge does: rules that can't be read let nobody in.
        return _("None: the targeting rules can't be read")
