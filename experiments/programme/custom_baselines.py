"""What a custom metric was like at a moment in a store's last four weeks: what a plan for it starts from."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import sqrt

from experiments.accounting.custom_baselines import BuyersOfProducts, buyers_of_products
from experiments.custom_metrics import skus_of
from experiments.models import CountedValue, CustomMetric, Moment
from experiments.programme.baselines import Baseline, share_of
from experiments.reading.baselines import BASELINE_DAYS, exposed_since, recent_exposures


def custom_baseline(metric: CustomMetric, moment: Moment, *, now: datetime) -> Baseline:
    """Return what the metric was like among control's visitors at the moment in the 28 days up to ``now``.

    Its products are those of today, as they would be fixed at a launch. Without exposures there is nothing to go by.
    """
    store, since = metric.store, now - timedelta(days=BASELINE_DAYS)
    recent = recent_exposures(store, moment, {"orders"}, now=now)
    unknown = Baseline(
        moment=moment.value,
        metric=metric.code,
        source="none",
        visitors=recent.visitors,
        buyers=0,
        visitors_per_day=recent.visitors_per_day or None,
        orders_per_visitor=None,
        mean=None,
        sd=None,
        variance_reduction=None,
    )
    if recent.control is None:
        return unknown
    bought = buyers_of_products(store, list(exposed_since(store, moment, since)), skus_of(metric), since=since)
    conversion = share_of(recent.control.sums["converted"], recent.control.visitors) or 0.0
    mean, sd = per_visitor_of(bought, metric.counted, conversion)
    per_visitor = share_of(recent.control.sums["orders"], recent.control.visitors)
    return replace(
        unknown, source="exposures", buyers=bought.with_any, orders_per_visitor=per_visitor, mean=mean, sd=sd
    )


def per_visitor_of(bought: BuyersOfProducts, counted: str, conversion: float) -> tuple[float | None, float | None]:
    """Return a visitor's mean and standard deviation, of whom a share ``conversion`` buys as these buyers do.

    No deviation of a share, whose mean says it; nothing without buyers.
    """
    if not bought.buyers:
        return None, None
    if counted == CountedValue.BUYERS:
        return conversion * bought.with_any / bought.buyers, None
    first, second = bought.revenue, bought.revenue_squared
    if counted == CountedValue.UNITS:
        first, second = bought.units, bought.units_squared
    mean, square = conversion * first / bought.buyers, conversion * second / bought.buyers
    return mean, sqrt(max(square - mean * mean, 0.0))
