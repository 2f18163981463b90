"""How large a template's test has to be in a store, by what the store's tests there were like lately."""

from datetime import datetime

from checkout_widgets.launching.templates import Template
from experiments.models import Metric, Moment, Store
from experiments.programme.planning import Design, PlannedTest, baseline, plan_test


def plan_for_template(template: Template, store: Store, moment: Moment, now: datetime) -> PlannedTest | None:
    """Plan a test that finds the template's lift of revenue per visitor; None where too little is known there."""
    known = baseline(store, moment, Metric.RPV, now=now)
    # A size by a handful of buyers would look exact and be a guess: no size is better.
    if known.is_thin or not known.mean or not known.sd:
        return None
    return plan_test(
        Design(
            mean=known.mean,
            sd=known.sd,
            relative_mde=template.lift,
            treatments=len(template.arms),
            variance_reduction=known.variance_reduction or 0.0,
            visitors_per_day=known.visitors_per_day,
        )
    )
