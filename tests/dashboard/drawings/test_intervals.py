"""Intervals in tables."""

from dashboard.drawings.axis import Axis
from dashboard.drawings.intervals import interval_line
from experiments.report import Range


def test_interval_within_the_axis_is_drawn_whole():
    line = interval_line(Axis(-0.5, 0.5), Range(0.1, -0.25, 0.25))
    assert (line.start, line.end, line.width) == (27.0, 73.0, 46.0)
    assert (line.cut_low, line.cut_high) == (False, False)


def test_interval_open_or_longer_than_the_axis_reaches_its_end_and_is_cut():
    line = interval_line(Axis(-0.5, 0.5), Range(0.1, None, 0.9))
    assert (line.start, line.end) == (4.0, 96.0)
    assert (line.cut_low, line.cut_high) == (True, True)
