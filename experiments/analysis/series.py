"""A metric day by day: its lift of all visitors exposed up to each day, from the sums that are kept per day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experiments.analysis.custom_metrics import MeasuredMetric, part_of_reserve
from experiments.analysis.estimates import range_of
from experiments.analysis.exposure_days import ExposureDays
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.metric_results import always_valid
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.parts import SamplePart, compare_part, factors_of_arms
from experiments.analysis.refunds import RefundCohorts, cohorts_by_arm, cohorts_through, reserves_of
from experiments.analysis.sample import Sample, is_comparable
from experiments.models import Metric, Source
from experiments.reading.aggregation import Aggregate, cumulative_aggregates
from experiments.reading.custom_metrics import cumulative_custom_days
from experiments.reading.sums import COVARIATE
from experiments.report import Change, Range, SequentialResult, Series, SeriesPoint
from experiments.statistics.reserve import Reserve

MOST_POINTS = 100  # per treatment; a longer test shows every second day, or third

# What the refunds that are still to come are estimated from.
REFUND_COLUMNS = {"revenue", "refunded"}

Daily = Mapping[date, Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricByDay:
    """A metric with its days: by day of the test, the variants' sums of everybody exposed by its end.

    ``days``: of the metric, up to the cap; ``whole``: of all goods where the metric is of some, else the same, from
    which the refunds that are still to come are known.
    """

    metric: MeasuredMetric
    days: Daily
    whole: Daily


def daily_aggregates(sample: Sample, definition: Definition) -> dict[date, dict[str, Aggregate]]:
    """Return what a metric is computed from, by day of the test: everybody exposed by its end."""
    # Only what it needs is read: sums of every metric for every day would be the slowest part of a report.
    columns = set(definition.summed_columns)
    if sample.has_covariate and definition.is_adjustable:
        columns.add(COVARIATE)
    if sample.maturity is not None:
        columns |= REFUND_COLUMNS
    return cumulative_aggregates(
        sample.experiment,
        columns,
        cap_minor=sample.experiment.cap_minor,
        missing_cart_value_minor=sample.fill_minor,
        covariates_through=sample.covariates_through,
    )


def by_day_of(metric: MeasuredMetric) -> MetricByDay:
    """Read a metric's days."""
    sample = metric.sample
    if sample.buyers_of is None:
        daily = daily_aggregates(sample, metric.definition)
        return MetricByDay(metric=metric, days=daily, whole=daily)
    whole: Daily = {}
    # Only money waits for refunds.
    if sample.reserves:
        whole = daily_aggregates(sample, DEFINITIONS[Metric.RPV])
    return MetricByDay(metric=metric, days=cumulative_custom_days(sample.experiment, sample.buyers_of), whole=whole)


def series_of(state: PlanProgress, by_day: MetricByDay, changes: list[Change]) -> Series:
    """Return a metric's cumulative lift, and its values of each day; empty where it can't be compared.

    Of mature visitors alone where results are: the last point is then what the results are of.
    """
    sample = by_day.metric.sample
    if not is_comparable(by_day.metric.definition, sample):
        return Series(changes=changes, note=note_on_days(sample))
    days = ExposureDays.of(by_day.days, sample.last_day)
    cohorts: dict[str, RefundCohorts] = {}
    if sample.last_day is not None:
        cohorts = cohorts_by_arm(by_day.whole, sample.last_day, sample.experiment.days_zone)
    points = []
    for position in thin_out(range(len(days.days))):
        reserves = reserves_through(state, by_day, cohorts, days.days[position])
        for variant in sample.treatment_keys:
            point = point_of(state, by_day.metric, days, position, reserves=reserves, variant=variant)
            if point is not None:
                points.append(point)
    return Series(points=points, changes=changes, note=note_on_days(sample))


def reserves_through(
    state: PlanProgress, by_day: MetricByDay, cohorts: Mapping[str, RefundCohorts], day: date
) -> dict[str, Reserve]:
    """Return what is still to be paid back of those exposed by a day's end, of the metric's part of their goods."""
    sample = by_day.metric.sample
    whole = by_day.whole.get(day)
    # Units and buyers lose nothing to refunds.
    if whole is None:
        return {}
    reserves = reserves_of(cohorts_through(cohorts, day), whole, sample.experiment.delays, state.now)
    if sample.buyers_of is None:
        return reserves
    parts = {}
    for key, reserve in reserves.items():
        parts[key] = part_of_reserve(reserve, whole[key], by_day.days[day][key])
    return parts


def note_on_days(sample: Sample) -> str:
    """Say what the days of the series mean."""
    experiment = sample.experiment
    if sample.maturity is not None:
        return _(
            "Each point includes all visitors first exposed up to that day (%(zone)s) who count, with their orders as "
            "known now, less refunds that are still to come. Looks show what was known at the time."
        ) % {"zone": experiment.day_zone}
    if experiment.source == Source.IMPORTED:
        return _("Each point includes all visitors in the file up to that day, with their complete outcomes.")
    days = experiment.attribution_window_days
    return ngettext(
        "Each point includes all visitors first exposed up to that day (%(zone)s), with their orders and refunds "
        "as known now. "
        "The last day can still get orders, so its point may move. Looks show what was known at the time.",
        "Each point includes all visitors first exposed up to that day (%(zone)s), with their orders and refunds "
        "as known now. "
        "The last %(days)s days can still get orders, so their points may move. Looks show what was known at the time.",
        days,
    ) % {"days": days, "zone": experiment.day_zone}


def thin_out(positions: Sequence[int]) -> Sequence[int]:
    """Return the days to show: all, or every so many, the last one among them."""
    # Counted from the end, since the last day is what the report's own figures are.
    step = ceil(len(positions) / MOST_POINTS) or 1
    return positions[::-1][::step][::-1]


def point_of(
    state: PlanProgress,
    metric: MeasuredMetric,
    days: ExposureDays,
    position: int,
    *,
    reserves: Mapping[str, Reserve],
    variant: str,
) -> SeriesPoint | None:
    """Return a treatment's point of a day; ``None`` before both arms have visitors."""
    sample, day, aggregates = metric.sample, days.days[position], days.totals[position]
    if sample.control is None or not {sample.control.key, variant} <= aggregates.keys():
        return None
    control, treatment = aggregates[sample.control.key], aggregates[variant]
    comparison = compare_part(
        sample, metric.definition, part_of(aggregates, reserves, control=sample.control.key, treatment=variant)
    )
    lift, difference = range_of(comparison.lift), range_of(comparison.difference)
    sequential = always_valid(state, metric.definition, comparison, (control, treatment))
    point = SeriesPoint(
        day=day,
        variant=variant,
        visitors=control.visitors + treatment.visitors,
        control=comparison.control,
        treatment=comparison.treatment,
        lift=lift,
        sequential=relative(lift, sequential),
        is_open=is_open(state, day),
        difference=difference,
        sequential_difference=absolute(difference, sequential),
    )
    return with_own_values(point, metric.definition, days, position, control=sample.control.key)


def part_of(
    aggregates: Mapping[str, Aggregate], reserves: Mapping[str, Reserve], *, control: str, treatment: str
) -> SamplePart:
    """Return the visitors exposed up to a day as a part of the test's."""
    return SamplePart(
        control=control,
        treatment=treatment,
        arms=aggregates,
        factors=factors_of_arms(aggregates, reserves),
        reserves=reserves,
    )


def with_own_values(
    point: SeriesPoint, definition: Definition, days: ExposureDays, position: int, *, control: str
) -> SeriesPoint:
    """Return a point with the values of those exposed on its day alone."""
    of_control = days.exposed_within(position, position + 1, control)
    of_treatment = days.exposed_within(position, position + 1, point.variant)
    visitors = 0
    for arm in (of_control, of_treatment):
        if arm is not None:
            visitors += arm.visitors
    return replace(
        point,
        day_visitors=visitors,
        day_control=value_of_day(definition, of_control),
        day_treatment=value_of_day(definition, of_treatment),
    )


def value_of_day(definition: Definition, arm: Aggregate | None) -> float | None:
    """Return the metric of an arm's visitors of one day, up to the cap; ``None`` without any."""
    if arm is None:
        return None
    return definition.ratio(arm).value


def absolute(difference: Range | None, result: SequentialResult) -> Range | None:
    """Return an always-valid interval in the metric's unit; ``None`` without a difference."""
    if difference is None or result.low is None:
        return None
    return Range(difference.estimate, result.low, result.high)


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
    return experiment.end_of_day(day + timedelta(days=experiment.attribution_window_days)) > state.now
