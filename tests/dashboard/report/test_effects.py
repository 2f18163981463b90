"""How effects are read."""

from dataclasses import replace

import pytest

from dashboard.drawings.axis import Axis
from dashboard.report.effects import EffectReading, effect_of
from experiments.report import FinalEstimate, Range
from tests.dashboard.report.reports import make_result


def test_effect_is_the_lift_with_its_interval():
    effect = effect_of(make_result("rpv", lift=Range(0.05, 0.01, 0.09)))
    assert (effect.text, effect.range_text, effect.tone) == ("+5.0%", "+1.0% to +9.0%", "good")


def test_effect_is_the_final_one_where_there_is_one():
    result = make_result("rpv", lift=Range(0.05, 0.01, 0.09))
    final = replace(FinalEstimate.of(result.main), lift=Range(0.03, -0.01, 0.07))
    assert effect_of(replace(result, final=final)).text == "+3.0%"


def test_effect_in_points_is_the_difference():
    result = make_result("refunds", lift=Range(0.5, 0.1, 0.9), is_in_points=True)
    result = replace(result, main=replace(result.main, difference=Range(0.001, -0.004, 0.006)))
    effect = effect_of(result)
    assert effect.text == "+0.10 pt"
    assert effect.range_text == "\N{MINUS SIGN}0.40 pt to +0.60 pt"


def test_effect_rise_of_what_should_be_low_is_bad():
    assert effect_of(make_result("refunds", lift=Range(0.5, 0.1, 0.9), is_lower_better=True)).tone == "bad"
    assert effect_of(make_result("refunds", lift=Range(-0.5, -0.9, -0.1), is_lower_better=True)).tone == "good"


def test_effect_missing_is_a_dash_without_tone():
    effect = effect_of(make_result("rpv", lift=None))
    assert (effect.text, effect.tone, effect.interval) == ("\N{EM DASH}", "", None)


@pytest.mark.parametrize(("interval", "is_clear"), [(Range(0.2, 0.1, 0.3), True), (Range(0.2, -0.1, 0.5), False)])
def test_plot_mark_tells_clear_from_unclear_without_color(interval, is_clear):
    plot = EffectReading(interval).plot_on(Axis(-0.5, 0.5))
    assert plot is not None
    assert plot.is_clear is is_clear
    assert (plot.zero, plot.mark) == (50.0, 68.4)


def test_plot_says_in_words_what_it_draws():
    plot = EffectReading(Range(0.2, 0.1, 0.3)).plot_on(Axis(-0.5, 0.5))
    assert plot is not None
    assert plot.words == "+20.0%; 95% interval +10.0% to +30.0%"


def test_plot_of_nothing_is_none():
    assert EffectReading(None).plot_on(Axis(-1, 1)) is None
