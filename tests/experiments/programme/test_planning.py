"""Plans: by hand, against simulation, and how they change with looks, treatments and the cart's value."""

from dataclasses import replace
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from scipy.stats import norm

from experiments.plan.scheduled_looks import BETWEEN_LOOKS
from experiments.programme.planning import Design, detectable_lift, plan_test
from experiments.statistics import error_spending_bounds

RPV = Design(mean=421.0, sd=2_400.0, relative_mde=0.08, looks=1)


def test_plan_single_look_is_the_textbooks():
    z = norm.isf(0.025) + norm.ppf(0.8)
    assert plan_test(RPV).per_variant == ceil((1 + 1.08**2) * (z * 2_400 / (421 * 0.08)) ** 2)
    assert (plan_test(RPV).total, plan_test(RPV).days) == (2 * plan_test(RPV).per_variant, None)


def test_plan_days_are_whole_weeks_and_two_at_least():
    needed = plan_test(RPV).total
    assert plan_test(replace(RPV, visitors_per_day=needed / 15)).days == 21
    assert plan_test(replace(RPV, visitors_per_day=needed)).days == 14
    assert plan_test(replace(RPV, visitors_per_day=needed / 15, traffic_share=0.5)).days == 35


def test_plan_looks_promise_their_power():
    """Simulated z of the planned effect at fourteen looks."""
    design = replace(RPV, looks=14)
    needed = plan_test(design).per_variant
    assert 1.02 < needed / plan_test(RPV).per_variant < 1.10
    drift = 0.08 * 421 / (2_400 * np.sqrt((1 + 1.08**2) / needed))
    steps = np.random.default_rng(1).normal(drift / 14, np.sqrt(1 / 14), size=(40_000, 14))
    fractions = np.arange(1, 15) / 14
    z = steps.cumsum(axis=1) / np.sqrt(fractions)
    bounds = error_spending_bounds(fractions, alpha=0.05 * (1 - BETWEEN_LOOKS))
    assert (z >= bounds).any(axis=1).mean() == pytest.approx(0.8, abs=0.01)


def test_plan_power_curve_passes_the_planned_point_and_begins_at_chance():
    for looks in (1, 14):
        curve = plan_test(replace(RPV, looks=looks)).power_curve
        assert [point.lift for point in curve] == pytest.approx(list(np.linspace(0, 0.16, 17)))
        assert curve[8].power == pytest.approx(0.8, abs=1e-3)
        assert curve[0].power == pytest.approx(0.025, abs=0.0015)
        assert all(a.power < b.power for a, b in pairwise(curve))


def test_plan_cart_value_saves_its_share():
    with_cart = plan_test(replace(RPV, variance_reduction=0.4))
    assert with_cart.per_variant == pytest.approx(0.6 * plan_test(RPV).per_variant, abs=1)
    assert with_cart.without_cuped == plan_test(RPV).per_variant


def test_plan_more_treatments_share_alpha_and_traffic():
    found = plan_test(replace(RPV, visitors_per_day=1_000))
    counts, needed, days = zip(*found.by_treatments, strict=True)
    assert counts == (1, 2, 3, 4, 5)
    z = norm.isf(0.025 / 3) + norm.ppf(0.8)
    assert needed[2] == ceil((1 + 1.08**2) * (z * 2_400 / (421 * 0.08)) ** 2)
    assert list(days) == sorted(days)
    assert (found.per_variant, found.days) == (needed[0], days[0])


def test_plan_orders_as_units_are_turned_into_visitors():
    aov = Design(mean=6_670.0, sd=5_000.0, relative_mde=0.05, looks=1)
    assert plan_test(replace(aov, units_per_visitor=0.063)).per_variant == ceil(
        (1 + 1.05**2) * ((norm.isf(0.025) + norm.ppf(0.8)) * 5_000 / (6_670 * 0.05)) ** 2 / 0.063
    )


def test_detectable_lift_of_the_planned_sample_is_the_planned_lift():
    for design in (replace(RPV, looks=14), Design(mean=0.063, sd=None, relative_mde=0.05)):
        assert detectable_lift(design, plan_test(design).per_variant) == pytest.approx(design.relative_mde, rel=1e-3)


@pytest.mark.parametrize(
    "changes", [{"relative_mde": 0.0}, {"mean": 0.0}, {"sd": None, "mean": 0.9, "relative_mde": 0.5}]
)
def test_plan_of_no_effect_or_an_impossible_rate_is_refused(changes):
    with pytest.raises(ValueError, match=r"effect|differ"):
        plan_test(replace(RPV, **changes))
