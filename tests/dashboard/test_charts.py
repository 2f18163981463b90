"""The figures, from results written by hand."""

import json

import pytest

from dashboard import charts
from experiments.report import Decomposition, Range
from tests.dashboard.report.reports import make_report, make_result


def test_decomposition_bars_build_up_to_the_total():
    split = Decomposition(
        variant="treatment",
        orders_per_visitor=Range(-0.05, -0.1, 0.0),
        aov=Range(0.2, 0.1, 0.3),
        rpv=Range(0.14, 0.02, 0.26),
        unavailable=None,
    )
    figure = charts.decomposition_chart(split)
    assert figure is not None
    bar = figure["data"][0]
    assert list(bar["base"]) == [0, -0.05, 0]
    assert bar["base"][1] + bar["y"][1] == pytest.approx(0.95 * 1.2 - 1)
    whisker = figure["data"][2]
    assert list(whisker["y"]) == pytest.approx([0.95 * 1.1 - 1, 0.95 * 1.3 - 1])


def test_decomposition_unknown_is_no_figure():
    split = Decomposition(variant="b", orders_per_visitor=None, aov=None, rpv=None, unavailable="no_orders")
    assert charts.decomposition_chart(split) is None


def test_lift_chart_leaves_out_metrics_without_a_lift():
    report = make_report([make_result("rpv", lift=Range(0.1, 0.05, 0.15)), make_result("aov", lift=None)])
    figure = charts.lift_chart(report)
    assert figure is not None
    assert list(figure["layout"]["yaxis"]["ticktext"]) == ["RPV"]


def test_lift_chart_marks_tell_clear_from_unclear_without_colour():
    report = make_report([make_result("rpv", lift=Range(0.1, 0.05, 0.15)), make_result("aov", lift=Range(0.1, -1, 2))])
    figure = charts.lift_chart(report)
    assert figure is not None
    (marks,) = [trace for trace in figure["data"] if trace.get("name") == "Treatment"]
    assert list(marks["marker"]["symbol"]) == ["circle", "circle-open"]


def test_lift_chart_interval_without_end_reaches_the_axis():
    report = make_report([make_result("rpv", lift=Range(0.5, None, None))])
    figure = charts.lift_chart(report)
    assert figure is not None
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < 0 < 0.5 < high
    assert list(figure["data"][0]["x"]) == [low, high]


def test_lift_chart_enormous_lift_keeps_the_axis_readable():
    figure = charts.lift_chart(make_report([make_result("rpv", lift=Range(40.0, 2.0, 900.0))]))
    assert figure is not None
    assert figure["layout"]["xaxis"]["range"][1] <= 1.15 * charts.WIDEST_LIFT


def test_lift_chart_nothing_known_is_no_figure():
    assert charts.lift_chart(make_report([make_result("rpv", lift=None)])) is None


def test_belief_chart_fills_what_is_above_zero():
    figure = charts.belief_chart(make_report([make_result("rpv", lift=Range(0.1, 0.0, 0.2), belief=(0.1, 0.05))]))
    assert figure is not None
    area = figure["data"][0]
    assert min(area["x"]) == 0
    assert max(area["x"]) == pytest.approx(0.3)


def test_figures_are_json():
    report = make_report([make_result("rpv", lift=Range(0.1, 0.0, 0.2), belief=(0.1, 0.05))])
    for figure in (charts.lift_chart(report), charts.belief_chart(report)):
        assert json.loads(json.dumps(figure, allow_nan=False))["data"]
