"""The chart of the lift by day, from results written by hand."""

import json
from datetime import UTC, datetime

from dashboard.drawings import series as chart
from dashboard.drawings.figure import Figure
from dashboard.report.metric_choice import goal_view
from experiments.report import Boundary, Change, Plan, Range, Report, Series
from tests.dashboard.drawings.traces import traces
from tests.dashboard.report.reports import make_look, make_point, make_report

NARROW = Range(0.1, 0.05, 0.15)


def series_chart(report: Report) -> Figure | None:
    """The chart of the report's goal."""
    return chart.series_chart(report, goal_view(report), "treatment")


def test_series_chart_needs_two_days():
    report = make_report([], series=Series(points=[make_point(1, None), make_point(2, NARROW)]))
    assert series_chart(report) is None


def test_series_chart_draws_the_treatments_days_with_their_band():
    points = [make_point(1, Range(0.3, -0.4, None)), make_point(2, NARROW), make_point(3, NARROW, variant="other")]
    found = traces(series_chart(make_report([], series=Series(points=points))))
    assert found["Lift so far"]["x"] == ["2026-11-01", "2026-11-02"]
    assert list(found["95% interval"]["y"]) == [chart.OPEN_END, 0.15, 0.05, -0.4]
    assert found["Lift so far"]["customdata"][0] == ["\N{MINUS SIGN}40.0% to +∞", "100 visitors"]


def test_series_chart_has_looks_and_the_bounds_ahead():
    ahead = Boundary(
        day=make_point(9, None).day,
        information_fraction=0.9,
        bound=2.1,
        variant="treatment",
        ship_above=0.1,
        stop_below=None,
    )
    plan = Plan(design="group_sequential", looks=[make_look(1), make_look(2, has_crossed=True)], boundaries=[ahead])
    series = Series(points=[make_point(1, NARROW), make_point(2, NARROW)])
    found = traces(series_chart(make_report([], series=series, plan=plan)))
    assert found["Roll out above"]["x"] == ["2026-11-01", "2026-11-02", "2026-11-09"]
    assert found["Stop below"]["x"] == ["2026-11-01", "2026-11-02"]
    assert list(found["Looks"]["marker"]["symbol"]) == ["circle-open", "circle"]


def test_series_chart_says_what_was_changed():
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    series = Series(
        points=[make_point(1, NARROW), make_point(3, NARROW)],
        changes=[Change(at=at, until=at.replace(day=3), kind="pause", text="Paused")],
    )
    figure = series_chart(make_report([], series=series))
    assert figure is not None
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["Paused"]
    assert {shape["type"] for shape in figure["layout"]["shapes"]} == {"rect", "line"}


def test_series_chart_is_json():
    series = Series(points=[make_point(1, NARROW), make_point(2, NARROW)])
    figure = series_chart(make_report([], series=series))
    assert json.loads(json.dumps(figure, allow_nan=False))["data"]


def test_series_chart_names_no_bound_that_a_single_look_can_not_draw():
    plan = Plan(design="group_sequential", looks=[make_look(1)], boundaries=[])
    series = Series(points=[make_point(1, NARROW), make_point(2, NARROW)])
    found = traces(series_chart(make_report([], series=series, plan=plan)))
    assert "Looks" in found
    assert not {"Roll out above", "Stop below"} & set(found)
