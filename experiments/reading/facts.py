"""What the exposures of an experiment say about themselves: how many, since when, and how many of them are ripe.

Read as ``aggregation`` reads its sums: days that are added up from ``ExposureDay``, those touched since from exposures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.aggregation import TOUCHED, fetch, parameters
from experiments.sql_files import read_sql

TRAFFIC_DAYS = 7  # a whole week, as stores have other visitors on each weekday

FACTS = read_sql(__file__, "facts").format(
    touched=TOUCHED,
    spans=sums.SPANS,
    traffic_days=TRAFFIC_DAYS,
    is_counted=sums.IS_COUNTED,
    cart_value=sums.CART_VALUE,
    touched_exposures=sums.TOUCHED_EXPOSURES.format(visit=""),
)
VISITORS = read_sql(__file__, "visitors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the exposures of an experiment say about themselves, over all variants.

    ``mean_cart_value_minor`` is of those that carry one, ``recent_visitors`` were exposed in the seven days up to the
    last exposure.
    """

    visitors: int
    conflicting: int
    immature: int
    with_cart_value: int
    mean_cart_value_minor: int
    recent_visitors: int
    first_exposed_at: datetime | None
    last_exposed_at: datetime | None

    @property
    def cart_value_coverage(self) -> float:
        """The share of exposures that carry the cart's value; 0 where there are none."""
        if not self.visitors:
            return 0.0
        return self.with_cart_value / self.visitors


def facts_of(experiment: Experiment, now: datetime) -> Facts:
    """Read the facts; an exposure is immature while its attribution window is open at ``now``."""
    open_since = now - timedelta(days=experiment.attribution_window_days)
    asked = parameters(experiment, None) | {"open_since": open_since}
    *counts, first, last = fetch(FACTS, asked)[0]
    visitors, conflicting, immature, with_cart_value, mean, recent = map(int, counts)
    return Facts(
        visitors=visitors,
        conflicting=conflicting,
        immature=immature,
        with_cart_value=with_cart_value,
        mean_cart_value_minor=mean,
        recent_visitors=recent,
        first_exposed_at=first,
        last_exposed_at=last,
    )


def daily_visitors(experiments: Iterable[Experiment]) -> dict[int, dict[date, int]]:
    """Read the visitors first exposed on each day of the test, by experiment id; days without any are left out."""
    found: dict[int, dict[date, int]] = {}
    for experiment in experiments:
        found[experiment.pk] = {}
    for experiment_id, day, visitors in fetch(VISITORS, {"experiment_ids": list(found)}):
        days = found[experiment_id]
        days[day] = days.get(day, 0) + int(visitors)  # a kept day has a row for each variant
    return found


def count_visitors(experiments: Iterable[Experiment]) -> dict[int, int]:
    """Count the visitors of each experiment by its id, in one query."""
    visitors = {}
    for experiment_id, days in daily_visitors(experiments).items():
        visitors[experiment_id] = sum(days.values())
    return visitors
