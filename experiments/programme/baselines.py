"""What a store's last four weeks were like at a moment: what a plan starts from."""

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.models import Metric, Moment, Store
from experiments.plan.thresholds import COVERAGE_NEEDED
from experiments.reading.aggregation import Aggregate
from experiments.reading.baselines import RecentExposures, recent_exposures, recent_order_values
from experiments.reading.customers_after_order import CustomersAfterOrder, customers_after_order
from experiments.reading.sums import COVARIATE, MISSING
from experiments.statistics import Summary
from experiments.statistics.money.arms import MetricColumns, linear_comoment
from experiments.statistics.planning import metric_spread

# Below, a baseline is a guess: its mean alone is off by a fifth and more.
FEWEST_BUYERS = 30
# What is known of customers whom no message has reached yet.
BY_CUSTOMER = frozenset({Metric.RPV, Metric.CONVERSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a metric was like at a moment in the last 28 days.

    - ``source``: ``exposures`` (visitors of tests there, control's for the metric), ``customers`` (what customers order
      after an order, where messages would reach them), ``orders`` (the store's orders: order value alone, of nobody
      knows how many visitors), ``none``.
    - ``visitors``: of all tests there; ``buyers``: control's, with ``orders`` the number of orders.
    - ``visitors_per_day``: at full traffic; ``orders_per_visitor``: control's. ``None`` without exposures.
    - ``mean``; ``sd``: the standard deviation behind one unit, in the metric's unit (money in minor units), ``None``
      for a share. The unit is the visitor, with ``orders`` the order.
    - ``variance_reduction``: the share of the variance that the cart's value would explain (CUPED), ``None`` where it
      would not be used.
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
    """Return what the metric was like at the moment in the 28 days up to ``now``.

    From the exposures of tests there; where nobody was exposed, of messages from what customers ordered in the 30 days
    after an order, and else from the store's orders, if the metric is of orders.
    """
    definition = DEFINITIONS[metric]
    columns = {definition.numerator, definition.denominator, "orders", COVARIATE}
    recent = recent_exposures(store, moment, columns, now=now)
    if recent.control is None and moment == Moment.FOLLOW_UP and metric in BY_CUSTOMER:
        return of_customers(metric, customers_after_order(store, now=now))
    if recent.control is None:
        return of_orders(store, moment, metric, now)
    return of_exposures(definition, moment, recent, recent.control)


def of_exposures(definition: Definition, moment: Moment, recent: RecentExposures, control: Aggregate) -> Baseline:
    """Return the baseline by the visitors of recent tests: the metric by control's, the traffic by all."""
    return Baseline(
        moment=moment.value,
        metric=str(definition.metric),
        source="exposures",
        visitors=recent.visitors,
        buyers=control.sums["converted"],
        visitors_per_day=recent.visitors_per_day or None,
        orders_per_visitor=share_of(control.sums["orders"], control.visitors),
        mean=definition.ratio(control).value,
        sd=deviation(definition, control),
        variance_reduction=explained(definition, control),
    )


def of_customers(metric: Metric, known: CustomersAfterOrder) -> Baseline:
    """Return the baseline of messages by what customers ordered after an order; of nobody, there is none."""
    source, mean, sd = "none", None, None
    if known.customers:
        source, mean = "customers", known.mean
        if metric == Metric.CONVERSION:
            mean = known.buyers / known.customers
    if known.customers and metric == Metric.RPV:
        sd = known.sd
    return Baseline(
        moment=Moment.FOLLOW_UP.value,
        metric=metric.value,
        source=source,
        visitors=known.customers,
        buyers=known.buyers,
        visitors_per_day=known.per_day or None,
        orders_per_visitor=share_of(known.orders, known.customers),
        mean=mean,
        sd=sd,
        variance_reduction=None,
    )


def share_of(count: int, visitors: int) -> float | None:
    """Return a count per visitor; ``None`` without visitors."""
    if not visitors:
        return None
    return count / visitors


def deviation(definition: Definition, control: Aggregate) -> float | None:
    """Return the standard deviation behind one visitor; ``None`` for a share, whose mean says it, and without data."""
    if definition.is_proportion:
        return None
    spread = metric_spread(control.summary, *definition.columns)
    if spread is None:
        return None
    return spread.sd


def explained(definition: Definition, control: Aggregate) -> float | None:
    """Return the share of the metric's variance that the cart's value explains: the squared correlation of both.

    ``None`` for what isn't adjusted, and where fewer than 95% of visitors have a known cart value: it isn't used there.
    """
    known = 0.0
    if control.visitors:
        known = 1 - control.products.get(MISSING, 0) / control.visitors
    columns = definition.columns
    if not definition.is_adjustable or known < COVERAGE_NEEDED or not columns.is_defined(control.summary):
        return None
    return squared_correlation(control.summary, columns)


def squared_correlation(summary: Summary, columns: MetricColumns) -> float | None:
    """Return that of a metric (a ratio linearised by the delta method) and the cart's value.

    ``None`` where either doesn't vary.
    """
    weights, cart = columns.weights(summary), {COVARIATE: 1.0}
    spread = linear_comoment(summary, weights, weights) * linear_comoment(summary, cart, cart)
    if spread <= 0:
        return None
    return linear_comoment(summary, weights, cart) ** 2 / spread


def of_orders(store: Store, moment: Moment, metric: Metric, now: datetime) -> Baseline:
    """Return the order value of the store's recent orders, net of discounts; nothing for metrics that need visitors."""
    values = recent_order_values(store, now=now)
    # A single order has no spread, and metrics per visitor need to know how many visitors there were.
    source, mean, sd = "none", None, None
    if metric == Metric.AOV and len(values) > 1:
        source, mean = "orders", sum(values) / len(values)
        squares = [(value - mean) ** 2 for value in values]
        sd = sqrt(sum(squares) / (len(values) - 1))
    return Baseline(
        moment=moment.value,
        metric=metric.value,
        source=source,
        visitors=0,
        buyers=len(values),
        visitors_per_day=None,
        orders_per_visitor=None,
        mean=mean,
        sd=sd,
        variance_reduction=None,
    )
