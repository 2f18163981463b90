"""What is missed, for sure or perhaps."""

from dataclasses import replace

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
