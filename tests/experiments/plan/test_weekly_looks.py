"""Looks of a weekly plan: wins once a week, losses on any day, and each side's own error."""

from collections.abc import Sequence
from datetime import timedelta
from math import inf, sqrt

import numpy as np
import pytest

from experiments.models import PlanVersion
from experiments.plan.group_sequential import next_look
from experiments.plan.scheduled_looks import BETWEEN_LOOKS, LookPlan, ScheduledLook, SeenData
from experiments.plan.weekly_looks import bounds_by_side
from experiments.statistics import error_spending_bounds
from tests.factories import NOON

LEVEL = 0.05 * (1 - BETWEEN_LOOKS)


def weekly(z: Sequence[float], *, days_late: int = 0, planned: int = 14_000) -> list[ScheduledLook]:
    """A weekly plan's looks at treatment ``b``, one a day, each with a thousand visitors more."""
    looks: list[ScheduledLook] = []
    for day, value in enumerate(z, start=1):
        at = NOON + timedelta(days=day + days_late)
        seen = SeenData(taken_at=at, visitors=1_000 * day, buyers=200 * day, z={"b": value}, days=day)
        plan = LookPlan(planned_sample=planned, alpha=0.05, version=PlanVersion.WEEKLY)
        looks.append(next_look(looks, seen, plan=plan))
    return looks


def test_weekly_looks_find_wins_once_a_week_and_losses_every_day():
    looks = weekly([0.0] * 14)
    assert [look.number for look in looks if look.is_weekly] == [7, 14]
    bounds = bounds_by_side(looks, ["b"], better=1.0)["b"]
    assert [bound < inf for bound in bounds.bounds] == [look.is_weekly for look in looks]
    assert all(bound < inf for bound in bounds.harm_bounds or [inf])


def test_weekly_bounds_are_those_of_each_sides_own_looks():
    bounds = bounds_by_side(weekly([0.0] * 14), ["b"], better=1.0)["b"]
    wins = [bound for bound in bounds.bounds if bound < inf]
    assert wins == pytest.approx(error_spending_bounds([0.5, 1.0], alpha=0.05))
    losses = error_spending_bounds([day / 14 for day in range(1, 15)], alpha=LEVEL)
    assert list(bounds.harm_bounds or []) == pytest.approx(losses)


def test_weekly_looks_let_no_win_count_on_another_day():
    z = [0.0] * 14
    z[4], z[9] = 9.0, -9.0
    crossed = bounds_by_side(weekly(z), ["b"], better=1.0)["b"].crossed_at
    assert crossed == 9
    # of a metric of which less is better, the same is a win that isn't read, and a loss
    assert bounds_by_side(weekly(z), ["b"], better=-1.0)["b"].crossed_at == 4


def test_weekly_looks_catch_up_with_a_week_on_the_next_day():
    looks = weekly([0.0] * 6)
    plan = LookPlan(planned_sample=14_000, alpha=0.05, version=PlanVersion.WEEKLY)
    for days in (8, 9):
        seen = SeenData(taken_at=NOON, visitors=1_000 * days, buyers=200 * days, z={"b": 0.0}, days=days)
        looks.append(next_look(looks, seen, plan=plan))
    assert [look.is_weekly for look in looks[-2:]] == [True, False]


def test_weekly_looks_end_with_the_planned_sample_on_any_day():
    assert weekly([0.0] * 10, planned=10_000)[-1].is_weekly


def test_weekly_look_that_waits_for_refunds_spends_nothing_and_is_not_the_last():
    looks = weekly([0.0] * 13)
    plan = LookPlan(planned_sample=14_000, alpha=0.05, version=PlanVersion.WEEKLY)
    seen = SeenData(taken_at=NOON, visitors=14_000, buyers=2_800, z={"b": 9.0}, days=14, is_waiting=True)
    look = next_look(looks, seen, plan=plan)
    assert (look.is_waiting, look.is_last, look.has_z) == (True, False, False)
    assert (look.spent, look.harm_spent) == (looks[-1].spent, looks[-1].harm_spent)


@pytest.mark.slow
def test_weekly_plan_without_an_effect_spends_half_of_alpha_on_each_side():
    random, tests = np.random.default_rng(11), 3_000
    walks = np.cumsum(random.standard_normal((tests, 14)), axis=1) / np.sqrt(np.arange(1, 15))
    wins = losses = 0
    for walk in walks:
        looks = weekly(walk.tolist())
        crossed = bounds_by_side(looks, ["b"], better=1.0)["b"].crossed_at
        if crossed is not None:
            wins, losses = wins + (walk[crossed] > 0), losses + (walk[crossed] < 0)
    error = 3 * sqrt(0.025 * 0.975 / tests)
    assert wins / tests == pytest.approx(0.025, abs=error)
    assert losses / tests == pytest.approx(0.025 * 0.95, abs=error)
