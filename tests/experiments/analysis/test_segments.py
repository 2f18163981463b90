"""Segments: Cochran's Q by hand, corrections over all rows, and the words for it."""

from math import log1p
from types import SimpleNamespace
from typing import Any

import pytest
from scipy.stats import chi2

from experiments.analysis.segments import cochran_q, largest_values, log_effect
from experiments.statistics import Comparison, Interval


def comparison(lift: float | None, error: float | None) -> Comparison:
    interval = None if lift is None else Interval(lift, None, None)
    return Comparison(control=100.0, treatment=None, lift=interval, lift_standard_error=error, method="welch")


def test_cochran_q_is_the_weighted_scatter_of_log_effects():
    found = cochran_q([comparison(0.10, 0.033), comparison(-0.05, 0.019), comparison(0.02, 0.051)])
    x = [log1p(0.10), log1p(-0.05), log1p(0.02)]
    w = [(1.10 / 0.033) ** 2, (0.95 / 0.019) ** 2, (1.02 / 0.051) ** 2]
    mean = sum(a * b for a, b in zip(x, w, strict=True)) / sum(w)
    q = sum(b * (a - mean) ** 2 for a, b in zip(x, w, strict=True))
    assert found is not None
    assert found == pytest.approx((q, 2, chi2.sf(q, 2)))


def test_cochran_q_leaves_out_what_has_no_error():
    assert cochran_q([comparison(0.1, 0.03), comparison(None, None), comparison(0.1, None)]) is None
    found = cochran_q([comparison(0.1, 0.03), comparison(0.1, 0.05), comparison(-1.0, 0.1)])
    assert found is not None
    assert found[0] == pytest.approx(0.0, abs=1e-12)
    assert found[1] == 1
    assert found[2] == pytest.approx(1.0)


@pytest.mark.parametrize(("lift", "error"), [(None, 0.1), (-1.0, 0.1), (0.1, None), (0.1, 0.0)])
def test_log_effect_without_an_error_is_none(lift, error):
    assert log_effect(comparison(lift, error)) is None


def test_largest_keeps_the_12_values_of_each_dimension_that_most_visitors_have():
    countries = {("country", f"C{visitors}"): {"control": sums_of(visitors)} for visitors in range(1, 14)}
    devices = {("device", "phone"): {"control": sums_of(1)}}
    kept = [place for place, _ in largest_values({**devices, **countries})]
    assert kept == [*(("country", f"C{visitors}") for visitors in range(13, 1, -1)), ("device", "phone")]


def test_largest_values_of_one_size_are_in_the_order_of_their_names():
    names = ("US", "FR", "IE")
    found = {("country", name): {"control": sums_of(25)} for name in names}
    assert [place for place, _ in largest_values(found)] == [("country", "FR"), ("country", "IE"), ("country", "US")]


def sums_of(visitors: int) -> Any:
    return SimpleNamespace(visitors=visitors)
