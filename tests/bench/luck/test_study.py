"""A sample of the study: winners are shown as what they are, within three Monte Carlo errors of the bars."""

import numpy as np
import pytest

from bench.luck.programmes import PROGRAMMES
from bench.luck.study import StoreStudy
from bench.luck.table import BeliefRow, belief_rows, luck_row, luck_rows

BY_KEY = {programme.key: programme for programme in PROGRAMMES}


def study(key: str, past: int, *, kept: int = 4, are_winners: bool = True) -> StoreStudy:
    return StoreStudy(programme=BY_KEY[key], past=past, kept=kept, are_winners=are_winners, seed=7)


@pytest.mark.slow
@pytest.mark.parametrize("past", [0, 20])
@pytest.mark.parametrize("key", list(BY_KEY))
def test_winners_are_shown_as_what_they_are(key, past):
    row = luck_row(BY_KEY[key], past, study(key, past).of_stores(160))
    assert row.missed == []
    # As they were measured, all of them would be far off: 5 points and more.
    assert np.expm1(row.winners.tests.measured).mean() - row.winners.true_lifts.mean() > 0.03


@pytest.mark.slow
@pytest.mark.parametrize("key", ["a", "b", "c", "d"])
def test_beliefs_hold_what_they_say(key):
    row = BeliefRow(BY_KEY[key], 20, study(key, 20, kept=12, are_winners=False).of_stores(600))
    assert row.missed == []


def test_bar_that_is_missed_is_told():
    """Nine tests without an effect are shown what a store of bold tests would be."""
    row = luck_row(BY_KEY["c"], 20, study("e", 0).of_stores(160))
    assert any("points off" in line for line in row.missed)


def test_stores_past_tests_are_drawn_anew():
    one, two = (study("b", 3).of_store(number) for number in (1, 2))
    assert not np.array_equal(one.tests.measured, two.tests.measured)
    assert np.array_equal(one.tests.measured, study("b", 3).of_store(1).tests.measured)


@pytest.mark.long
def test_no_bar_of_luck_is_missed():
    missed = [line for row in luck_rows(2_000, 2026) for line in row.missed]
    assert missed == []


@pytest.mark.long
def test_no_bar_of_beliefs_is_missed():
    missed = [line for row in belief_rows(12_000, 2026) for line in row.missed]
    assert missed == []
