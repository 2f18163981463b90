"""Whole simulated tests through the real verdict: a fast cut of ``python -m bench.verdicts``."""

from math import sqrt

import pytest

from bench.verdicts.cases import CASES, Case
from bench.verdicts.tallies import Tally, missed, tally
from experiments.models import PlanVersion

# Few tests, of bounds three standard errors wide: the faults that they see are large, such as 95% of false wins.
TESTS = 25


def case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def ended(name: str, version: PlanVersion = PlanVersion.WEEKLY, tests: int = TESTS) -> Tally:
    return tally(case(name), tests, version=version, seed=2026)


def most(share: float) -> float:
    """What a share may come to in so few tests."""
    return share + 3 * sqrt(share * (1 - share) / TESTS)


@pytest.mark.slow
def test_tally_of_orders_that_come_sooner_ships_no_more_than_by_chance():
    assert ended("orders 1 day after exposure instead of 4").share("ship") <= most(0.035)
    # what was read before they were complete: nearly every test is shipped
    assert ended("orders 1 day after exposure instead of 4", PlanVersion.DAILY).share("ship") > 0.7


@pytest.mark.slow
def test_tally_of_orders_that_come_later_neither_stops_nor_pauses():
    late = ended("orders 4 days after exposure instead of 1")
    assert late.share("stop") <= most(0.035)
    assert late.share("pause") <= most(0.035)


@pytest.mark.slow
def test_tally_of_refunds_that_take_all_back_ships_no_more_than_by_chance():
    assert ended("value +21%, 30% against 15% refunded 10 days later").share("ship") <= most(0.035)


@pytest.mark.slow
def test_tally_of_a_large_effect_is_found_as_often_as_by_the_daily_plan():
    daily, weekly = ended("value +30%", PlanVersion.DAILY), ended("value +30%")
    # the same stores: of 25, one or two may differ
    assert weekly.share("ship") >= daily.share("ship") - 0.1
    assert weekly.share("ship") >= 0.92 - 3 * sqrt(0.92 * 0.08 / TESTS)


@pytest.mark.slow
def test_tally_of_an_effect_of_the_first_days_is_held_up_and_seldom_shipped():
    found = ended("conversion +40% on days 1 to 3")
    assert found.share("ship") <= most(0.1)
    # two in three of those that would be shipped are told in thousands of tests; of the few here, some are
    assert found.unheld > 0
    assert found.counts["held_up"] > 0


@pytest.mark.slow
def test_tally_of_harm_is_found_about_a_day_later():
    daily, weekly = ended("conversion -15%", PlanVersion.DAILY), ended("conversion -15%")
    before, after = daily.day("stop"), weekly.day("stop")
    assert before is not None
    assert after is not None
    # a day later, and as much as the mean of so few tests may be off, which aren't all stopped by both plans
    assert after <= before + 2.5


def test_missed_names_what_passes_its_bar():
    bad = Tally(tests=100)
    for _ in range(30):
        bad.add({"ship": 7, "wrong": 7, "end": 7})
    good = Tally(tests=100)
    good.add({"end": 14})
    slow = case("orders 1 day after exposure instead of 4")
    assert missed(slow, bad, good) == []
    assert missed(slow, good, bad) == ["orders 1 day after exposure instead of 4: ship 23.1%, at most 3.5%"]
    kept = case("value +30%")
    assert missed(kept, bad, good) == ["value +30%: ship 0.0%, by the daily plan 23.1%"]
