"""Where lifts lie on a drawing; places worked out by hand: 4% of margin on both sides."""

import pytest

from dashboard.drawings.axis import BEYOND, WIDEST, Axis, lift_axis
from experiments.report import Range


def test_axis_places_ends_and_middle():
    axis = Axis(-0.1, 0.3)
    assert [axis.at(-0.1), axis.at(0.1), axis.at(0.3)] == [4.0, 50.0, 96.0]
    assert axis.zero == 27.0


def test_axis_keeps_what_lies_outside_at_its_ends():
    axis = Axis(-0.1, 0.3)
    assert [axis.at(-5), axis.at(9)] == [4.0, 96.0]


def test_axis_upright_begins_below():
    axis = Axis(0.0, 1.0, start=250.0, end=50.0)
    assert [axis.at(0.0), axis.at(0.25), axis.at(1.0)] == [250.0, 200.0, 50.0]


def test_ticks_are_round_and_include_zero():
    assert [tick.text for tick in Axis(-0.13, 0.28).ticks] == ["\N{MINUS SIGN}10%", "0", "+10%", "+20%"]


def test_ticks_are_at_their_lifts_and_few():
    ticks = Axis(-0.3, 1.2, start=0.0, end=100.0, most_ticks=6).ticks
    assert [(tick.text, tick.place) for tick in ticks] == [
        ("\N{MINUS SIGN}25%", 3.33),
        ("0", 20.0),
        ("+25%", 36.67),
        ("+50%", 53.33),
        ("+75%", 70.0),
        ("+100%", 86.67),
    ]


def test_ticks_below_one_percent_have_a_decimal():
    texts = [tick.text for tick in Axis(-0.006, 0.011).ticks]
    assert texts == ["\N{MINUS SIGN}0.5%", "0", "+0.5%", "+1.0%"]


def test_lift_axis_holds_every_interval_and_zero():
    axis = lift_axis([Range(0.1, 0.05, 0.2), Range(0.3, 0.2, 0.4), Range(0.0, 0.1, 0.6)])
    assert (axis.low, axis.high) == (-0.02, 0.6)


def test_lift_axis_holds_the_band():
    axis = lift_axis([Range(0.1, 0.05, 0.2)], band=(-0.3, 0.1))
    assert (axis.low, axis.high) == (-0.3, 0.2)


def test_lift_axis_of_wild_intervals_stays_readable():
    axis = lift_axis([Range(0.4, -7.0, 900.0), Range(2.5, None, None), Range(40, 2, 90)])
    assert (axis.low, axis.high) == (-WIDEST, 2.5)
    assert axis.high < BEYOND


def test_lift_axis_of_nothing_is_narrow_around_zero():
    axis = lift_axis([])
    assert (axis.low, axis.high) == pytest.approx((-0.02, 0.02))
    assert axis.zero == 50
