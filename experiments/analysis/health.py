"""Whether an experiment's data can be trusted."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from experiments.analysis.sample import Sample
from experiments.analysis.sample_ratio import check_sample_ratio, ratio_checks
from experiments.analysis.segments import Segments
from experiments.decisions import counts as decision_counts
from experiments.models import EventType, Experiment, Source, Status
from experiments.reading.aggregation import Aggregate
from experiments.reading.exposures import count_automated, trigger_version_at
from experiments.reading.facts import Facts
from experiments.reading.funnel import Funnel
from experiments.reading.health import orders_by_day
from experiments.report import Change, Health, OrderDay

BUSY_DAY = 10  # visitors from which a day without any is no chance

Daily = Mapping[date, Mapping[str, Aggregate]]


def check(
    sample: Sample,
    facts: Facts,
    funnel: Funnel,
    *,
    segments: Segments,
    daily: Daily,
    changes: Sequence[Change],
    now: datetime,
) -> Health:
    """All checks of an experiment's data; ``daily``: by UTC day, who had been exposed by its end."""
    experiment = sample.experiment
    health = Health(
        sample_ratio=check_sample_ratio(sample.variants, sample.observed, is_plan_known=experiment.is_split_known),
        conflicting=facts.conflicting,
        conflicting_share=share(facts.conflicting, facts.visitors),
        immature=0,
        immature_share=share(0, facts.visitors),
        skipped_shares=skipped_shares(sample, funnel),
        unmatched_order_share=None,
        unknown_margin=sum(aggregate.sums["unknown_margin"] for aggregate in sample.observed.values()),
        crawlers=decision_counts.crawlers(experiment, facts.first_exposed_at, facts.last_exposed_at),
        automated=count_automated(experiment),
        is_automation_counted=experiment.store.is_automation_counted,
        segment_ratios=ratio_checks(sample, segments),
        error_shares=error_shares(sample, funnel),
        gap_share=share(0, len(daily)),
    )
    if experiment.source == Source.IMPORTED:  # its outcomes are complete as they are, and its days were another's
        return health
    return replace(
        health,
        immature=facts.immature,
        immature_share=share(facts.immature, facts.visitors),
        unpaid_left_out_since=unpaid_left_out_since(experiment, facts),
        trigger_changed_on=trigger_changed_on(experiment, facts),
        **order_checks(experiment, facts),
        **day_checks(experiment, daily, changes, now),
    )


def skipped_shares(sample: Sample, funnel: Funnel) -> dict[str, float]:
    """By variant with any, the visitors who were skipped among those who were skipped or exposed."""
    shares = {}
    for variant in sample.variants:
        skipped = funnel.visitors(variant, EventType.SKIPPED)
        if skipped:
            shares[variant.key] = skipped / (skipped + sample.observed[variant.key].visitors)
    return shares


def error_shares(sample: Sample, funnel: Funnel) -> dict[str, float]:
    """By variant with any, the visitors with an error among those exposed."""
    shares = {}
    for variant in sample.variants:
        exposed, failed = sample.observed[variant.key].visitors, funnel.visitors(variant, EventType.ERROR)
        if exposed and failed:
            shares[variant.key] = failed / exposed
    return shares


def order_checks(experiment: Experiment, facts: Facts) -> dict[str, Any]:
    """The store's orders during the test by day, and the share of them that are nobody's."""
    days: list[OrderDay] = []
    if facts.first_exposed_at is not None and facts.last_exposed_at is not None:
        days = orders_by_day(experiment.store, facts.first_exposed_at, facts.last_exposed_at)
    unmatched, orders = sum(day.unmatched for day in days), sum(day.orders for day in days)
    return {"order_days": days, "unmatched_order_share": share(unmatched, orders)}


def day_checks(experiment: Experiment, daily: Daily, changes: Sequence[Change], now: datetime) -> dict[str, Any]:
    """Days without exposures: between others, and since the last ones of a test that runs."""
    exposed = new_visitors(daily)
    gaps = gap_days(exposed, changes)
    silent = 0
    if experiment.status == Status.RUNNING:
        silent = silent_days(exposed, now)
    return {"gap_days": gaps, "gap_share": share(len(gaps), len(gaps) + len(daily)), "silent_days": silent}


def unpaid_left_out_since(experiment: Experiment, facts: Facts) -> date | None:
    """The store's day from which on unpaid orders don't count, where the test's first exposure was before."""
    since = experiment.store.unpaid_left_out_since
    if since is None or facts.first_exposed_at is None or facts.first_exposed_at >= since:
        return None
    return since.astimezone(ZoneInfo(experiment.store.timezone)).date()


def trigger_changed_on(experiment: Experiment, facts: Facts) -> date | None:
    """The UTC day of the first exposure by the trigger that is watched now; None where the first one was by it too.

    Found by halving the test's days, each looked up by index: a snippet that browsers keep is a day old at most, so
    that the trigger changes once.
    """
    first, last = facts.first_exposed_at, facts.last_exposed_at
    if first is None or last is None:
        return None
    newest = trigger_version_at(experiment, last)
    if newest == trigger_version_at(experiment, first):
        return None
    begin = first.astimezone(UTC).date()
    days = [begin + timedelta(days=number) for number in range((last.astimezone(UTC).date() - begin).days + 1)]

    def is_changed(day: date) -> bool:
        """Whether the last exposure of the day is by the newest trigger."""
        end = min(datetime.combine(day + timedelta(days=1), time(), UTC), last)
        return trigger_version_at(experiment, end) == newest

    return days[bisect_left(days, True, key=is_changed)]


def new_visitors(daily: Daily) -> dict[date, int]:
    """Visitors first exposed on each day that has some."""
    totals = [0, *(sum(one.visitors for one in arms.values()) for arms in daily.values())]
    return {day: now - before for day, before, now in zip(daily, totals, totals[1:], strict=False)}


def gap_days(daily: Mapping[date, int], changes: Sequence[Change]) -> list[date]:
    """UTC days without an exposure between the first and the last, on which the test wasn't paused.

    A day counts where its nearest days with exposures on either side had at least ten each: by chance alone that gives
    none in 1 day of 22,000 (Poisson).
    """
    if not daily:
        return []
    first, last = min(daily), max(daily)
    days = [first + timedelta(days=number) for number in range(1, (last - first).days)]
    empty = [day for day in days if day not in daily]
    return [day for day in empty if is_busy(daily, day) and not was_paused(changes, day)]


def is_busy(daily: Mapping[date, int], day: date) -> bool:
    """Whether the nearest days with exposures, before and after, had so many that none is no chance."""
    before = max(other for other in daily if other < day)
    after = min(other for other in daily if other > day)
    return min(daily[before], daily[after]) >= BUSY_DAY


def silent_days(daily: Mapping[date, int], now: datetime) -> int:
    """Whole UTC days since the last one with an exposure, where that one was busy."""
    if not daily or daily[max(daily)] < BUSY_DAY:
        return 0
    return max(0, (now.astimezone(UTC).date() - max(daily)).days - 1)


def was_paused(changes: Sequence[Change], day: date) -> bool:
    """Whether the test was paused at any time of the day."""
    pauses = [(one.at, one.until) for one in changes if one.kind == "pause"]
    return any(begun.date() <= day and (until is None or until.date() >= day) for begun, until in pauses)


def share(part: int, whole: int) -> float | None:
    """``part / whole``; ``None`` of nothing."""
    if not whole:
        return None
    return part / whole
