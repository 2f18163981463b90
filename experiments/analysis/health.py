"""Whether an experiment's data can be trusted."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from experiments.analysis.balance import balance_checks
from experiments.analysis.sample import Sample
from experiments.analysis.sample_ratio import check_sample_ratio, ratio_checks
from experiments.analysis.segments import Segments, visitors_of
from experiments.decisions import counts as decision_counts
from experiments.models import EventType, Experiment, Source, Status
from experiments.reading.aggregation import Aggregate
from experiments.reading.exposures import count_automated, trigger_version_at
from experiments.reading.facts import Facts
from experiments.reading.funnel import Funnel
from experiments.reading.health import orders_by_day
from experiments.report import Change, Health, OrderDay

# Visitors from which a day without any is no chance: of days with ten on average, 1 in 22,000 has none (Poisson).
BUSY_DAY = 10

Daily = Mapping[date, Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was read of an experiment besides its sums.

    - ``facts``, ``funnel``, ``segments``: as they are read; ``daily``: by day, who had been exposed by its end;
      ``changes``: of settings, and pauses.
    """

    facts: Facts
    funnel: Funnel
    segments: Segments
    daily: Daily
    changes: Sequence[Change]


def check(sample: Sample, gathered: Gathered, *, now: datetime) -> Health:
    """Make all checks of an experiment's data."""
    experiment, facts = sample.experiment, gathered.facts
    health = visitor_checks(sample, gathered, now)
    # Outcomes of a file are complete as they are, and its days and orders are not this store's.
    if experiment.source == Source.IMPORTED:
        return health
    return replace(
        health,
        immature=facts.immature,
        immature_share=share(facts.immature, facts.visitors),
        unpaid_left_out_since=unpaid_left_out_since(experiment, facts),
        trigger_changed_on=trigger_changed_on(experiment, facts),
        **order_checks(experiment, facts),
        **day_checks(experiment, gathered.daily, gathered.changes, now),
    )


def visitor_checks(sample: Sample, gathered: Gathered, now: datetime) -> Health:
    """Check the visitors alone: how they are split, and who was lost, skipped or automated."""
    experiment, facts, funnel = sample.experiment, gathered.facts, gathered.funnel
    return Health(
        sample_ratio=check_sample_ratio(sample, gathered.daily, now),
        conflicting=facts.conflicting,
        conflicting_share=share(facts.conflicting, facts.visitors),
        immature=0,
        immature_share=share(0, facts.visitors),
        skipped_shares=skipped_shares(sample, funnel),
        unmatched_order_share=None,
        unknown_margin=sample.total("unknown_margin"),
        crawlers=decision_counts.crawlers(experiment, facts.first_exposed_at, facts.last_exposed_at),
        automated=count_automated(experiment),
        is_automation_counted=experiment.store.is_automation_counted,
        segment_ratios=ratio_checks(sample, gathered.segments),
        balance=balance_checks(sample),
        error_shares=error_shares(sample, funnel),
        gap_share=share(0, len(gathered.daily)),
    )


def skipped_shares(sample: Sample, funnel: Funnel) -> dict[str, float]:
    """Return, by variant with any, the share of visitors skipped among those skipped or exposed."""
    shares = {}
    for variant in sample.variants:
        skipped = funnel.visitors(variant, EventType.SKIPPED)
        if skipped:
            shares[variant.key] = skipped / (skipped + sample.exposed[variant.key].visitors)
    return shares


def error_shares(sample: Sample, funnel: Funnel) -> dict[str, float]:
    """Return, by variant with any, the share of exposed visitors with an error."""
    shares = {}
    for variant in sample.variants:
        exposed, failed = sample.exposed[variant.key].visitors, funnel.visitors(variant, EventType.ERROR)
        if exposed and failed:
            shares[variant.key] = failed / exposed
    return shares


def order_checks(experiment: Experiment, facts: Facts) -> dict[str, Any]:
    """Return the store's orders during the test by day, and the share of them without a known visitor."""
    days: list[OrderDay] = []
    if facts.first_exposed_at is not None and facts.last_exposed_at is not None:
        days = orders_by_day(experiment.store, facts.first_exposed_at, facts.last_exposed_at)
    unmatched = orders = 0
    for day in days:
        unmatched += day.unmatched
        orders += day.orders
    return {"order_days": days, "unmatched_order_share": share(unmatched, orders)}


def day_checks(experiment: Experiment, daily: Daily, changes: Sequence[Change], now: datetime) -> dict[str, Any]:
    """Return the days without exposures: between others, and since the last ones of a test that runs."""
    exposed = new_visitors(daily)
    gaps = gap_days(exposed, changes, experiment.days_zone)
    # A test that is paused or over is meant to be silent.
    silent = 0
    if experiment.status == Status.RUNNING:
        silent = silent_days(exposed, experiment.exposure_day(now))
    return {"gap_days": gaps, "gap_share": share(len(gaps), len(gaps) + len(daily)), "silent_days": silent}


def unpaid_left_out_since(experiment: Experiment, facts: Facts) -> date | None:
    """Return the store's day from which on unpaid orders don't count, where the test's first exposure was before."""
    since = experiment.store.unpaid_left_out_since
    if since is None or facts.first_exposed_at is None or facts.first_exposed_at >= since:
        return None
    return experiment.store.day_of(since)


def trigger_changed_on(experiment: Experiment, facts: Facts) -> date | None:
    """Return the day of the first exposure by today's trigger; ``None`` where the test's first one was by it too.

    Found by halving the test's days, each looked up by index: a snippet that browsers keep is a day old at most, so
    that the trigger changes once.
    """
    first, last = facts.first_exposed_at, facts.last_exposed_at
    if first is None or last is None:
        return None
    newest = trigger_version_at(experiment, last)
    if newest == trigger_version_at(experiment, first):
        return None
    days = days_between(experiment.exposure_day(first), experiment.exposure_day(last))

    def is_changed(day: date) -> bool:
        """Whether the last exposure of the day is by the newest trigger."""
        # Not past the last exposure: what came in since the report was begun isn't part of it.
        end = min(experiment.end_of_day(day), last)
        return trigger_version_at(experiment, end) == newest

    return days[bisect_left(days, True, key=is_changed)]


def days_between(first: date, last: date) -> list[date]:
    """Return all days from the first to the last, both included."""
    days = []
    for number in range((last - first).days + 1):
        days.append(first + timedelta(days=number))
    return days


def new_visitors(daily: Daily) -> dict[date, int]:
    """Return how many visitors were first exposed on each day that has some."""
    # The sums are cumulative: each day's own visitors are what it adds to the day before.
    new, before = {}, 0
    for day, arms in daily.items():
        total = visitors_of(arms)
        new[day] = total - before
        before = total
    return new


def gap_days(daily: Mapping[date, int], changes: Sequence[Change], zone: tzinfo) -> list[date]:
    """Return the days without an exposure between the first and the last, on which the test wasn't paused.

    A day counts where its nearest days with exposures on either side had at least ten each: by chance alone that gives
    none in 1 day of 22,000 (Poisson).
    """
    if not daily:
        return []
    gaps = []
    for day in days_between(min(daily), max(daily)):
        if day not in daily and is_busy(daily, day) and not was_paused(changes, day, zone):
            gaps.append(day)
    return gaps


def is_busy(daily: Mapping[date, int], day: date) -> bool:
    """Whether the nearest days with exposures, before and after, had so many that none is no chance."""
    days = sorted(daily)
    position = bisect_left(days, day)
    before, after = days[position - 1], days[position]
    return min(daily[before], daily[after]) >= BUSY_DAY


def silent_days(daily: Mapping[date, int], today: date) -> int:
    """Return the whole days since the last one with an exposure; 0 where that one wasn't busy."""
    if not daily or daily[max(daily)] < BUSY_DAY:
        return 0
    # Neither the day of the last exposure nor today counts: both are begun, and may have had some or still get them.
    return max(0, (today - max(daily)).days - 1)


def was_paused(changes: Sequence[Change], day: date, zone: tzinfo) -> bool:
    """Whether the test was paused at any time of the day by a zone's clock."""
    return any(change.kind == "pause" and covers(change, day, zone) for change in changes)


def covers(pause: Change, day: date, zone: tzinfo) -> bool:
    """Return whether the pause lasted into the day, or through it; one without an end goes on."""
    if pause.at.astimezone(zone).date() > day:
        return False
    return pause.until is None or pause.until.astimezone(zone).date() >= day


def share(part: int, whole: int) -> float | None:
    """Return ``part / whole``; ``None`` of nothing."""
    if not whole:
        return None
    return part / whole
