"""Shares are held to their bounds, with the errors that so many tests have."""

from collections import Counter

import pytest

from bench.journeys.cases import AA, CASES, LIFT, OFTEN
from bench.journeys.table import RateBar, bars, mean_lift, of_read, of_tests, page, share_of, without_effect
from bench.journeys.tallies import StoreTally

NOTHING = StoreTally()


def test_share_has_the_error_of_a_binomial_and_of_none_that_of_one():
    assert share_of(10, 200) == pytest.approx((200, 0.05, (0.05 * 0.95 / 200) ** 0.5))
    assert share_of(0, 400) == pytest.approx((400, 0.0, (1 / 400 * 399 / 400 / 400) ** 0.5))
    assert share_of(0, 0) == (0, 0.0, 0.0)


def test_tests_that_could_not_be_read_are_no_part_of_what_is_significant():
    counts = Counter({"first: tests": 10, "later: tests": 10, "first: read": 10, "later: read": 2})
    tally = StoreTally(10, counts + Counter({"first: significant": 3, "later: split": 1}))
    assert of_read(tally, ("first", "later"), "significant")[:2] == (12, 3 / 12)
    assert of_tests(tally, ("first", "later"), "split")[:2] == (20, 1 / 20)


def test_test_with_an_effect_is_no_part_of_tests_without():
    tally = StoreTally(1, Counter({"first: significant": 1, "first: tests": 1, "beside: tests": 1}))
    assert without_effect(tally).counts == Counter({"beside: tests": 1})


@pytest.mark.parametrize(
    ("bar", "state"),
    [
        (RateBar("a", 1_000, 0.065, 0.01, 0, 0.065), "met"),
        (RateBar("a", 1_000, 0.066, 0.01, 0, 0.065), "**missed**"),
        (RateBar("a", 999, 0.95, 0.01, 0.93, 0.97), "met, of too few yet"),
        (RateBar("a", 2_000, 0.929, 0.01, 0.93, 0.97), "**missed**"),
    ],
)
def test_bar_is_met_at_its_bound_and_missed_beyond(bar, state):
    assert bar.state == state


def test_bars_are_those_of_what_was_simulated():
    tallies = dict.fromkeys(CASES, NOTHING)
    assert bars(tallies) == []
    tallies[LIFT] = StoreTally(2, Counter({"estimate": 2, "covered": 1, "first: read": 2, "first: significant": 2}))
    (bar,) = bars(tallies)
    assert (bar.name, bar.tests, bar.share) == ("+8% is inside the 95% interval", 2, 0.5)
    tallies[OFTEN] = StoreTally(1, Counter({"redrawn customers: tests": 200, "redrawn customers: significant": 9}))
    assert {bar.name: bar.share for bar in bars(tallies)}["their arms drawn again: significant"] == 0.045


def test_page_has_a_row_for_each_wrong_way_with_its_mean_lift():
    tallies = dict.fromkeys(CASES, NOTHING)
    counts = Counter(
        {"recipients first: tests": 4, "recipients first: significant": 2, "recipients first: estimate": 4}
    )
    sums = Counter({"recipients first: estimate": -0.8, "recipients first: estimate squared": 0.2})
    tallies[AA] = StoreTally(4, counts, sums)
    text = page(tallies, 2026)
    assert "| recipients against all held out, of the first step | 4 | **50.0%** ± 25.0 | 0.0% | -20% ± 5 |" in text
    assert mean_lift(NOTHING, "recipients first: estimate") == ""
