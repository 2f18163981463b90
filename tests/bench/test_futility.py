"""The chance of a win by the planned end: a fast cut of ``python -m bench.futility``."""

from math import log1p, sqrt

import numpy as np
import pytest

from bench.futility import MOST_LOST, PRIOR_SD, RHO, Effects, FutilityFinding, examine, furthest_tenth, missed
from experiments.models import Experiment
from experiments.plan import scheduled_looks


def test_assumptions_are_those_of_tests():
    assert Experiment._meta.get_field("prior_sd").default == PRIOR_SD
    assert scheduled_looks.RHO == RHO


@pytest.mark.slow
def test_giving_up_costs_hardly_any_win_and_ends_most_tests_without_an_effect():
    tests = 2_000
    large = examine(Effects("+30%", fixed=log1p(0.30)), tests, seed=2026)
    assert large.lost <= MOST_LOST + 3 * sqrt(MOST_LOST * (1 - MOST_LOST) / tests)
    none = examine(Effects("none", fixed=0.0), tests, seed=2026)
    assert none.given_up > 0.5


def test_furthest_tenth_is_the_largest_difference_of_those_with_enough_readings():
    said = [0.05] * 300 + [0.55] * 300 + [0.95] * 10
    came = [True] * 30 + [False] * 270 + [True] * 150 + [False] * 150 + [False] * 10
    assert furthest_tenth(np.array(said), np.array(came)) == pytest.approx(0.05)


def test_missed_names_cases_that_lose_too_much():
    lossy = FutilityFinding(Effects("+30%"), tests=10_000, won=0.9, given_up=0.2, lost=0.03, furthest=0.1)
    calm = FutilityFinding(Effects("none"), tests=10_000, won=0.02, given_up=0.9, lost=0.001, furthest=0.1)
    assert missed([lossy, calm]) == ["- +30%: giving up loses 3.0% of wins, at most 2%."]
