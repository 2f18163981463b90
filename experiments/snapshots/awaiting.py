"""What a report says of a test whose cap on order values isn't fixed yet: who takes part, and no results."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from experiments.models import Experiment
from experiments.plan.thresholds import ORDERS_FOR_A_CAP
from experiments.reading import past_orders
from experiments.report import Adjustment, AwaitedOrders, Plan, Report, Rule, Series, VariantCounts, Verdict

# Rules about who takes part: no order has a part in them.
ABOUT_DATA = frozenset({"sample_ratio", "segment_ratio", "balance", "conflicting", "gaps"})


def without_results(report: Report, experiment: Experiment, now: datetime) -> Report:
    """Leave out of the report all that orders or accepted offers have a part in.

    The first orders set the cap: who had seen results before it, could choose it by them.
    """
    orders = past_orders.first_values(experiment.store, before=now, most=ORDERS_FOR_A_CAP)
    awaited = AwaitedOrders(orders=len(orders), needed=ORDERS_FOR_A_CAP)
    return replace(
        report,
        awaited_orders=awaited,
        verdict=verdict(report.verdict, awaited),
        variants=[visitors_alone(variant) for variant in report.variants],
        metrics=[],
        decompositions=[],
        segments=[],
        funnel=[],
        adjustment=Adjustment(
            is_used=False, coverage=None, variance_reduction=None, visitors_multiple=None, unavailable=None
        ),
        goal_note="",
        plan=Plan(design=report.plan.design),
        series=Series(),
        monthly=[],
        guardrails=[],
        effects=[],
        curves=[],
        heterogeneity=[],
        sums=[],
        outlooks=[],
        maturity=None,
        by_day=[],
        without_days=[],
        overlaps=[],
    )


def verdict(known: Verdict, awaited: AwaitedOrders) -> Verdict:
    """Say that results are to come, and when."""
    # That the data can't be trusted is said at once: waiting for orders would waste them.
    if known.code == "invalid":
        return replace(known, rules=about_data(known, awaited))
    return Verdict(
        code="collecting",
        headline=_("Results appear after the store's first %(needed)s orders: %(orders)s so far.")
        % {"needed": awaited.needed, "orders": awaited.orders},
        next_step=_("Wait. These orders set the cap on order values before anybody sees a result."),
        variant=None,
        rules=about_data(known, awaited),
    )


def about_data(known: Verdict, awaited: AwaitedOrders) -> list[Rule]:
    """List the rules about the data, and that the cap is still to come."""
    rules = [rule for rule in known.rules if rule.code in ABOUT_DATA]
    waiting = Rule(
        code="cap",
        state="warn",
        text=_("The cap on order values isn't set yet"),
        detail=_("%(orders)s of %(needed)s orders") % {"orders": awaited.orders, "needed": awaited.needed},
        figure=awaited.orders,
        threshold=awaited.needed,
    )
    return [*rules, waiting]


def visitors_alone(variant: VariantCounts) -> VariantCounts:
    """Keep a variant's visitors, and leave out what they bought."""
    return replace(variant, buyers=0, orders=0, items=0, revenue_minor=0, refunded_minor=0, upsell_minor=0, accepted=0)
