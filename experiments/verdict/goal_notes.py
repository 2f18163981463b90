"""What a goal leaves out, beside what revenue per visitor did meanwhile, which leaves out nothing."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from experiments import wording
from experiments.models import Metric
from experiments.report import MetricResult

# Revenue per visitor and the margin aren't here: they count every visitor, and all that a visitor spends.
LEAVES_OUT: Mapping[str, object] = {
    Metric.AOV: lazy("Average order value counts buyers only. It can rise while visitors are driven away."),
    Metric.CONVERSION: lazy("Conversion counts buyers, not how much they spend. It can rise while orders get smaller."),
    Metric.ORDERS_PER_VISITOR: lazy("Orders per visitor don't show how large the orders are."),
    Metric.ITEMS_PER_ORDER: lazy("Items per order counts buyers only, and doesn't show what the items cost."),
    Metric.TAKE_RATE: lazy("Take rate shows who accepts, not whether they would have spent as much without the offer."),
    Metric.UPSELL_RPV: lazy("Upsell revenue doesn't show what shoppers stop buying elsewhere in the cart."),
    Metric.REFUNDED_SHARE: lazy("Refunded share counts buyers only, and doesn't show what they spend."),
}


def note(goal: str, metrics: Sequence[MetricResult]) -> str:
    """One or two sentences on what the goal leaves out; empty for revenue per visitor and for the margin."""
    if goal not in LEAVES_OUT:
        return ""
    return f"{LEAVES_OUT[goal]}{revenue_per_visitor(metrics)}"


def revenue_per_visitor(metrics: Sequence[MetricResult]) -> str:
    """How revenue per visitor changed, by treatment where there are several; empty where it isn't known."""
    lifts, lifts_by_variant = [], []
    for result in metrics:
        if result.metric == Metric.RPV and result.shown.lift:
            lift = wording.lift_with_range(result.shown.lift)
            lifts.append(lift)
            lifts_by_variant.append(_("%(lift)s with %(variant)s") % {"lift": lift, "variant": result.variant})
    if not lifts:
        return ""
    shown = lifts_by_variant
    if len(lifts) == 1:
        shown = lifts
    changed = _("Revenue per visitor, which counts all of this, changed by %(lifts)s.")
    return f" {changed % {'lifts': wording.listed(shown)}}"
