"""Simulated customers are as the docstrings say: how many orders, in what order, and what happens to how many."""

import numpy as np
import pytest

from bench.journeys.shops import BEFORE_DAYS, OPTING_OUT, REFUNDED, WITHOUT_CONSENT, Shop, draw_customers

SHOP = Shop(customers=4_000)


@pytest.fixture(scope="module")
def customers():
    return draw_customers(SHOP, np.random.default_rng(1))


def test_orders_come_at_the_rate_of_a_month_of_28_days_and_in_the_order_of_time(customers):
    expected = SHOP.customers * SHOP.orders_a_month * (BEFORE_DAYS + SHOP.last_day) / BEFORE_DAYS
    assert len(customers.orders) == pytest.approx(expected, rel=0.08)
    days = [order.day for order in customers.orders]
    assert days == sorted(days)
    assert -BEFORE_DAYS <= days[0] < days[-1] <= SHOP.last_day
    assert [order.number for order in customers.orders] == list(range(len(days)))


def test_customers_are_unlike_in_how_often_they_order(customers):
    orders = np.bincount([order.customer for order in customers.orders], minlength=SHOP.customers)
    # Poisson with a gamma rate: the variance is the mean, and its square by how alike they are.
    mean = orders.mean()
    assert orders.var() == pytest.approx(mean + mean**2 / SHOP.alike, rel=0.15)


def test_shares_of_refunds_consent_and_opt_outs_are_those_that_are_named(customers):
    refunded = [order.refunded_on is not None for order in customers.orders]
    assert np.mean(refunded) == pytest.approx(REFUNDED, abs=0.01)
    assert 1 - np.mean(customers.has_consented) == pytest.approx(WITHOUT_CONSENT, abs=0.02)
    assert np.mean([day is not None for day in customers.opts_out_on]) == pytest.approx(OPTING_OUT, abs=0.01)


def test_same_seed_draws_the_same_customers():
    small = Shop(customers=50)
    assert draw_customers(small, np.random.default_rng(7)) == draw_customers(small, np.random.default_rng(7))
