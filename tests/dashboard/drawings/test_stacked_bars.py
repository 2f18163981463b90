"""Bars as lengths."""

from dashboard.drawings.stacked_bars import HEIGHT, WIDTH, BarValues, stacked_bars


def test_highest_bar_fills_the_chart_and_the_others_are_in_proportion():
    first, second = stacked_bars([BarValues("a", "", {"good": 3, "warn": 1}), BarValues("b", "", {"good": 2})])
    assert [(part.y, part.height) for part in first.parts] == [(HEIGHT / 4, 3 * HEIGHT / 4), (0, HEIGHT / 4)]
    assert [(part.y, part.height) for part in second.parts] == [(HEIGHT / 2, HEIGHT / 2)]


def test_bars_share_the_width():
    found = stacked_bars([BarValues("", "", {"good": 1})] * 4)
    assert [bar.x + bar.width / 2 for bar in found] == [WIDTH / 8, 3 * WIDTH / 8, 5 * WIDTH / 8, 7 * WIDTH / 8]


def test_nothing_at_all_is_flat():
    (bar,) = stacked_bars([BarValues("", "", {"good": 0})])
    assert bar.parts[0].height == 0
    assert stacked_bars([]) == []
