"""Days that are told to decide nothing decide nothing: tests end as they do where every day is read in full."""

import numpy as np
import pytest

from bench.verdicts.cases import CASES, Case
from bench.verdicts.readings import undatabased
from bench.verdicts.tallies import Outcomes, ends_by, simulated

SLOWEST = {"A/A, 30 buyers in each variant"}  # by permutation, day by day


def ends(case: Case, version: int, number: int, *, is_read_in_full: bool) -> Outcomes:
    test = simulated(case, version, np.random.default_rng([7, case.random_numbers, number]))
    test.is_read_in_full = is_read_in_full
    with undatabased(test):
        return ends_by(test)


def check(cases: list[Case], tests: int) -> int:
    """Compare tests of each case by all its plans, and return how many had a verdict before their end."""
    decided = 0
    for case in cases:
        for version in case.plans:
            for number in range(tests):
                quick = ends(case, version, number, is_read_in_full=False)
                assert quick == ends(case, version, number, is_read_in_full=True), (case.name, version, number)
                decided += "wrong" in quick
    return decided


@pytest.mark.slow
def test_uneventful_days_decide_nothing():
    names = {"A/A", "value +30%", "conversion -15%", "orders 4 days after exposure instead of 1"}
    assert check([case for case in CASES if case.name in names], 1) > 0


@pytest.mark.long
def test_uneventful_days_decide_nothing_in_any_case():
    assert check([case for case in CASES if case.name not in SLOWEST], 12) > 50
