"""What a goal leaves out, said with what revenue per visitor, which leaves out nothing, has done meanwhile."""

from collections.abc import Sequence

from experiments import wording
from experiments.models import Metric
from experiments.report import MetricResult

LEAVES_OUT = {
    Metric.AOV: "Average order value counts buyers only: it can rise while visitors are driven away.",
    Metric.CONVERSION: "Conversion counts buyers, not what they spend: it can rise while orders get smaller.",
    Metric.ORDERS_PER_VISITOR: "Orders per visitor leave out how large they are.",
    Metric.ITEMS_PER_ORDER: "Items per order count buyers only, and not what the items cost.",
    Metric.TAKE_RATE: "The take rate says who accepts, not whether they would have spent as much without the offer.",
    Metric.UPSELL_RPV: "Upsell revenue leaves out what shoppers no longer buy elsewhere in the cart.",
    Metric.REFUNDED_SHARE: "The refunded share counts buyers only, and not what they spend.",
}


def note(goal: Metric, metrics: Sequence[MetricResult]) -> str:
    """A sentence or two on what the goal leaves out; empty for revenue per visitor and for the margin."""
    if goal not in LEAVES_OUT:
        return ""
    lifts = [(one.variant, one.main.lift) for one in metrics if one.metric == Metric.RPV and one.main.lift]
    several = len(lifts) > 1
    seen = [f"{wording.lift_range(lift)}{f' with {variant}' if several else ''}" for variant, lift in lifts]
    rpv = f" Revenue per visitor, which leaves out nothing, changed by {wording.listed(seen)}." if seen else ""
    return LEAVES_OUT[goal] + rpv
