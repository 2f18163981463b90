"""What a report says of a test whose cap on order values isn't fixed yet: who takes part, and no results."""

from dataclasses import replace
from datetime import datetime

from experiments.models import Experiment
from experiments.plan.thresholds import ORDERS_FOR_A_CAP
from experiments.reading import past_orders
from experiments.report import Adjustment, AwaitedOrders, Plan, Report, Rule, Series, VariantCounts, Verdict

ABOUT_DATA = frozenset({"sample_ratio", "segment_ratio", "conflicting", "gaps"})


def without_results(report: Report, experiment: Experiment, now: datetime) -> Report:
    """The report with all of it left out that orders or accepted offers have a part in."""
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
    )


def verdict(known: Verdict, awaited: AwaitedOrders) -> Verdict:
    """That results are to come, and when; that the data can't be trusted is said at once."""
    if known.code == "invalid":
        return replace(known, rules=about_data(known, awaited))
    return Verdict(
        code="collecting",
        headline=f"Results appear after the store's first {awaited.needed} orders: {awaited.orders} so far.",
        next_step="Wait. These orders set the cap on order values before anybody has seen a result.",
        variant=None,
        rules=about_data(known, awaited),
    )


def about_data(known: Verdict, awaited: AwaitedOrders) -> list[Rule]:
    """The rules about the data, and that the cap is still to come."""
    waiting = Rule(
        code="cap",
        state="warn",
        text="The cap on order values isn't fixed yet",
        detail=f"{awaited.orders} of {awaited.needed} orders",
        figure=awaited.orders,
        threshold=awaited.needed,
    )
    return [*(rule for rule in known.rules if rule.code in ABOUT_DATA), waiting]


def visitors_alone(variant: VariantCounts) -> VariantCounts:
    """A variant's visitors; what they bought isn't told."""
    return replace(variant, buyers=0, orders=0, items=0, revenue_minor=0, refunded_minor=0, upsell_minor=0, accepted=0)
