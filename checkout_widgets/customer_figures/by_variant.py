"""What customers did in tests and holdouts: by variant, within 30, 90, 180 and 365 days, beside the control."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isfinite

from django.db.models import Q

from checkout_widgets.customer_figures.document import ExpectedRange, VariantOutcome
from experiments.analysis.long_term import last_days
from experiments.models import AssignmentUnit, Experiment, Source, Status, Store
from experiments.reading.aggregation import Aggregate, aggregates
from experiments.reading.long_outcomes import long_arms
from experiments.statistics import Interval, Proportion, compare_means, compare_proportions

MONTH = 30
MOST_TESTS = 20  # the newest: what is older is in the tests' own reports


def outcomes_of(store: Store, now: datetime) -> list[VariantOutcome]:
    """Return what the customers of the store's newest tests of customers, and of its holdouts, did."""
    followed = Q(unit=AssignmentUnit.CUSTOMER) | Q(source=Source.HOLDOUT)
    begun = Experiment.with_holdouts.filter(followed, store=store, started_at__isnull=False)
    outcomes: list[VariantOutcome] = []
    for experiment in begun.exclude(status=Status.DRAFT).order_by("-started_at")[:MOST_TESTS]:
        for days, by_variant in horizons_of(experiment, now).items():
            outcomes += outcomes_at(experiment, days, by_variant)
    return outcomes


def horizons_of(experiment: Experiment, now: datetime) -> dict[int, Mapping[str, Aggregate]]:
    """Return by days what each variant's customers came to, of those whose days are over."""
    found: dict[int, Mapping[str, Aggregate]] = {}
    # The outcome within the attribution window is that of a month, where the window is one.
    if experiment.attribution_window_days == MONTH:
        through: date = experiment.exposure_day(now - timedelta(days=MONTH + 1))
        found[MONTH] = aggregates(experiment, through=through)
    return found | long_arms(experiment, last_days(experiment, now))


def outcomes_at(experiment: Experiment, days: int, by_variant: Mapping[str, Aggregate]) -> list[VariantOutcome]:
    """Return the variants within one horizon, control first; none before anybody's days are over."""
    variants = list(experiment.variants.all())
    # The control comes first, as variants are ordered.
    if not variants or not variants[0].is_control or not all(by_variant[one.key].visitors for one in variants):
        return []
    control = by_variant[variants[0].key]
    outcomes = []
    for variant in variants:
        outcome = by_variant[variant.key]
        revenue_difference = rate_difference = None
        if not variant.is_control:
            revenue_difference = band_of(compare_means(control.summary, outcome.summary, "revenue").difference)
            rate_difference = band_of(compare_proportions(buyers_of(control), buyers_of(outcome)).difference)
        outcomes.append(
            VariantOutcome(
                experiment=experiment.key,
                name=experiment.name,
                status=experiment.status,
                variant=variant.name or variant.key,
                is_control=variant.is_control,
                days=days,
                units=outcome.visitors,
                buyers=outcome.sums["converted"],
                revenue_minor=outcome.sums["revenue"],
                revenue_difference=revenue_difference,
                rate_difference=rate_difference,
            )
        )
    return outcomes


def buyers_of(outcome: Aggregate) -> Proportion:
    """Return who ordered, of all."""
    return Proportion(outcome.sums["converted"], outcome.visitors)


def band_of(interval: Interval | None) -> ExpectedRange | None:
    """Return an interval that has both ends; one without can't be drawn or exported."""
    if interval is None or interval.estimate is None or interval.low is None or interval.high is None:
        return None
    if not isfinite(interval.low) or not isfinite(interval.high):
        return None
    return ExpectedRange(interval.estimate, interval.low, interval.high)
