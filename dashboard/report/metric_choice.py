"""The metric that a report shows by segment and by day: the goal, which is in the report, or the reader's choice."""

from dataclasses import dataclass

from dashboard.report.choices import Choices
from experiments.models import Experiment
from experiments.report import MetricView, Report, Unit
from experiments.snapshots import metric_view


@dataclass(frozen=True)
class MetricChoice:
    """A metric that the reader can choose."""

    code: str
    label: str
    is_chosen: bool


def goal_view(report: Report) -> MetricView:
    """Return the report's goal as a metric that is looked at."""
    results = [result for result in report.metrics if result.metric == report.goal_metric]
    label, is_lower_better, is_in_points = "", False, False
    unit: Unit = "number"
    if results:
        first = results[0]
        label, unit = first.label, first.unit
        is_lower_better, is_in_points = first.is_lower_better, first.is_in_points
    return MetricView(
        metric=report.goal_metric,
        label=label,
        unit=unit,
        is_lower_better=is_lower_better,
        is_in_points=is_in_points,
        results=results,
        segments=report.segments,
        heterogeneity=report.heterogeneity,
        series=report.series,
    )


def view_to_show(experiment: Experiment, choices: Choices) -> MetricView | None:
    """Return the metric that the reader chose; None for the goal, and for a code that the test hasn't got."""
    # A stored look has the goal alone.
    if not choices.metric or choices.metric == experiment.goal_metric or choices.look:
        return None
    return metric_view(experiment, choices.metric, with_cuped=choices.with_cuped)
