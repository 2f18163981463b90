"""The ways of counting, on rows that were worked out by hand: no database."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.journeys.shops import PlacedOrder
from bench.journeys.stores import day_of
from bench.journeys.wrong_ways import Outcomes, arm_sums, compared, redrawn, summary_of


def weeks_of(orders: list[PlacedOrder], contacts: int) -> Any:
    return SimpleNamespace(
        simulated=SimpleNamespace(contact_ids=[100 + number for number in range(contacts)]),
        customers=SimpleNamespace(orders=orders),
        values={},
    )


def test_outcome_is_what_was_bought_after_the_moment_and_within_thirty_days_net_of_refunds():
    orders = [
        PlacedOrder(1.0, 0, 0, 100, None),
        PlacedOrder(2.0, 1, 0, 200, None),
        PlacedOrder(3.0, 2, 0, 400, 8.0),
        PlacedOrder(31.0, 3, 0, 800, None),
        PlacedOrder(31.1, 4, 0, 1_600, None),
    ]
    outcomes = Outcomes(weeks_of(orders, 2))
    assert outcomes.after(100, day_of(1.0)) == 200 + 800
    assert outcomes.after(100, day_of(1.0) - timedelta(hours=1)) == 100 + 200
    assert outcomes.after(101, day_of(1.0)) == 0


def test_arms_are_summed_by_draw():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    is_in = np.array([[True, True, False, False], [False, False, True, True]])
    sums = arm_sums(is_in, values)
    assert sums.number.tolist() == [2, 2]
    assert sums.mean.tolist() == [1.5, 4.5]
    assert sums.error.tolist() == [np.var([1, 2], ddof=1) / 2, np.var([3, 6], ddof=1) / 2]


def rows_of(each: int) -> tuple[list[tuple[int, datetime]], Outcomes]:
    """300 customers with so many send points each, whose orders are all alike for a customer."""
    values = np.random.default_rng(5).gamma(1, 1_000, 300)
    orders = [PlacedOrder(20.0, number, number, int(value), None) for number, value in enumerate(values)]
    rows = [(100 + number, day_of(1.0 + again)) for again in range(each) for number in range(300)]
    return rows, Outcomes(weeks_of(orders, 300))


def test_one_row_a_customer_errs_in_five_of_a_hundred_draws_and_four_in_a_third():
    once = redrawn(*rows_of(1), seed=1)
    assert once.tests == 200
    assert once.significant / once.tests == pytest.approx(0.05, abs=3 * 0.0154)
    assert once.split <= 2
    # Four rows of the same have half the error that they seem to have: beyond 1.96 / 2 errors are 33 of a hundred.
    four = redrawn(*rows_of(4), seed=1)
    assert four.significant / four.tests == pytest.approx(0.327, abs=3 * 0.0332)
    # Beyond 3.29 / 2 are ten of a hundred.
    assert four.split / four.tests == pytest.approx(0.1, abs=3 * 0.0212)


def test_groups_are_compared_by_their_means_and_their_numbers_with_halves():
    found = compared([100.0] * 300 + [0.0] * 300, [200.0] * 300 + [0.0] * 600)
    assert found.estimate == pytest.approx(200 / 3 / 50 - 1)
    assert found.is_split_alarming
    even = compared([100.0, 0.0] * 200, [100.0, 0.0] * 200)
    assert (even.is_significant, even.is_split_alarming) == (False, False)


def test_group_is_summed_up_with_its_buyers():
    summary = summary_of(np.array([0.0, 3.0, 5.0]))
    assert (summary.n, summary.buyers) == (3, 2)
