import pytest

from bench import figures

ROUNDS = [{"a": 1.0, "b": 9.0}, {"a": 5.0, "b": 2.0}, {"a": 3.0, "b": 4.0}]


def test_medians_are_those_of_each_name():
    assert figures.medians({"a": [1.0, 5.0, 3.0], "b": [2.0, 4.0]}) == {"a": 3.0, "b": 3.0}
    assert figures.medians_of_rounds(ROUNDS) == {"a": 3.0, "b": 4.0}


def test_median_ratio_takes_each_figure_with_the_floor_of_its_round():
    assert figures.median_ratio([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == 2.0
    with pytest.raises(ValueError, match="zip"):
        figures.median_ratio([1.0], [1.0, 2.0])


def test_beside_is_how_many_times_the_floor():
    assert figures.beside({"floor": 0.3, "ours": 0.1}, "floor", digits=2) == {"floor": 1.0, "ours": 0.33}


def test_figures_are_written_in_milliseconds_columns_and_lists():
    assert figures.in_milliseconds({"day": 0.01234}) == {"day": 12.3}
    assert figures.in_columns({"p50_ms": 1.5, "p99": 20.0}, width=5) == "p50_ms 1.5  p99 20   "
    assert figures.as_list(["one", "two"]) == "- one\n- two"
