"""Order value is what its parts say it is."""

from math import exp

import pytest

from experiments.analysis.final.quotient import quotient
from experiments.report import FinalEstimate, Range


def estimate(control: float, treatment: float, *, is_corrected: bool = False) -> FinalEstimate:
    lift = Range(treatment / control - 1, None, None)
    return FinalEstimate(control=control, treatment=treatment, difference=None, lift=lift, is_corrected=is_corrected)


def test_quotient_times_orders_is_revenue():
    rpv, orders = estimate(400.0, 460.0, is_corrected=True), estimate(0.05, 0.0505)
    value = quotient(rpv, orders, 0.02, z=1.96)
    assert value is not None
    assert (value.control, value.treatment) == pytest.approx((8000.0, 460 / 0.0505))
    assert value.lift is not None
    assert value.difference is not None
    assert (1 + value.lift.estimate) * (1 + 0.01) == pytest.approx(1.15, rel=1e-12)
    assert value.lift.low == pytest.approx(1.15 / 1.01 * exp(-1.96 * 0.02) - 1)
    assert value.lift.high == pytest.approx(1.15 / 1.01 * exp(1.96 * 0.02) - 1)
    assert value.difference.estimate == pytest.approx(460 / 0.0505 - 8000.0)
    assert value.is_quotient
    assert value.is_corrected


def test_quotient_without_a_known_error_has_no_ends():
    value = quotient(estimate(400.0, 460.0), estimate(0.05, 0.05), None, z=1.96)
    assert value is not None
    assert value.lift is not None
    assert value.lift.estimate == pytest.approx(0.15)
    assert (value.lift.low, value.lift.high) == (None, None)


@pytest.mark.parametrize(("rpv", "orders"), [((-1.0, 4.0), (0.1, 0.1)), ((4.0, 4.0), (0.1, 0.0))])
def test_quotient_of_what_is_not_positive_is_none(rpv, orders):
    assert quotient(estimate(*rpv), estimate(*orders), 0.1, z=1.96) is None
