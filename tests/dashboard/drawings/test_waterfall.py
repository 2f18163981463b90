"""Where the lift comes from: bars on a log scale add up."""

import pytest

from dashboard.drawings.waterfall import BOTTOM, TOP, waterfall
from experiments.report import Decomposition, Range


def split(orders: Range | None, aov: Range | None, rpv: Range | None) -> Decomposition:
    return Decomposition(variant="treatment", orders_per_visitor=orders, aov=aov, rpv=rpv, unavailable=None)


def test_waterfall_bars_build_up_to_the_total():
    drawing = waterfall(split(Range(-0.05, -0.1, 0.01), Range(0.2, 0.1, 0.3), Range(0.14, 0.02, 0.26)))
    assert drawing is not None
    orders, value, total = drawing.bars
    assert orders.top == drawing.zero
    assert value.top + value.height == pytest.approx(orders.end, abs=0.11)
    assert value.end == pytest.approx(total.end, abs=0.11)  # 0.95 x 1.20 = 1.14
    assert [bar.text for bar in drawing.bars] == ["\N{MINUS SIGN}5.0%", "+20.0%", "+14.0%"]
    assert orders.tone == ""
    assert value.tone == "good"


def test_waterfall_whiskers_stay_within_the_drawing():
    drawing = waterfall(split(Range(0.5, -0.999, None), Range(9.0, 0.1, 30.0), Range(14.0, None, None)))
    assert drawing is not None
    for bar in drawing.bars:
        assert TOP <= bar.whisker_top <= bar.whisker_bottom <= BOTTOM
        assert TOP <= bar.top <= BOTTOM


def test_waterfall_words_have_every_number():
    drawing = waterfall(split(Range(0.0, -0.1, 0.1), Range(0.2, 0.1, 0.3), Range(0.2, 0.05, 0.37)))
    assert drawing is not None
    assert drawing.words.startswith("Orders per visitor 0.0% (\N{MINUS SIGN}10.0% to +10.0%); Order value +20.0%")


@pytest.mark.parametrize("decomposition", [None, split(None, None, None)])
def test_waterfall_unknown_is_no_drawing(decomposition):
    assert waterfall(decomposition) is None
