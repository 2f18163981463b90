"""Whole simulated tests through the real verdict: a fast cut of ``python -m bench.verdicts``."""

from math import sqrt

import pytest

from bench.verdicts.cases import CASES, Case
from bench.verdicts.stores import ArmBehavior
from bench.verdicts.tallies import Tally, outcomes_of, tally
from experiments.models import PlanVersion

# Few tests, of bounds three standard errors wide: the faults that they see are large, such as 95% of false wins.
TESTS = 25


def case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def ended(name: str, version: PlanVersion = PlanVersion.SHARED) -> Tally:
    return tally(case(name), range(TESTS), version=version, seed=2026)


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
    # More than the table's +40%, so that nearly every one of the few tests would be a win if nobody looked at the days.
    novelty = Case(name="novelty", treatment=ArmBehavior(early_lift=1.2, early_days=3))
    found = tally(novelty, range(TESTS), version=PlanVersion.SHARED, seed=2026)
    assert found.unheld >= 0.7 * TESTS
    assert found.share("ship") <= most(0.1)
    assert found.counts["held_up"] >= 0.6 * TESTS


@pytest.mark.slow
def test_tally_of_harm_is_found_about_a_day_later():
    daily, weekly = ended("conversion -15%", PlanVersion.DAILY), ended("conversion -15%")
    before, after = daily.day("stop"), weekly.day("stop")
    assert before is not None
    assert after is not None
    # a day later, and as much as the mean of so few tests may be off, which aren't all stopped by both plans
    assert after <= before + 2.5


def test_outcomes_of_a_test_name_what_ended_it():
    better = Case(name="better", treatment=ArmBehavior(value_lift=1.0))
    assert outcomes_of(better, PlanVersion.SHARED, 1, 0) == {"ship": 8, "ship: look": 8, "wrong": 8, "end": 8}
    fewer = Case(name="fewer", treatment=ArmBehavior(conversion=0.025))
    found = outcomes_of(fewer, PlanVersion.SHARED, 1, 0)
    assert found["stop: guardrail"] == found["pause"] == found["end"]


def test_tallies_of_parts_add_up():
    parts = Tally(), Tally()
    parts[0].add({"ship": 7, "end": 7})
    parts[1].add({"end": 15})
    whole = parts[0] + parts[1]
    assert (whole.tests, whole.share("ship"), whole.day("end"), whole.unheld) == (2, 0.5, 11.0, 1)
