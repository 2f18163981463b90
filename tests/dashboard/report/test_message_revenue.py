"""What a message brought is its report's difference, for all who were to get it."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.report.message_revenue import incremental_of
from experiments.report import Range
from tests.dashboard.report.reports import make_report, make_result


def decided(**fields: Any):
    """A report whose treatment wins: 10.0 more per customer, from 5.0 to 15.0."""
    result = make_result("rpv", lift=Range(0.1, 0.05, 0.15))
    report = make_report(metrics=[result])
    return replace(report, verdict=replace(report.verdict, code="ship", variant="treatment"))


def test_incremental_revenue_is_the_difference_for_all_customers_of_the_variant():
    assert incremental_of(decided(), "treatment", 300) == Range(3_000.0, 1_500.0, 4_500.0)


@pytest.mark.parametrize("code", ["collecting", "invalid"])
def test_incremental_revenue_is_not_shown_before_the_test_is_decided(code):
    report = decided()
    assert incremental_of(replace(report, verdict=replace(report.verdict, code=code)), "treatment", 300) is None


def test_incremental_revenue_has_no_end_where_the_interval_has_none():
    report = decided()
    (result,) = report.metrics
    main = replace(result.main, difference=Range(10.0, None, 15.0))
    found = incremental_of(replace(report, metrics=[replace(result, main=main)]), "treatment", 2)
    assert found == Range(20.0, None, 30.0)
