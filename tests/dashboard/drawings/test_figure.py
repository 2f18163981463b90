"""Figures of plain dicts are those that Plotly's own objects make, and hold nothing that Plotly doesn't know."""

import json
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.drawings import belief, daily_values, series
from dashboard.drawings.figure import Drawing, scatter
from dashboard.report.metric_choice import goal_view
from experiments.report import Range, Series
from tests.dashboard.report.reports import make_curve, make_point, make_report

LAYOUT: dict[str, Any] = {"height": 200, "xaxis": {"zeroline": False}, "yaxis": {}}


def as_lists(figure: Any) -> Any:
    return json.loads(json.dumps(figure))


def test_drawing_is_the_figure_that_plotly_makes_of_the_same_calls():
    ours, plotlys = Drawing(LAYOUT), go.Figure(layout=LAYOUT | {"template": "none"})
    ours.add_trace(scatter(x=[1, 2], y=[3, None], mode="lines", line={"width": 2}))
    plotlys.add_trace(go.Scatter(x=[1, 2], y=[3, None], mode="lines", line={"width": 2}))
    plotlys.add_vrect(x0="2026-11-01", x1="2026-11-03", fillcolor="#123456", line_width=0, layer="below")
    ours.add_vrect(x0="2026-11-01", x1="2026-11-03", fillcolor="#123456")
    for figure in (ours, plotlys):
        figure.add_vline(x=0, line={"width": 1, "dash": "dash"})
        figure.add_hline(y=2, line={"width": 1})
        figure.add_annotation(x=1, y=0, yref="paper", text="1", showarrow=False)
        figure.update_xaxes(tickformat="+.0%", nticks=5)
        figure.update_yaxes(range=(0.5, 2.0))
    assert as_lists(ours.as_json()) == as_lists(plotlys.to_plotly_json())


@pytest.mark.parametrize("chart", ["series", "values", "belief"])
def test_charts_have_no_property_that_plotly_does_not_know(chart):
    values: dict[str, Any] = {"day_visitors": 9, "day_control": 1.5, "day_treatment": None}
    points = [replace(make_point(day, Range(0.1, 0.05, 0.15)), **values) for day in (1, 2, 3)]
    report = make_report([], curves=[make_curve()], series=Series(points=points))
    view = goal_view(report)
    drawn = {
        "series": lambda: series.series_chart(report, view, "treatment"),
        "values": lambda: daily_values.values_chart(view, "treatment", report),
        "belief": lambda: belief.belief_chart(report, "treatment"),
    }[chart]()
    assert drawn is not None
    assert as_lists(go.Figure(drawn).to_plotly_json()) == as_lists(drawn)
