"""The looks of a plan, as they really come: missed, too many, too late, and over a plan that changes."""

from collections.abc import Sequence
from datetime import timedelta
from math import inf, sqrt

import numpy as np
import pytest

from experiments.plan.group_sequential import next_look, z_value
from experiments.plan.scheduled_looks import BETWEEN_LOOKS, LookPlan, ScheduledLook, SeenData
from experiments.plan.shared_bounds import first_crossing, look_bounds, treatment_bounds
from experiments.statistics import Comparison, Interval, error_spending_bounds
from tests.factories import NOON

LEVEL = 0.05 * (1 - BETWEEN_LOOKS)


def read(
    visitors: Sequence[int],
    z: Sequence[float | None] | None = None,
    *,
    planned: int | Sequence[int] = 10_000,
    buyers: int | None = None,
    **others: Sequence[float],
) -> list[ScheduledLook]:
    """Looks at treatment ``b`` (and others) at these numbers of visitors, one in five of whom buys."""
    plans = [planned] * len(visitors) if isinstance(planned, int) else planned
    looks: list[ScheduledLook] = []
    for day, (count, plan) in enumerate(zip(visitors, plans, strict=True)):
        values = {"b": z[day] if z else 0.0, **{key: series[day] for key, series in others.items()}}
        at = NOON + timedelta(days=day)
        bought = count // 5 if buyers is None else buyers
        seen = SeenData(taken_at=at, visitors=count, buyers=bought, z=values)
        looks.append(next_look(looks, seen, plan=LookPlan(planned_sample=plan, alpha=0.05)))
    return looks


def test_bounds_are_those_of_error_spending_at_the_looks_share_of_alpha():
    looks = read([2_500, 5_000, 7_500, 10_000])
    wanted = error_spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=LEVEL)
    assert look_bounds(looks, 1) == pytest.approx(wanted)
    assert look_bounds(looks, 2) == pytest.approx(error_spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=LEVEL / 2))
    assert [round(look.spent / LEVEL, 3) for look in looks] == [0.016, 0.125, 0.422, 1.0]


def test_bounds_missed_looks_leave_their_error_to_the_next():
    assert look_bounds(read([2_500, 10_000]), 1) == pytest.approx(error_spending_bounds([0.25, 1.0], alpha=LEVEL))


def test_bounds_look_past_the_plan_is_the_last_and_later_ones_decide_nothing():
    bounds = look_bounds(read([5_000, 10_300, 11_000, 30_000]), 1)
    assert bounds[:2] == pytest.approx(error_spending_bounds([0.5, 1.03], alpha=LEVEL))
    assert bounds[2:] == [inf, inf]


def test_bounds_visitors_that_shrink_or_stand_still_decide_nothing():
    looks = read([5_000, 4_000, 5_000, 10_000], [0, 9, 9, 0])
    bounds = look_bounds(looks, 1)
    assert bounds[1:3] == [inf, inf]
    assert bounds[3] == pytest.approx(error_spending_bounds([0.5, 1.0], alpha=LEVEL)[1])
    assert treatment_bounds(looks, ["b"])["b"].crossed_at is None


def test_bounds_larger_plan_keeps_what_was_spent():
    """Spent at 8,000 of 10,000 is more than due at 8,400 of 20,000: that look has no bound, the last one the rest."""
    looks = read([8_000, 8_400, 20_000], planned=[10_000, 20_000, 20_000])
    assert looks[1].spent == looks[0].spent == pytest.approx(LEVEL * 0.8**3)
    bounds = look_bounds(looks, 1)
    assert bounds[1] == inf
    steps = np.random.default_rng(3).standard_normal((200_000, 2)) * np.sqrt([8, 12])
    z = np.abs(np.cumsum(steps, axis=1) / np.sqrt([8, 20]))
    error = (z >= [bounds[0], bounds[2]]).any(axis=1).mean()
    assert error == pytest.approx(LEVEL, abs=4 * sqrt(LEVEL / 200_000))


def test_reading_few_buyers_spends_nothing_until_the_planned_end():
    early = read([2_000, 5_000], [9.0, 9.0], buyers=99)
    assert [reading.spent for reading in early] == [0, 0]
    assert treatment_bounds(early, ["b"])["b"].crossed_at is None
    end = read([5_000, 10_000], [9.0, 9.0], buyers=40)
    assert treatment_bounds(end, ["b"])["b"].crossed_at == 1
    assert treatment_bounds(read([10_000], [9.0], buyers=9), ["b"])["b"].crossed_at is None


def test_crossing_binds_whatever_comes_later():
    looks = read([5_000, 7_500, 10_000], [3.5, 1.0, 0.1])
    assert treatment_bounds(looks, ["b"])["b"].crossed_at == 0


def test_crossing_worse_counts_as_much_as_better():
    assert treatment_bounds(read([5_000], [-3.5]), ["b"])["b"].crossed_at == 0


def test_treatment_bounds_share_alpha_and_hand_it_on_by_holm():
    alone, shared = look_bounds(read([10_000]), 1)[0], look_bounds(read([10_000]), 2)[0]
    between = (alone + shared) / 2
    assert alone < between < shared
    neither = treatment_bounds(read([10_000], [between], c=[between]), ["b", "c"])
    assert [one.crossed_at for one in neither.values()] == [None, None]
    both = treatment_bounds(read([10_000], [between], c=[shared + 0.1]), ["b", "c"])
    assert [one.crossed_at for one in both.values()] == [0, 0]


@pytest.mark.parametrize("treatments", [1, 3])
def test_treatment_bounds_without_an_effect_cross_in_at_most_alpha_of_tests(treatments):
    """Fourteen looks, correlated treatments (they share control): any crossing at all."""
    looks = [700 * k for k in range(1, 14)] + [10_100]
    bounds = look_bounds(read(looks), treatments)
    rng, tests = np.random.default_rng(11), 40_000
    steps = rng.standard_normal((tests, len(looks), treatments + 1)) * np.sqrt(np.diff([0, *looks]))[None, :, None]
    paths = np.cumsum(steps, axis=1)
    z = (paths[:, :, 1:] - paths[:, :, :1]) / np.sqrt(2 * np.array(looks))[None, :, None]
    error = (np.abs(z) >= np.array(bounds)[None, :, None]).any(axis=(1, 2)).mean()
    assert error <= LEVEL + 3 * sqrt(LEVEL / tests)
    assert error >= 0.6 * LEVEL  # Holm gives a little away where treatments are correlated


def test_treatment_bounds_with_orders_that_come_late_cross_in_alpha_of_tests():
    """Orders come four days after the visit on average, in a test of fourteen days: early looks know little."""
    days, tests = np.arange(14), 100_000
    until = [1 - np.exp(-(day + 0.5) / 4) for day in days]
    new = np.array([until[0], *np.diff(until)])  # of a day's orders, those known by the look 0, 1, 2, ... days later
    known = np.cumsum([new[: day + 1].sum() for day in days])
    looks: list[ScheduledLook] = []
    for day in days:
        visitors, buyers = 10_000 * (int(day) + 1) // 14, round(1_000 * known[day])
        seen = SeenData(taken_at=NOON + timedelta(days=int(day)), visitors=visitors, buyers=buyers, z={"b": 0.0})
        looks.append(next_look(looks, seen, plan=LookPlan(planned_sample=10_000, alpha=0.05)))
    steps = np.random.default_rng(8).standard_normal((tests, 14)) * np.sqrt(np.diff([0.0, *known]))
    z = np.abs(np.cumsum(steps, axis=1) / np.sqrt(known))
    error = (z >= look_bounds(looks, 1)).any(axis=1).mean()
    assert error == pytest.approx(LEVEL, abs=4 * sqrt(LEVEL / tests))


def test_first_crossing_without_the_treatment_is_none():
    assert first_crossing(read([5_000], [9.0]), "other", [2.0]) is None


@pytest.mark.parametrize(("difference", "p_value", "z"), [(3.0, 0.05, 1.95996), (-3.0, 0.05, -1.95996), (1.0, 0.0, 38)])
def test_z_value_is_the_normal_value_of_the_one_sided_p(difference, p_value, z):
    interval = Interval(difference, None, None)
    found = z_value(Comparison(control=1, treatment=1, difference=interval, p_value=p_value, method="score"))
    assert found == pytest.approx(z, abs=1e-5)
    assert z_value(Comparison(control=1, treatment=1, method="score")) is None
