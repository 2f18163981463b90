"""What is missed, for sure or perhaps."""

from dataclasses import replace
from math import sqrt

import pytest

from bench.verdicts.bars import bars_of
from bench.verdicts.cases import CASES, Case
from bench.verdicts.tallies import Tally


def case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def of_hundred(**counts: int) -> Tally:
    """A hundred tests, so many of which had each outcome, on day 7."""
    tally = Tally(tests=100)
    tally.counts.update(counts)
    tally.days.update({outcome: 7 * number for outcome, number in counts.items()})
    tally.unheld = counts.get("ship", 0)
    return tally


def states(name: str, tally: Tally, daily: Tally | None = None) -> list[str]:
    return [bar.state for bar in bars_of(case(name), daily, tally)]


def test_bar_on_a_share_is_met_passed_by_chance_or_missed():
    # 5 of 100 at most; three Monte Carlo errors are 6.5 points
    assert states("A/A", of_hundred(wrong=5)) == ["met"]
    assert states("A/A", of_hundred(wrong=11)) == ["unclear"]
    assert states("A/A", of_hundred(wrong=12)) == ["missed"]


def test_bar_says_what_came_of_it():
    (bar,) = bars_of(case("A/A"), None, of_hundred(wrong=12))
    assert bar.text == "A/A: wrong 12.0% ± 3.2, at most 5.0%"


def test_bar_on_kept_effects_compares_with_the_daily_plan_and_with_ignored_days():
    assert states("value +15%", of_hundred(ship=50), of_hundred(ship=52)) == ["met", "met"]
    assert states("value +15%", of_hundred(ship=50), of_hundred(ship=60)) == ["met", "unclear"]
    assert states("value +15%", of_hundred(ship=50), of_hundred(ship=70)) == ["met", "missed"]
    held = replace(of_hundred(ship=50), unheld=53)
    assert states("value +15%", held, of_hundred(ship=50)) == ["missed", "met"]


def test_bar_on_days_is_of_means():
    later = of_hundred(stop=50, pause=50)
    later.days.update({"stop": 100, "pause": 40})
    # on day 9 instead of 7, and on day 7.8
    assert states("conversion -15%", later, of_hundred(stop=50, pause=50)) == ["missed", "met"]


def test_bar_on_days_has_the_error_of_the_means_of_hundreds():
    # hundreds that stop on day 7, 8 and 9: 8 on average, give or take 1 / sqrt(3)
    hundreds = []
    for day in (7, 8, 9):
        hundreds.append(of_hundred(stop=50, pause=50))
        hundreds[-1].days.update({"stop": 50 * (day - 7)})
    later = hundreds[0] + hundreds[1] + hundreds[2]
    assert later.day("stop") == 8
    assert later.day_error("stop") == pytest.approx(1 / sqrt(3))
    assert later.day_error("pause") == 0
    earlier = of_hundred(stop=50, pause=50)
    earlier.days.subtract({"stop": 50 * 2})
    # three days later where one may be, of which chance may be 1.7
    assert states("conversion -15%", later, earlier) == ["missed", "met"]
    earlier.days.update({"stop": 50})
    assert states("conversion -15%", later, earlier) == ["unclear", "met"]


def test_bar_on_days_beside_another_case_is_of_refunds_alone():
    refunded = case("value +30%, 2% refunded")
    tallies = [of_hundred(end=100), of_hundred(end=100)]
    tallies[0].days.update({"end": 300})
    (bar,) = bars_of(replace(refunded, is_kept=False), None, tallies[0], tallies[1])
    assert bar.text == "value +30%, 2% refunded: end on day 10.0, of value +30% on day 7.0"
    assert bar.excess == pytest.approx(1)
