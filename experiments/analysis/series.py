"""The lift day by day: of all visitors exposed up to each day, from the sums that are kept per day."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments.analysis.estimates import range_of
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.metric_results import always_valid
from experiments.analysis.parts import SamplePart, compare_part, factors_of_arms
from experiments.analysis.refunds import RefundCohorts, cohorts_by_arm, cohorts_through, reserves_of
from experiments.analysis.sample import Sample
from experiments.models import Source
from experiments.reading.aggregation import Aggregate, cumulative_aggregates
from experiments.reading.sums import COVARIATE
from experiments.report import Change, Range, SequentialResult, Series, SeriesPoint
from experiments.statistics.reserve import Reserve

MOST_POINTS = 100  # per treatment; a longer test shows every second day, or third

# What the refunds that are still to come are estimated from.
REFUND_COLUMNS = {"revenue", "refunded"}

Daily = Mapping[date, Mapping[str, Aggregate]]


def daily_aggregates(sample: Sample) -> dict[date, dict[str, Aggregate]]:
    """Return what the goal is computed from, by UTC day: everybody exposed by its end."""
    # Only what the goal needs is read: sums of every metric for every day would be the slowest part of a report.
    columns = {sample.goal.numerator, sample.goal.denominator}
    if sample.has_covariate and sample.goal.is_adjustable:
        columns.add(COVARIATE)
    if sample.maturity is not None:
        columns |= REFUND_COLUMNS
    return cumulative_aggregates(
        sample.experiment,
        columns,
        cap_minor=sample.experiment.cap_minor,
        missing_cart_value_minor=sample.fill_minor,
    )


def series_of(state: PlanProgress, daily: Daily, changes: list[Change]) -> Series:
    """Return the cumulative lift of the goal; empty where the goal can't be compared.

    Of mature visitors alone where results are: the last point is then what the results are of.
    """
    sample = state.sample
    days = [day for day in daily if sample.last_day is None or day <= sample.last_day]
    cohorts: dict[str, RefundCohorts] = {}
    if sample.last_day is not None:
        cohorts = cohorts_by_arm(daily, sample.last_day)
    points = []
    for day in thin_out(days):
        arms = daily[day]
        reserves = reserves_of(cohorts_through(cohorts, day), arms, sample.experiment.delays, state.now)
        for variant in state.goals:
            point = point_of(state, day, arms, reserves, variant=variant)
            if point is not None:
                points.append(point)
    return Series(points=points, changes=changes, note=note_on_days(sample))


def note_on_days(sample: Sample) -> str:
    """Say what the days of the series mean."""
    experiment = sample.experiment
    if sample.maturity is not None:
        return _(
            "Each point includes all visitors first exposed up to that day (UTC) who count, with their orders as known "
            "now, less refunds that are still to come. Looks show what was known at the time."
        )
    if experiment.source == Source.IMPORTED:
        return _("Each point includes all visitors in the file up to that day, with their complete outcomes.")
    days = experiment.attribution_window_days
    return ngettext(
        "Each point includes all visitors first exposed up to that day (UTC), with their orders and refunds "
        "as known now. "
        "The last day can still get orders, so its point may move. Looks show what was known at the time.",
        "Each point includes all visitors first exposed up to that day (UTC), with their orders and refunds "
        "as known now. "
        "The last %(days)s days can still get orders, so their points may move. Looks show what was known at the time.",
        days,
    ) % {"days": days}


def thin_out(days: list[date]) -> list[date]:
    """Return the days to show: all, or every so many, the last one among them."""
    # Counted from the end, since the last day is what the report's own figures are.
    step = ceil(len(days) / MOST_POINTS) or 1
    return days[::-1][::step][::-1]


def point_of(
    state: PlanProgress,
    day: date,
    aggregates: Mapping[str, Aggregate],
    reserves: Mapping[str, Reserve],
    *,
    variant: str,
) -> SeriesPoint | None:
    """Return a treatment's point of a day; ``None`` before both arms have visitors."""
    sample = state.sample
    if sample.control is None or not {sample.control.key, variant} <= aggregates.keys():
        return None
    control, treatment = aggregates[sample.control.key], aggregates[variant]
    part = SamplePart(
        control=sample.control.key,
        treatment=variant,
        arms=aggregates,
        factors=factors_of_arms(aggregates, reserves),
        reserves=reserves,
    )
    comparison = compare_part(sample, sample.goal, part)
    lift = range_of(comparison.lift)
    return SeriesPoint(
        day=day,
        variant=variant,
        visitors=control.visitors + treatment.visitors,
        control=comparison.control,
        treatment=comparison.treatment,
        lift=lift,
        sequential=relative(lift, always_valid(state, sample.goal, comparison, (control, treatment))),
        is_open=is_open(state, day),
    )


def relative(lift: Range | None, result: SequentialResult) -> Range | None:
    """Return an always-valid interval as fractions of control; ``None`` without a lift."""
    if lift is None or result.relative_low is None:
        return None
    return Range(lift.estimate, result.relative_low, result.relative_high)


def is_open(state: PlanProgress, day: date) -> bool:
    """Whether visitors of the day may still order."""
    experiment = state.sample.experiment
    if experiment.source == Source.IMPORTED:
        return False
    # The last visitor of the day may have come a moment before midnight, and has the whole window from then on.
    end: datetime = datetime.combine(day, time.min, UTC) + timedelta(days=1 + experiment.attribution_window_days)
    return end > state.now
