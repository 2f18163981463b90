"""Where lifts lie on a drawing; places worked out by hand: 4% of margin on both sides."""

import pytest

from dashboard.drawings.intervals import BEYOND, WIDEST, Axis, axis_of, interval_plot
from dashboard.report.effects import EffectReading
from experiments.report import Range


def test_axis_places_ends_and_middle():
    axis = Axis(-0.1, 0.3)
    assert [axis.at(-0.1), axis.at(0.1), axis.at(0.3)] == [4.0, 50.0, 96.0]
    assert axis.zero == 27.0


def test_axis_ticks_are_round_and_include_zero():
    assert [text for _, text in Axis(-0.13, 0.28).ticks] == ["\N{MINUS SIGN}10%", "0", "+10%", "+20%"]


def test_axis_of_holds_every_interval_and_zero():
    axis = axis_of(
        [EffectReading.of(Range(0.1, 0.05, 0.2)), EffectReading.of(Range(0.3, 0.2, 0.4), Range(0.0, 0.1, 0.6))]
    )
    assert (axis.low, axis.high) == (-0.02, 0.6)


def test_axis_of_wild_intervals_stays_readable():
    axis = axis_of(
        [
            EffectReading.of(Range(0.4, -7.0, 900.0)),
            EffectReading.of(Range(2.5, None, None)),
            EffectReading.of(Range(40, 2, 90)),
        ]
    )
    assert (axis.low, axis.high) == (-WIDEST, 2.5)
    assert axis.high < BEYOND


def test_axis_of_nothing_is_narrow_around_zero():
    axis = axis_of([EffectReading.of(None)])
    assert axis.low < 0 < axis.high


def test_interval_plot_of_nothing_is_none():
    assert interval_plot(Axis(-1, 1), EffectReading.of(None)) is None


def test_interval_plot_open_end_reaches_the_edge_with_an_arrow():
    plot = interval_plot(Axis(-0.5, 0.5), EffectReading.of(Range(0.1, None, 0.9)))
    assert plot is not None
    assert (plot.thick.start, plot.thick.end) == (4.0, 96.0)
    assert (plot.thick.cut_low, plot.thick.cut_high) == (True, True)


@pytest.mark.parametrize(("interval", "is_clear"), [(Range(0.2, 0.1, 0.3), True), (Range(0.2, -0.1, 0.5), False)])
def test_interval_plot_mark_tells_clear_from_unclear_without_colour(interval, is_clear):
    plot = interval_plot(Axis(-0.5, 0.5), EffectReading.of(interval))
    assert plot is not None
    assert plot.is_clear is is_clear


def test_interval_plot_says_in_words_what_it_draws():
    plot = interval_plot(Axis(-0.5, 0.5), EffectReading.of(Range(0.2, 0.1, 0.3), Range(0.0, -0.05, 0.45)))
    assert plot is not None
    assert plot.words == (
        "+20.0%; 95% interval +10.0% to +30.0%; holds although one looks early: \N{MINUS SIGN}5.0% to +45.0%"
    )
