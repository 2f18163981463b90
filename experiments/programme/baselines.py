"""What a store's last four weeks were like at a moment: what a plan starts from."""

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from experiments.analysis.metrics import DEFINITIONS, VISITORS, Definition
from experiments.models import Metric, Moment, Store
from experiments.plan.thresholds import COVERAGE_NEEDED
from experiments.reading.aggregation import Aggregate
from experiments.reading.baselines import recent_exposures, recent_order_values
from experiments.reading.sums import COVARIATE, MISSING
from experiments.statistics import Summary
from experiments.statistics.money.arms import MetricColumns, linear_comoment
from experiments.statistics.planning import metric_spread

FEWEST_BUYERS = 30  # below, a baseline is a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a metric was like at a moment in the last 28 days.

    - ``source``: ``exposures`` (visitors of tests there, control's for the metric), ``orders`` (the store's orders:
      order value alone, of nobody knows how many visitors), ``none``.
    - ``mean``; ``sd``: the deviation behind one unit, in the metric's unit, ``None`` for a share.
      The unit is the visitor, with ``orders`` the order.
    - ``visitors_per_day`` at full traffic; ``variance_reduction``: what the cart's value would explain (CUPED).
    - ``is_thin``: fewer than 30 buyers.
    """

    moment: str
    metric: str
    source: str
    visitors: int
    buyers: int
    visitors_per_day: float | None
    orders_per_visitor: float | None
    mean: float | None
    sd: float | None
    variance_reduction: float | None

    @property
    def is_thin(self) -> bool:
        """Whether there are too few buyers to plan by."""
        return self.buyers < FEWEST_BUYERS


def baseline(store: Store, moment: Moment, metric: Metric, *, now: datetime) -> Baseline:
    """What the metric was like at the moment in the 28 days up to ``now``.

    From the exposures of tests there; where nobody was exposed, from the store's orders, if the metric is of orders.
    """
    definition = DEFINITIONS[metric]
    columns = {definition.numerator, definition.denominator, "orders", COVARIATE}
    recent = recent_exposures(store, moment, columns, now=now)
    if recent.control is None:
        return of_orders(store, moment, metric, now)
    return of_exposures(moment, definition, recent.control, recent.visitors, recent.visitors_per_day)


def of_exposures(moment: Moment, definition: Definition, control: Aggregate, visitors: int, per_day: float) -> Baseline:
    """The baseline of control's visitors."""
    ratio = definition.ratio(control)
    denominator = None if definition.denominator == VISITORS else definition.denominator
    spread = None if definition.is_proportion else metric_spread(control.summary, definition.numerator, denominator)
    return Baseline(
        moment=moment.value,
        metric=definition.metric.value,
        source="exposures",
        visitors=visitors,
        buyers=control.sums["converted"],
        visitors_per_day=per_day or None,
        orders_per_visitor=control.sums["orders"] / control.visitors if control.visitors else None,
        mean=ratio.value,
        sd=spread.sd if spread else None,
        variance_reduction=explained(definition, control, denominator),
    )


def explained(definition: Definition, control: Aggregate, denominator: str | None) -> float | None:
    """The share of the metric's variance that the cart's value explains: the squared correlation of both.

    None for what isn't revenue, and where fewer than 95% of visitors have a known cart value: it isn't used there.
    """
    known = 1 - control.products.get(MISSING, 0) / control.visitors if control.visitors else 0.0
    measure = MetricColumns(definition.numerator, denominator)
    if not definition.is_revenue or known < COVERAGE_NEEDED or not measure.is_defined(control.summary):
        return None
    return squared_correlation(control.summary, measure)


def squared_correlation(summary: Summary, measure: MetricColumns) -> float | None:
    """Of a metric (a ratio linearised by the delta method) and the cart's value; None where either doesn't vary."""
    weights, cart = measure.weights(summary), {COVARIATE: 1.0}
    spread = linear_comoment(summary, weights, weights) * linear_comoment(summary, cart, cart)
    return linear_comoment(summary, weights, cart) ** 2 / spread if spread > 0 else None


def of_orders(store: Store, moment: Moment, metric: Metric, now: datetime) -> Baseline:
    """The order value of the store's last orders, net of discounts; nothing for metrics that need visitors."""
    values = recent_order_values(store, now=now)
    is_known = metric == Metric.AOV and len(values) > 1
    mean = sum(values) / len(values) if is_known else None
    sd = sqrt(sum((one - mean) ** 2 for one in values) / (len(values) - 1)) if mean is not None else None
    return Baseline(
        moment=moment.value,
        metric=metric.value,
        source="orders" if is_known else "none",
        visitors=0,
        buyers=len(values),
        visitors_per_day=None,
        orders_per_visitor=None,
        mean=mean,
        sd=sd,
        variance_reduction=None,
    )
