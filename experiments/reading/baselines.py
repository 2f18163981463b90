"""What a store's last weeks were like at a moment: exposures of its tests there, and the values of its orders."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, QuerySet

from experiments.models import COUNTED_STATUSES, Experiment, Moment, Order, Source, Store
from experiments.reading.aggregation import Aggregate, cumulative_aggregates
from experiments.reading.exposures import exposures_of_outer_experiment

BASELINE_DAYS = 28


@dataclass(slots=True)
class RecentExposures:
    """The visitors of all tests at a moment in the last 28 days.

    ``visitors_per_day``: at full traffic, all tests together. ``control``: what control's visitors add up to; None
    where no test had any.
    """

    visitors: int = 0
    visitors_per_day: float = 0.0
    control: Aggregate | None = None


def recent_exposures(store: Store, moment: Moment, columns: Collection[str], *, now: datetime) -> RecentExposures:
    """Read what the tests at the moment gathered in the 28 days up to ``now``; ``columns`` are those added up."""
    found = RecentExposures()
    since = now - timedelta(days=BASELINE_DAYS)
    for experiment in exposed_since(store, moment, since):
        days = cumulative_aggregates(experiment, columns, since=since.date())
        if not days:  # its exposures are all of automated browsers
            continue
        arms = days[max(days)]
        visitors = sum(one.visitors for one in arms.values())
        found.visitors += visitors
        found.visitors_per_day += visitors / span_days(min(days), now.date()) / (experiment.served_share or 1.0)
        found.control = merged(found.control, control_of(experiment, arms))
    return found


def exposed_since(store: Store, moment: Moment, since: datetime) -> QuerySet[Experiment]:
    """The tests at the moment that exposed somebody since, with their variants."""
    lately = exposures_of_outer_experiment().filter(exposed_at__gte=since)
    tests = Experiment.objects.filter(Exists(lately), store=store, moment=moment, source=Source.LIVE)
    return tests.prefetch_related("variants")


def span_days(first: date, today: date) -> int:
    """Days from the first one with exposures to today, both counted; 28 at most."""
    return min((today - first).days + 1, BASELINE_DAYS)


def control_of(experiment: Experiment, arms: dict[str, Aggregate]) -> Aggregate | None:
    """What control's visitors add up to; None where nobody saw control."""
    for variant in experiment.variants.all():
        if variant.is_control:
            return arms.get(variant.key)
    return None


def merged(one: Aggregate | None, other: Aggregate | None) -> Aggregate | None:
    """Two groups of visitors as one; None is a group of nobody."""
    if one is None:
        return other
    if other is None:
        return one
    sums = {name: value + other.sums[name] for name, value in one.sums.items()}
    products = {name: value + other.products.get(name, 0) for name, value in one.products.items()}
    return Aggregate(one.visitors + other.visitors, sums, one.summary + other.summary, products)


def recent_order_values(store: Store, *, now: datetime) -> list[int]:
    """The values of the store's counted orders of the 28 days up to ``now``, net of discounts, in minor units."""
    placed = Order.objects.filter(
        store=store, placed_at__range=(now - timedelta(days=BASELINE_DAYS), now), currency=store.currency
    )
    rows = placed.filter(status__in=COUNTED_STATUSES).values_list("subtotal_minor", "discount_minor")
    return [subtotal - discount for subtotal, discount in rows]
