"""Stores without any effect that hold some customers out of all messages: that report and the steps' tests are sound.

The holdout is asked before anything that depends on messages, so that it compares all who come to it; the tests of
steps are among those who are left.
"""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pytest

from bench.journeys.cases import AA
from bench.journeys.readings import SingleReading, read_test, reading_of
from bench.journeys.shops import Shop, draw_customers
from bench.journeys.stores import day_of, launch, make_store
from bench.journeys.tables import count_rows
from bench.journeys.tallies import BEFORE_ALL
from bench.journeys.weeks import Weeks, bring_orders, live_through
from experiments.accounting.rollups import refresh_touched
from experiments.models import Experiment, Exposure
from experiments.snapshots import analyse
from journeys.message_holdout import sync_message_holdout
from journeys.models import Sender, SendPoint, SendVerdict

pytestmark = pytest.mark.django_db
SHARE = 0.3
SMALL = Shop(customers=360, days=35, rounds=6)
SEED = 2026
STEPS = ("first", "later", "beside")


@dataclass(frozen=True)
class HeldOutStore:
    """A store at the end of its last window, with its holdout of messages."""

    weeks: Weeks
    holdout: Experiment

    def readings(self) -> dict[str, SingleReading]:
        """What the reports of all its tests say, by their name."""
        simulated = self.weeks.simulated
        # In some stores nobody who is left comes to the later step.
        begun = {name: test for name, test in simulated.tests.items() if exposed(test)}
        found = {name: read_test(simulated, test) for name, test in begun.items()}
        found["holdout"] = reading_of(analyse(self.holdout, now=day_of(SMALL.last_day)))
        return found


def lived_with_holdout(number: int) -> HeldOutStore:
    case = replace(AA, name="A/A, message holdout", shop=SMALL, has_carts=False)
    customers = draw_customers(SMALL, np.random.default_rng([SEED, number]))
    weeks = Weeks(make_store(case, number, customers), customers)
    bring_orders(weeks, BEFORE_ALL, 0.0)
    store = weeks.simulated.store
    Sender.objects.filter(store=store).update(holdout_share=SHARE)
    holdout = sync_message_holdout(store, day_of(0))
    assert holdout is not None
    launch(weeks.simulated, number)
    live_through(weeks)
    refresh_touched()
    return HeldOutStore(weeks, holdout)


def exposed(experiment: Experiment, variant: str | None = None) -> set[str]:
    rows = Exposure.objects.filter(experiment=experiment)
    if variant is not None:
        rows = rows.filter(variant__key=variant)
    return set(rows.values_list("visitor_id", flat=True))


@pytest.mark.slow
def test_steps_tests_are_among_those_whom_the_holdout_lets_through_and_it_compares_all_of_both():
    lived = lived_with_holdout(0)
    held_out, messages = exposed(lived.holdout, "held-out"), exposed(lived.holdout, "messages")
    in_steps = {name: exposed(lived.weeks.simulated.tests[name]) for name in STEPS}
    for name in ("first", "beside"):
        assert in_steps[name] <= messages, name
        assert len(in_steps[name]) > len(messages) / 4, name  # or the rest would say little
    assert not held_out & set().union(*in_steps.values())
    verdicts = SendPoint.objects.filter(store=lived.weeks.simulated.store)
    not_sent = {
        f"c:{key}"
        for key in verdicts.filter(verdict=SendVerdict.MESSAGE_HOLDOUT).values_list("contact__customer_key", flat=True)
    }
    assert not_sent <= held_out
    # Three standard errors of a share of 30%.
    compared = len(held_out) + len(messages)
    assert abs(len(held_out) / compared - SHARE) < 3 * sqrt(SHARE * (1 - SHARE) / compared)
    readings = lived.readings()
    assert readings["holdout"].units == compared
    assert not any(reading.is_split_alarming for reading in readings.values())


@pytest.mark.long
def test_twenty_stores_without_an_effect_find_one_in_holdout_and_steps_no_more_often_than_by_chance():
    readings: dict[str, list[SingleReading]] = {}
    for number in range(20):
        for name, reading in lived_with_holdout(number).readings().items():
            readings.setdefault(name, []).append(reading)
        if number == 0:
            count_rows()
    holdouts = readings.pop("holdout")
    steps = [reading for of_step in readings.values() for reading in of_step]
    for tests in (holdouts, steps):
        read = [reading for reading in tests if reading.p_value is not None]
        significant = sum(reading.is_significant for reading in read)
        assert len(read) >= 18
        assert significant / len(read) <= 0.05 + 3 * sqrt(0.05 * 0.95 / len(read))
        assert not any(reading.is_split_alarming for reading in tests)
    # No message did anything: the holdout's lift is none, on the mean.
    estimates = np.array([reading.estimate for reading in holdouts if reading.estimate is not None])
    assert abs(estimates.mean()) < 3 * estimates.std(ddof=1) / sqrt(len(estimates))
