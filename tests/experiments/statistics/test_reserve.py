"""Refunds that are still to come, worked out by hand and against simulated orders."""

import numpy as np
import pytest

from experiments.statistics.reserve import expected_refunds

VALUES, DUE = np.array([1_000.0, 1_000.0]), np.array([0.75, 0.25])


def test_expected_refunds_by_the_arms_own_rate_are_its_rate_of_what_is_not_due():
    # 200 of the 1,000 that were due came back: 20%, of the 1,000 that are open
    reserve = expected_refunds(VALUES, np.array([150.0, 50.0]), DUE, store_rate=None, order_size=10.0)
    assert (reserve.rate, reserve.open_value, reserve.amount) == pytest.approx((0.2, 1_000.0, 200.0))
    assert reserve.kept == pytest.approx(2_000 - 200 - 200)
    # the rate's variance 0.2 x 0.8 x 10 / 1,000, times the open value's square; and chance among its orders
    assert reserve.error == pytest.approx((1_000**2 * 0.0016 + 0.16 * 10 * 1_000) ** 0.5)


def test_expected_refunds_of_few_orders_are_drawn_to_the_store():
    large = expected_refunds(VALUES, np.array([150.0, 50.0]), DUE, store_rate=0.1, order_size=10.0)
    # the store's rate varies by 0.1, the arm's own by 0.04: 0.01 / (0.01 + 0.0016) of the weight is the arm's
    assert large.rate == pytest.approx(0.1 + 0.1 * 0.01 / 0.0116)
    few = expected_refunds(VALUES / 100, np.array([1.5, 0.5]), DUE, store_rate=0.1, order_size=10.0)
    assert 0.1 < few.rate < 0.11


def test_expected_refunds_before_anything_is_due_are_the_stores():
    reserve = expected_refunds(VALUES, np.zeros(2), np.zeros(2), store_rate=0.1, order_size=10.0)
    assert (reserve.rate, reserve.amount) == pytest.approx((0.1, 200.0))
    assert reserve.error > 200


def test_expected_refunds_where_the_store_has_none_are_none():
    reserve = expected_refunds(VALUES, np.zeros(2), DUE, store_rate=0.0, order_size=10.0)
    assert (reserve.amount, reserve.error) == (0.0, 0.0)


def test_expected_refunds_are_as_uncertain_as_they_turn_out_to_be():
    random = np.random.default_rng(7)
    standardized = []
    for _ in range(800):
        value = random.lognormal(8, 1, 400)
        is_refunded, is_due = random.random(400) < 0.15, random.random(400) < 0.5
        size = float((value**2).sum() / value.sum())
        seen = np.array([value[is_refunded & is_due].sum()])
        reserve = expected_refunds(np.array([value.sum()]), seen, np.array([0.5]), store_rate=0.15, order_size=size)
        standardized.append((value[is_refunded & ~is_due].sum() - reserve.amount) / reserve.error)
    # a little too wide, since the store's rate is known to be right here; never too narrow
    assert 0.75 < np.std(standardized) < 1.05
    assert abs(np.mean(standardized)) < 0.15
