"""The chart of belief, from results written by hand."""

import json

import pytest

from dashboard.drawings.belief import belief_chart
from tests.dashboard.drawings.traces import traces
from tests.dashboard.report.reports import make_curve, make_report


def test_belief_chart_fills_what_is_above_zero():
    figure = belief_chart(make_report([], curves=[make_curve()]), "treatment")
    assert figure is not None
    area = figure["data"][0]
    assert min(area["x"]) == pytest.approx(0, abs=1e-9)
    assert max(area["x"]) == pytest.approx(0.3)


def test_belief_chart_zero_on_its_axis_has_no_sign():
    figure = belief_chart(make_report([], curves=[make_curve()]), "treatment")
    assert figure is not None
    names = figure["layout"]["xaxis"]["labelalias"]
    assert names["+0%"] == names["+0.0%"] == "0%"


def test_belief_chart_other_treatments_are_dashed_lines():
    report = make_report([], curves=[make_curve("treatment"), make_curve("control")])
    found = traces(belief_chart(report, "treatment"))
    assert found["Treatment"]["line"]["dash"] == "solid"
    assert found["Control"]["line"]["dash"] == "dash"


def test_belief_chart_without_a_curve_is_no_figure():
    assert belief_chart(make_report([], curves=[make_curve()]), "other") is None


def test_belief_chart_is_json():
    figure = belief_chart(make_report([], curves=[make_curve()]), "treatment")
    assert json.loads(json.dumps(figure, allow_nan=False))["data"]
