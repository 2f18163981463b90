"""What customers bought in the months after: each variant's revenue within 90, 180 and 365 days, and its lift.

Only customers whose horizon is over are compared, so that all of them had the same time. Nothing is decided by it: it
stands beside the outcome within the attribution window, and its intervals are those of a single look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from experiments.analysis.estimates import range_of
from experiments.models import Experiment, Variant
from experiments.models.long_outcome import HORIZON_DAYS
from experiments.reading.aggregation import Aggregate
from experiments.report import LongTermResult
from experiments.statistics import compare_means


def last_days(experiment: Experiment, now: datetime) -> dict[int, date]:
    """Return by horizon the last day of the test whose customers have all lived through it at ``now``."""
    days = {}
    for horizon in HORIZON_DAYS:
        days[horizon] = experiment.exposure_day(now - timedelta(days=horizon + 1))
    return days


@dataclass(frozen=True, slots=True)
class HorizonReading:
    """What was read of one horizon: who has lived through it was exposed up to ``last_day``."""

    days: int
    last_day: date
    known_on: date
    control: Aggregate


def long_term_results(
    experiment: Experiment,
    arms: Mapping[int, Mapping[str, Aggregate]],
    first_exposed_at: datetime | None,
    now: datetime,
) -> list[LongTermResult]:
    """Return a result for each horizon and variant, control first; none before anybody was exposed."""
    variants = list(experiment.variants.all())
    # The control comes first, as variants are ordered.
    if first_exposed_at is None or not variants or not variants[0].is_control:
        return []
    results = []
    for days, last_day in last_days(experiment, now).items():
        # The first customers have lived through it when the day after their exposure is as old as that.
        known_on = experiment.exposure_day(first_exposed_at + timedelta(days=days + 1))
        reading = HorizonReading(days, last_day, known_on, control=arms[days][variants[0].key])
        for variant in variants:
            results.append(long_term_result(variant, arms[days][variant.key], reading))
    return results


def long_term_result(variant: Variant, arm: Aggregate, reading: HorizonReading) -> LongTermResult:
    """Return one variant's figures within one horizon, a treatment's beside control's."""
    per_unit = None
    if arm.visitors:
        per_unit = arm.sums["revenue"] / arm.visitors
    lift, unavailable = None, None
    if not variant.is_control:
        compared = compare_means(reading.control.summary, arm.summary, "revenue")
        lift, unavailable = range_of(compared.lift), compared.unavailable
    return LongTermResult(
        horizon_days=reading.days,
        variant=variant.key,
        units=arm.visitors,
        buyers=arm.sums["converted"],
        orders=arm.sums["orders"],
        revenue_minor=arm.sums["revenue"],
        revenue_per_unit_minor=per_unit,
        known_on=reading.known_on,
        through=reading.last_day,
        lift=lift,
        unavailable=unavailable,
    )
