"""Lifts of past tests on one axis."""

import pytest

from dashboard.drawings.axis import Axis
from dashboard.drawings.forest import mark_if_known, mark_on
from experiments.report import Range

AXIS = Axis(-0.5, 0.5)


@pytest.mark.parametrize(
    ("lift", "tone"),
    [
        (Range(0.1, 0.02, 0.2), "good"),
        (Range(-0.1, -0.2, -0.02), "bad"),
        (Range(0.1, -0.02, 0.2), ""),
        (Range(0.1, None, 0.2), ""),
        (Range(0.1, 0.05, None), "good"),
    ],
)
def test_tone_says_whether_the_interval_leaves_zero_out(lift, tone):
    assert mark_on(AXIS, lift).tone == tone


def test_mark_lies_where_its_lift_is():
    mark = mark_on(AXIS, Range(0.0, -0.25, 0.25))
    assert (mark.x, mark.left, mark.width) == (50, 27, 46)


def test_interval_without_end_or_beyond_the_axis_reaches_the_edge():
    mark = mark_on(AXIS, Range(0.0, None, 0.25))
    assert (mark.left, mark.width) == (0, 73)
    mark = mark_on(AXIS, Range(0.0, -0.25, 9.0))
    assert (mark.left, mark.width) == (27, 73)


def test_mark_of_nothing_is_none():
    assert mark_if_known(AXIS, None) is None
