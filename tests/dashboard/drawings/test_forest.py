"""Lifts on an axis."""

import pytest

from dashboard.drawings.forest import Axis
from experiments.report import Range


def test_axis_holds_every_end_with_a_margin():
    axis = Axis.over([Range(0.1, -0.1, 0.3)])
    assert (axis.low, axis.high) == pytest.approx((-0.116, 0.316))
    assert axis.x(-0.116) == 0
    assert axis.x(0.1) == 50
    assert axis.x(9) == 100


def test_axis_without_lifts_is_around_zero():
    axis = Axis.over([])
    assert axis.zero == 50
    assert [round(tick.lift, 2) for tick in axis.ticks] == [-0.04, -0.02, 0, 0.02, 0.04]


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
def test_tone_is_told_where_the_interval_leaves_zero_out(lift, tone):
    assert Axis(-0.5, 0.5).mark(lift).tone == tone


def test_interval_without_end_reaches_the_edge():
    mark = Axis(-0.5, 0.5).mark(Range(0.0, None, 0.25))
    assert (mark.left, mark.width, mark.x) == (0, 75, 50)


def test_ticks_are_round_and_few():
    ticks = Axis(-0.3, 1.2).ticks
    assert [round(tick.lift, 2) for tick in ticks] == [-0.25, 0, 0.25, 0.5, 0.75, 1.0]
    assert ticks[1].x == 20
