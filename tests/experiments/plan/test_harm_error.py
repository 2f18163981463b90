"""What each way of finding harm may spend, and that all ways to a wrong end together stay at alpha."""

from datetime import timedelta
from math import inf, log, sqrt

import numpy as np
import pytest

from experiments.models import PlanVersion
from experiments.plan.group_sequential import next_look
from experiments.plan.harm_error import guardrail_alpha, share_of_looks
from experiments.plan.scheduled_looks import LookPlan, ScheduledLook, SeenData
from experiments.plan.weekly_looks import bounds_by_side
from experiments.statistics import error_spending_bounds
from experiments.statistics.sequential.confidence_sequence import mixture_rho
from tests.factories import NOON

ALPHA, DAYS, VISITORS, CONVERSION = 0.05, 14, 20_000, 0.05
# Of revenue per visitor and of conversion: nearly all of the first is the values of orders, at sigma 1.
CORRELATION = 1 / sqrt(np.e)


def bounds(version: int) -> tuple[np.ndarray, np.ndarray]:
    """What z has to reach for the better, and for the worse, at the looks of two weeks."""
    looks: list[ScheduledLook] = []
    plan = LookPlan(planned_sample=VISITORS, alpha=ALPHA, version=version)
    for day in range(1, DAYS + 1):
        visitors = VISITORS * day // DAYS
        seen = SeenData(
            taken_at=NOON + timedelta(days=day),
            visitors=visitors,
            buyers=round(visitors * CONVERSION),
            z={"b": 0.0},
            days=day,
        )
        looks.append(next_look(looks, seen, plan=plan))
    found = bounds_by_side(looks, ["b"], better=1.0)["b"]
    return np.array(found.bounds), np.array(found.harm_bounds)


def wrong_share(version: int, tests: int = 40_000) -> float:
    """How many tests without an effect end: by the goal's looks, or by conversion's always-valid interval."""
    random = np.random.default_rng(2026)
    steps = random.standard_normal((2, tests, DAYS))
    days = np.arange(1, DAYS + 1)
    goal = np.cumsum(steps[0], axis=1) / np.sqrt(days)
    other = np.cumsum(steps[1], axis=1) / np.sqrt(days)
    conversion = CORRELATION * goal + sqrt(1 - CORRELATION**2) * other
    for_wins, for_harm = bounds(version)
    visitors = 2 * VISITORS * days / DAYS
    spread = visitors * mixture_rho(VISITORS, ALPHA) ** 2
    width = np.sqrt((1 + spread) / spread * (np.log1p(spread) - 2 * log(ALPHA)))
    # The margin of -2%, in standard errors of the lift.
    margin = 0.02 / np.sqrt(2 * (1 - CONVERSION) / (CONVERSION * visitors / 2))
    is_harmed = (goal <= -for_harm) | (conversion + margin < -width)
    # A look counts from 100 buyers on.
    is_harmed[:, CONVERSION * visitors / 2 < 100] = False
    return float(((goal >= for_wins) | is_harmed).any(axis=1).mean())


def test_all_ways_to_a_wrong_end_stay_at_alpha():
    # Room for order values, whose skewed tails add a few tenths of a point: docs/statistics.md has whole tests.
    now = wrong_share(PlanVersion.SHARED)
    assert 0.8 * ALPHA < now <= 0.93 * ALPHA
    # Before, guardrails came on top of an alpha that was spent: the same walks end wrongly more often.
    assert wrong_share(PlanVersion.WEEKLY) > now + 0.1 * ALPHA


def test_shares_of_older_plans_are_those_that_they_began_with():
    assert share_of_looks(PlanVersion.DAILY) == share_of_looks(PlanVersion.WEEKLY) == 0.95
    assert share_of_looks(PlanVersion.SHARED) == 0.7
    for version in (PlanVersion.DAILY, PlanVersion.WEEKLY):
        assert guardrail_alpha(ALPHA, version, 3) == ALPHA


@pytest.mark.parametrize(("guardrails", "level"), [(0, 0.05), (1, 0.05), (2, 0.025), (5, 0.01)])
def test_guardrails_share_one_alpha(guardrails, level):
    assert guardrail_alpha(ALPHA, PlanVersion.SHARED, guardrails) == pytest.approx(level)


def test_bounds_for_wins_are_those_of_a_weekly_plan():
    before, now = bounds(PlanVersion.WEEKLY), bounds(PlanVersion.SHARED)
    assert now[0].tolist() == before[0].tolist()
    assert all(now[1][day] > before[1][day] for day in range(2, DAYS) if before[1][day] < inf)
    days = [day / DAYS for day in range(2, DAYS + 1)]
    losses = error_spending_bounds(days, alpha=ALPHA * 0.7)
    assert now[1][1:].tolist() == pytest.approx(losses, abs=0.01)
