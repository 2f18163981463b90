"""An answer that hangs on how it was estimated is told from one that doesn't."""

from dataclasses import replace

import pytest

from experiments.analysis.final.agreement import disagreement_of
from experiments.report import Estimate, Range
from tests.dashboard.report.reports import make_result

PLANNED = make_result("rpv", lift=Range(0.04, -0.01, 0.09))


def other(lift: float) -> Estimate:
    return replace(PLANNED.main, lift=Range(lift, lift - 0.1, lift + 0.1))


@pytest.mark.parametrize(
    ("lift", "kind"), [(-0.001, "sign"), (0.095, "size"), (-0.2, "sign"), (0.085, None), (0.001, None), (0.04, None)]
)
def test_disagreement_by_sign_or_by_more_than_half_the_interval(lift, kind):
    found = disagreement_of(replace(PLANNED, without_cuped=other(lift)), None)
    if kind is None:
        assert found is None
    else:
        assert found is not None
        assert (found.way, found.kind, found.lift) == ("without_cuped", kind, lift)


def test_disagreement_is_with_the_way_that_is_farthest_off():
    result = replace(PLANNED, without_cuped=other(-0.01), without_cap=other(-0.03))
    found = disagreement_of(result, other(-0.02))
    assert found is not None
    assert found.way == "without_cap"


def test_disagreement_of_one_way_alone_is_none():
    assert disagreement_of(PLANNED, None) is None


def test_disagreement_of_a_metric_in_points_is_by_its_difference():
    result = make_result("refunded_share", lift=Range(0.5, 0.1, 0.9), is_in_points=True)
    opposite = replace(result.main, difference=Range(-3.0, -9.0, 3.0))
    found = disagreement_of(replace(result, without_cuped=opposite), None)
    assert found is not None
    assert (found.kind, found.lift) == ("sign", -3.0)
