"""Experiment and metric -> the metric within segments and day by day, from the same figures as the report."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from experiments.analysis import segments, series
from experiments.analysis.annotated_days import annotated
from experiments.analysis.custom_metrics import MeasuredMetric, measured_metrics
from experiments.analysis.looks.plan_progress import plan_progress
from experiments.analysis.metric_results import compare_all
from experiments.analysis.sample import goal_comparisons
from experiments.models import Experiment
from experiments.reading.custom_metrics import custom_segments
from experiments.reading.replica import data_as_of, has_replica, read_late
from experiments.report import MetricView
from experiments.snapshots.composition import ReportInputs, read_inputs, segment_sums
from experiments.snapshots.late import changed_at
from experiments.statistics import Reason


def metric_view(experiment: Experiment, metric: str, *, with_cuped: bool = True) -> MetricView | None:
    """Return one metric more closely, as of the data that the report shows; ``None`` where the report hasn't got it."""
    if not has_replica():
        return view_of(experiment, metric, with_cuped=with_cuped)

    def read() -> MetricView | None:
        return view_of(experiment, metric, with_cuped=with_cuped, now=data_as_of())

    return read_late(read, at_least=changed_at(experiment))


def view_of(
    experiment: Experiment, metric: str, *, with_cuped: bool = True, now: datetime | None = None
) -> MetricView | None:
    """Put together one metric at ``now``. Reads the database, changes nothing."""
    now = now or timezone.now()
    readings = read_inputs(experiment, now, with_cuped=with_cuped)
    measured = measured_of(readings, metric)
    if measured is None:
        return None
    definition = measured.definition
    view = MetricView(
        metric=str(definition.metric),
        label=definition.label,
        unit=definition.unit,
        is_lower_better=definition.is_lower_better,
        is_in_points=definition.is_in_points,
    )
    # Who sees results before the cap is fixed, could choose it by them.
    if experiment.is_cap_awaited:
        return view
    return with_results(view, readings, measured)


def measured_of(readings: ReportInputs, metric: str) -> MeasuredMetric | None:
    """Return a metric of the test by its code; ``None`` where the test hasn't got it."""
    for measured in measured_metrics(readings.sample):
        if measured.definition.metric == metric:
            return measured
    return None


def with_results(view: MetricView, readings: ReportInputs, measured: MeasuredMetric) -> MetricView:
    """Return the view with all that is known of its metric."""
    state = plan_progress(readings.sample, goal_comparisons(readings.sample), is_look=False, now=readings.now)
    results = []
    for result in compare_all(state):
        if result.metric == view.metric:
            results.append(result)
    # Nothing but zeros, because nobody sent the data.
    if all(result.main.unavailable == Reason.MISSING_SUMS for result in results):
        return replace(view, results=results)
    by_segment = segments.segment_results(measured, segments_of(measured), results)
    days = series.series_of(state, series.by_day_of(measured), readings.changes)
    return replace(
        view,
        results=results,
        segments=by_segment.results,
        heterogeneity=by_segment.differences,
        series=replace(days, annotations=annotated(readings.annotations)),
    )


def segments_of(measured: MeasuredMetric) -> segments.Segments:
    """Read a metric's sums by segment."""
    sample = measured.sample
    if sample.buyers_of is None:
        return segment_sums(sample, measured.definition)
    found = {}
    arms_of_values = custom_segments(sample.experiment, sample.buyers_of, through=sample.last_day)
    for group, arms in arms_of_values.items():
        found[group] = arms.observed
        if sample.experiment.cap_minor is not None:
            found[group] = arms.capped
    return found
