"""Gamma-gamma against the published figures of CDNOW, and customers drawn by it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime

from experiments.statistics.lifetime import GroupedCustomers, Histories, Spending, fit_spending
from experiments.statistics.lifetime.forecast import order_values
from experiments.statistics.lifetime.spending import mean_loss
from tests.experiments.statistics.lifetime.customers import cdnow


def test_fit_reproduces_the_published_parameters_of_cdnow():
    spending = cdnow().spending()
    assert len(spending.mean) == 946
    model = fit_spending(spending)
    # Fader and Hardie (2013), and the documentation of lifetimes: p 6.25, q 3.74, v 15.45.
    assert np.round(model.parameters, 2).tolist() == [6.25, 3.74, 15.45]


def test_expected_order_values_are_those_of_the_published_example():
    table = cdnow()
    model = fit_spending(table.spending())
    spent = table.x * table.mean
    each = GroupedCustomers(table.histories(), spent, spent**2, np.arange(len(spent)))
    # The first ten customers, in the documentation and tests of lifetimes.
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert order_values(model.parameters, each)[:10] == pytest.approx(published, abs=0.1)
    assert model.population_mean == pytest.approx(35.17, abs=0.05)


def test_expected_value_of_a_group_is_the_sum_of_its_customers():
    model = fit_spending(cdnow().spending())
    two = Histories(*np.array([[2, 2], [1, 1], [9, 9], [1, 1]], dtype=float))
    together = Histories(*np.array([[2], [1], [9], [2]], dtype=float))
    single = GroupedCustomers(two, np.array([40.0, 90.0]), np.array([1600.0, 8100.0]), np.array([0, 0]))
    grouped = GroupedCustomers(together, np.array([130.0]), np.array([9700.0]), np.array([0]))
    assert order_values(model.parameters, single).sum() == pytest.approx(order_values(model.parameters, grouped)[0])


def test_gradient_is_the_slope_of_the_loss():
    spending = cdnow().spending()
    place = np.array([5.0, 4.0, 20.0])

    def loss(parameters: NDArray[np.float64]) -> float:
        return mean_loss(parameters, spending)[0]

    slope = approx_fprime(place, loss, 1e-7)
    np.testing.assert_allclose(mean_loss(place, spending)[1], slope, rtol=1e-3, atol=1e-7)


def test_fit_does_not_depend_on_the_unit_of_money():
    spending = cdnow().spending()
    dollars, cents = fit_spending(spending), fit_spending(Spending(spending.frequency, 100 * spending.mean))
    assert cents.parameters == pytest.approx(dollars.parameters * [1, 1, 100], rel=1e-6)


def test_fit_of_equal_values_answers():
    model = fit_spending(Spending(np.array([1.0, 2.0, 3.0]), np.array([10.0, 10.0, 10.0])))
    assert np.isfinite(model.parameters).all()
    assert model.population_mean == pytest.approx(10, rel=0.05)
