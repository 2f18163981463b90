"""A test's settings, in words."""

from experiments import formatting
from experiments.assignment.targeting import TargetingError
from experiments.assignment.targeting_words import describe
from experiments.models import Experiment, Metric
from experiments.plan.thresholds import ORDERS_FOR_A_CAP


def settings_of(experiment: Experiment) -> list[tuple[str, str]]:
    """What the test was set up with, as pairs of what and how."""
    guardrails = [
        f"{Metric(one['metric']).label} {formatting.lift(float(one['margin']))}" for one in experiment.guardrails
    ]
    sample = experiment.planned_sample
    return [
        ("Goal", experiment.get_goal_metric_display()),
        ("Guardrails, with their margins", ", ".join(guardrails) or "none"),
        ("Pauses by itself on harm", "yes" if experiment.is_pausing_on_harm else "no"),
        ("Traffic", formatting.chosen_percent(experiment.served_share)),
        ("Visitors who take part", targeting(experiment)),
        ("Orders count for", f"{experiment.attribution_window_days} days after exposure"),
        ("Order values counted up to", cap_of(experiment)),
        ("Planned visitors per variant", formatting.count(sample) if sample else "no plan: read at any time"),
        ("Planned looks", formatting.count(experiment.planned_looks)),
        ("Shortest runtime", f"{experiment.planned_days} days"),
        ("Error rate", formatting.chosen_percent(experiment.alpha)),
        ("Prior of the lift", f"Normal, mean 0, sd {formatting.chosen_percent(experiment.prior_sd)}"),
    ]


def cap_of(experiment: Experiment) -> str:
    """What an order counts as at most."""
    if experiment.is_cap_awaited:
        return f"set by the store's first {ORDERS_FOR_A_CAP} orders"
    if not experiment.cap_minor:
        return "no cap"
    return formatting.money(experiment.cap_minor, experiment.store.currency)


def targeting(experiment: Experiment) -> str:
    """Whom the test is for."""
    try:
        return describe(experiment.targeting, money=lambda minor: formatting.money(minor, experiment.store.currency))
    except TargetingError:
        return "nobody: the rules can't be read"
