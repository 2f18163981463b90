"""What a goal leaves out, beside what revenue per visitor did meanwhile, which leaves out nothing."""

from collections.abc import Sequence

from experiments import wording
from experiments.models import Metric
from experiments.report import MetricResult

LEAVES_OUT = {
    Metric.AOV: "Average order value counts buyers only. It can rise while visitors are driven away.",
    Metric.CONVERSION: "Conversion counts buyers, not what they spend. It can rise while orders get smaller.",
    Metric.ORDERS_PER_VISITOR: "Orders per visitor leave out how large the orders are.",
    Metric.ITEMS_PER_ORDER: "Items per order count buyers only, and not what the items cost.",
    Metric.TAKE_RATE: "Take rate says who accepts, not whether they would have spent as much without the offer.",
    Metric.UPSELL_RPV: "Upsell revenue leaves out what shoppers no longer buy elsewhere in the cart.",
    Metric.REFUNDED_SHARE: "The refunded share counts buyers only, and not what they spend.",
}


def note(goal: Metric, metrics: Sequence[MetricResult]) -> str:
    """One or two sentences on what the goal leaves out; empty for revenue per visitor and for the margin."""
    if goal not in LEAVES_OUT:
        return ""
    return LEAVES_OUT[goal] + revenue_per_visitor(metrics)


def revenue_per_visitor(metrics: Sequence[MetricResult]) -> str:
    """How revenue per visitor changed, by treatment where there are several; empty where it isn't known."""
    results = [result for result in metrics if result.metric == Metric.RPV]
    ranges = {result.variant: wording.lift_with_range(result.main.lift) for result in results if result.main.lift}
    if not ranges:
        return ""
    parts = list(ranges.values())
    if len(ranges) > 1:
        parts = [f"{lift} with {variant}" for variant, lift in ranges.items()]
    return f" Revenue per visitor, which leaves out nothing, changed by {wording.listed(parts)}."
