"""A metric's values of each day's visitors, control's and the treatment's, as two lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboard.drawings.annotation_marks import mark_annotations
from dashboard.drawings.figure import Figure, Trace, scatter
from dashboard.drawings.style import ACCENT, FEWEST_POINTS, NEUTRAL, empty_figure
from experiments import formatting
from experiments.report import MetricView, Report, SeriesPoint
from experiments.report.selection import of_variant

HEIGHT = 220
TICKS = {"money": ",.2f", "share": ".1%", "number": ".2f"}


def values_chart(view: MetricView, variant: str, report: Report) -> Figure | None:
    """Return the values by day of exposure; None before there are two days with any."""
    points = [point for point in of_variant(view.series.points, variant) if point.day_visitors]
    if len(points) < FEWEST_POINTS:
        return None
    names, control = {}, _("Control")
    for arm in report.variants:
        names[arm.key] = arm.name
        if arm.is_control and arm.name:
            control = arm.name
    figure = empty_figure(HEIGHT, hovermode="x unified", showlegend=True)
    lines = (
        ValueLine(control, "day_control", NEUTRAL, "dot"),
        ValueLine(names.get(variant, variant), "day_treatment", ACCENT, "solid"),
    )
    for line in lines:
        figure.add_trace(values_line(line, points, view, report.currency))
    mark_annotations(figure, view.series.annotations)
    figure.update_xaxes(tickformat="%-d %b", tickangle=0, showgrid=False, hoverformat="%-d %B")
    figure.update_yaxes(tickformat=tick_format(view), nticks=5, rangemode="tozero")
    return figure.as_json()


def tick_format(view: MetricView) -> str:
    """Return how values are written along the axis."""
    return TICKS[view.unit]


@dataclass(frozen=True)
class ValueLine:
    """A variant's values by day; ``column``: the field of a point that has them."""

    name: str
    column: str
    color: str
    dash: str


def values_line(line: ValueLine, points: Sequence[SeriesPoint], view: MetricView, currency: str) -> Trace:
    """Return a variant's values as a line, broken on days without visitors; money in major units."""
    days, values, texts = [], [], []
    for point in points:
        value: float | None = getattr(point, line.column)
        days.append(point.day.isoformat())
        texts.append(formatting.measured(value, view.unit, currency))
        if value is not None and view.unit == "money":
            value = float(formatting.major(value, currency))
        values.append(value)
    return scatter(
        name=line.name,
        x=days,
        y=values,
        text=texts,
        mode="lines+markers",
        marker={"size": 5},
        line={"width": 2, "color": line.color, "dash": line.dash},
        hovertemplate="%{text}<extra>%{fullData.name}</extra>",
    )
