"""What a store's last weeks were like at a moment: exposures of its tests there, and the values of its orders."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, QuerySet

from experiments.models import COUNTED_STATUSES, Experiment, Moment, Order, Source, Store
from experiments.reading.aggregation import Aggregate, cumulative_aggregates
from experiments.reading.exposures import exposures_of_outer_experiment
from experiments.reading.facts import daily_visitors

BASELINE_DAYS = 28  # four of each weekday, as stores sell differently on each


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
        days = cumulative_aggregates(experiment, columns, since=experiment.exposure_day(since))
        if not days:  # its exposures are all of automated browsers
            continue
        arms = days[max(days)]
        visitors = visitors_of(arms)
        found.visitors += visitors
        # At full traffic: a test that serves a tenth of the visitors would have met ten times as many. A share of 0 was
        # set after these visitors came, and says nothing of them.
        found.visitors_per_day += (
            visitors / span_days(min(days), experiment.exposure_day(now)) / (experiment.served_share or 1.0)
        )
        found.control = merged(found.control, control_of(experiment, arms))
    return found


def recent_visitors(store: Store, moment: Moment, *, now: datetime) -> int:
    """Count the visitors of all tests at the moment in the 28 days up to ``now``; two queries, however many tests."""
    since = now - timedelta(days=BASELINE_DAYS)
    tests = exposed_since(store, moment, since).prefetch_related(None).in_bulk()
    visitors = 0
    for experiment_id, days in daily_visitors(tests.values()).items():
        first = tests[experiment_id].exposure_day(since)
        visitors += sum(number for day, number in days.items() if day >= first)
    return visitors


def visitors_of(arms: Mapping[str, Aggregate]) -> int:
    """Count the visitors of all variants."""
    return sum(arm.visitors for arm in arms.values())


def exposed_since(store: Store, moment: Moment, since: datetime) -> QuerySet[Experiment]:
    """Query the tests at the moment that exposed somebody since, with their variants."""
    lately = exposures_of_outer_experiment().filter(exposed_at__gte=since)
    tests = Experiment.objects.filter(Exists(lately), store=store, moment=moment, source=Source.LIVE)
    return tests.prefetch_related("variants")


def span_days(first: date, today: date) -> int:
    """Count the days from the first one with exposures to today, both counted; 28 at most."""
    return min((today - first).days + 1, BASELINE_DAYS)


def control_of(experiment: Experiment, arms: dict[str, Aggregate]) -> Aggregate | None:
    """Find what control's visitors add up to; None where nobody saw control."""
    for variant in experiment.variants.all():
        if variant.is_control:
            return arms.get(variant.key)
    return None


def merged(one: Aggregate | None, other: Aggregate | None) -> Aggregate | None:
    """Merge two groups of visitors; None is a group of nobody."""
    if one is None:
        return other
    if other is None:
        return one
    return Aggregate(
        visitors=one.visitors + other.visitors,
        sums=added(one.sums, other.sums),
        summary=one.summary + other.summary,
        products=added(one.products, other.products),
    )


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Add to each of the sums the other one of its name."""
    sums = {}
    for name, value in one.items():
        sums[name] = value + other.get(name, 0)
    return sums


def recent_order_values(store: Store, *, now: datetime) -> list[int]:
    """Read the values of the store's counted orders of the 28 days up to ``now``, net of discounts, in minor units."""
    placed = Order.objects.filter(
        store=store, placed_at__range=(now - timedelta(days=BASELINE_DAYS), now), currency=store.currency
    )
    counted = placed.filter(status__in=COUNTED_STATUSES)
    return list(counted.values_list(F("subtotal_minor") - F("discount_minor"), flat=True))
