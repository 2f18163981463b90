"""What the page makes of a report."""

import pytest

from dashboard.report.page import monthly_figure
from dashboard.templatetags import figures
from experiments.report import Range
from tests.dashboard.report.reports import make_report, make_result


def test_monthly_figure_is_the_difference_times_the_traffic():
    report = make_report([make_result("rpv", lift=Range(0.1, 0.05, 0.15))])
    figure = monthly_figure(report, "treatment")
    assert figure.text == "+€100.00"  # 10 cents more from each of 1,000 visitors
    assert figure.details == ["+€50.00 to +€150.00"]
    assert figure.tone == "good"


def test_monthly_figure_without_revenue_says_why_it_is_missing():
    figure = monthly_figure(make_report([]), "treatment")
    assert figure.text == figures.MISSING
    assert figure.note


@pytest.mark.parametrize(
    ("interval", "tone"),
    [
        (Range(0.1, 0.05, 0.2), "good"),
        (Range(-0.1, -0.2, -0.05), "bad"),
        (Range(0.1, -0.1, 0.3), ""),
        (Range(0.1, None, 0.3), ""),
        (Range(0.1, 0.05, None), "good"),
        (None, ""),
    ],
)
def test_tone_needs_an_interval_that_excludes_zero(interval, tone):
    assert figures.tone(interval) == tone
