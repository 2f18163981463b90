"""How far a test has come, and how much traffic it has."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from experiments.analysis.sample import Sample
from experiments.models import Experiment, Source
from experiments.plan.thresholds import DAYS_NEEDED
from experiments.reading.facts import TRAFFIC_DAYS, Facts
from experiments.report import MaturityReport, Progress

DAYS_PER_MONTH = 365.25 / 12


def days(facts: Facts) -> float:
    """Return the days from the first exposure to the last, with fractions."""
    if facts.first_exposed_at is None or facts.last_exposed_at is None:
        return 0.0
    return (facts.last_exposed_at - facts.first_exposed_at).total_seconds() / 86_400


def days_read(sample: Sample, facts: Facts) -> float:
    """Return the days on which the visitors who count were exposed, whole ones where the youngest don't count."""
    if sample.maturity is None:
        return days(facts)
    return float(sample.maturity.days)


def days_to_maturity(sample: Sample) -> int:
    """Return the days from a visitor's exposure until the visitor counts: their own day must be over, too."""
    if sample.maturity is None:
        return 0
    return ceil(sample.maturity.hours / 24) + 1


def visitors_per_day(facts: Facts) -> float | None:
    """Return the visitors a day in the last week with exposures; ``None`` below a day of data."""
    span = min(days(facts), TRAFFIC_DAYS)
    # Night and day differ by far: hours alone would foretell a wrong month.
    if span < 1:
        return None
    return facts.recent_visitors / span


def visitors_per_month(experiment: Experiment, facts: Facts) -> float | None:
    """Return the visitors that all traffic would bring in a month, by the last week's; ``None`` below a day of data."""
    per_day, share = visitors_per_day(facts), mean_share(experiment, facts)
    if per_day is None or not share:
        return None
    return per_day * DAYS_PER_MONTH / share


def mean_share(experiment: Experiment, facts: Facts) -> float:
    """Return the share of traffic that took part, on average over the last week with exposures, ramps included."""
    last, changed, share = facts.last_exposed_at, experiment.ramped_at, experiment.served_share
    has_step = 0 < experiment.ramp_step <= len(experiment.ramp_plan)
    if last is None or changed is None or changed >= last or not has_step:
        return share
    span = min(days(facts), TRAFFIC_DAYS)
    since = (last - changed).total_seconds() / 86_400
    # The whole week has had today's share.
    if not span or since >= span:
        return share
    before = min(experiment.traffic_share, experiment.ramp_plan[experiment.ramp_step - 1]["share"])
    return float(share * since + before * (span - since)) / span


def progress_of(sample: Sample, facts: Facts, now: datetime) -> Progress | None:
    """Return how far a live test has come; ``None`` for one that was run elsewhere."""
    experiment = sample.experiment
    if experiment.source == Source.IMPORTED:
        return None
    planned, visitors = experiment.planned_sample, sample.fewest_visitors
    exposed = min((aggregate.visitors for aggregate in sample.exposed.values()), default=0)
    visitors_left, share = None, None
    if planned:
        visitors_left, share = max(planned - exposed, 0), min(visitors / planned, 1.0)
    needed = max(DAYS_NEEDED, experiment.planned_days) + days_to_maturity(sample)
    days_left, ends_on = None, None
    if not experiment.is_over:
        days_left = days_to_go(sample, visitors_left, needed - days_with_visitors(facts, experiment, now))
    if days_left is not None:
        ends_on = experiment.store.day_of(now) + timedelta(days=days_left)
    return Progress(
        days=day_of_test(facts, experiment, now),
        days_needed=needed,
        days_left=days_left,
        visitors=visitors,
        planned_sample=planned,
        visitors_left=visitors_left,
        share=share,
        ends_on=ends_on,
        exposed=exposed,
    )


def until_settled(progress: Progress | None, mature: MaturityReport | None, now: datetime) -> Progress | None:
    """Return the progress of a test; where it waits for refunds, its last day is that on which they are settled."""
    if progress is None or mature is None or mature.refunds_settled_on is None:
        return progress
    settled_on = mature.refunds_settled_on
    return replace(progress, days_left=max((settled_on - now.date()).days, 0), ends_on=settled_on)


def day_of_test(facts: Facts, experiment: Experiment, now: datetime) -> int:
    """Return which day of the test it is, as lists of tests say; 0 before the first visitor."""
    if facts.first_exposed_at is None:
        return 0
    # Visitors can only be older than the start where they were stored before it, as in a simulation.
    return experiment.day_at(now) or days_with_visitors(facts, experiment, now)


def days_with_visitors(facts: Facts, experiment: Experiment, now: datetime) -> int:
    """Return the store's days from the first exposure to today, or to the end, both counted; 0 before any.

    The shortest runtime counts from there: a test that waited for its first visitor has learned nothing meanwhile.
    """
    if facts.first_exposed_at is None:
        return 0
    # An end before the first exposure (clocks of two machines) is no negative day.
    last = max(experiment.ended_at or now, facts.first_exposed_at)
    return (experiment.store.day_of(last) - experiment.store.day_of(facts.first_exposed_at)).days + 1


def days_to_go(sample: Sample, visitors_left: int | None, days_left: int) -> int | None:
    """Return the days until both planned days and visitors are there; ``None`` where traffic isn't known.

    ``visitors_left``: still to be exposed; the last of them must grow old enough to count.
    """
    awaited = awaited_days(sample, visitors_left)
    if awaited is None:
        return None
    return max(awaited, days_left, 0)


def awaited_days(sample: Sample, visitors_left: int | None) -> int | None:
    """Return the days until the planned visitors count; 0 without a plan, ``None`` where traffic isn't known."""
    planned = sample.experiment.planned_sample
    if visitors_left is None or not planned or sample.fewest_visitors >= planned:
        return 0
    per_day, waiting = sample.fewest_visitors_per_day, days_to_maturity(sample)
    if visitors_left and not per_day:
        return None
    if visitors_left:
        return ceil(visitors_left / per_day) + waiting
    # All are there, and some of them have waited for a while.
    if per_day:
        waiting = min(waiting, ceil((planned - sample.fewest_visitors) / per_day))
    return waiting
