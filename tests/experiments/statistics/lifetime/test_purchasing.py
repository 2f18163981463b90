"""BG/NBD against the published figures of CDNOW, the closed form of its mean, and customers drawn by it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from scipy.special import hyp2f1

from experiments.statistics.lifetime import Histories, fit_purchases
from experiments.statistics.lifetime.purchasing import beta_nodes, chance_alive, future_moments, mean_loss
from tests.experiments.statistics.lifetime.customers import cdnow, draw

# Fader, Hardie and Lee (2005), table 2.
PUBLISHED = np.array([0.243, 4.414, 0.793, 2.426])


def one(x: float, recency: float, age: float) -> Histories:
    return Histories(*np.array([[x], [recency], [age], [1.0]]))


def test_fit_reproduces_the_published_parameters_of_cdnow():
    table = cdnow()
    assert len(table.x) == 2357
    model = fit_purchases(table.histories())
    assert np.round(model.parameters, 3).tolist() == PUBLISHED.tolist()
    loss, _ = mean_loss(model.parameters, table.histories())
    assert -2357 * loss == pytest.approx(-9582.4, abs=0.05)  # the same table


def test_fit_of_counted_customers_is_that_of_single_ones():
    table = cdnow()
    groups, counts = np.unique(np.column_stack(table[:3]), axis=0, return_counts=True)
    assert len(groups) < 0.6 * len(table.x)
    frequency, recency, age = groups.T
    counted = fit_purchases(Histories(frequency, recency, age, counts.astype(float)))
    np.testing.assert_allclose(counted.parameters, fit_purchases(table.histories()).parameters, rtol=1e-4)


def test_expected_orders_are_those_of_the_authors_spreadsheet():
    # Of a new customer by week, and of one with x = 2, t_x = 30.43, T = 38.86 in the next 39 weeks (Hardie 2004); by
    # parameters that aren't rounded to three digits.
    for week, orders in ((0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)):
        assert future_moments(PUBLISHED, one(0, 0, 0), week)[0][0] == pytest.approx(orders, rel=2e-3, abs=6e-5)
    assert future_moments(PUBLISHED, one(2, 30.43, 38.86), 39)[0][0] == pytest.approx(1.226, abs=1e-3)


@pytest.mark.parametrize("history", [(0, 0, 20), (1, 3, 20), (7, 19.5, 20), (60, 300, 700), (400, 690, 700)])
@pytest.mark.parametrize("parameters", [(0.243, 4.414, 0.793, 2.426), (2, 60, 0.05, 0.4), (0.6, 30, 3, 12)])
@pytest.mark.parametrize("time", [0.01, 7, 365])
def test_mean_of_future_orders_is_the_published_formula(history, parameters, time):
    r, alpha, a, b = parameters
    x, recency, age = history
    grown = (alpha + age) / (alpha + age + time)
    special = hyp2f1(r + x, b + x, a + b + x - 1, time / (alpha + age + time))
    expected = (a + b + x - 1) / (a - 1) * (1 - grown ** (r + x) * special)
    expected *= chance_alive(np.array(parameters), one(x, recency, age))[0]
    ours = future_moments(np.array(parameters), one(x, recency, age), time)[0][0]
    assert ours == pytest.approx(expected, rel=5e-5)


def test_second_moment_of_future_orders_is_that_of_drawn_customers():
    rng = np.random.default_rng(5)
    r, alpha, a, b, x, age, time = 0.9, 12.0, 0.8, 2.5, 3, 50.0, 60.0
    size = 400_000
    rates, leaving = rng.gamma(r + x, 1 / (alpha + age), size), rng.beta(a, b + x, size)
    # Who hasn't left: the order at which they leave, and how many orders they would place.
    orders = np.minimum(rng.poisson(rates * time), rng.geometric(leaving))
    alive = chance_alive(np.array([r, alpha, a, b]), one(x, 40, age))[0]
    mean, square = future_moments(np.array([r, alpha, a, b]), one(x, 40, age), time)
    assert mean[0] == pytest.approx(alive * orders.mean(), rel=0.01)
    assert square[0] == pytest.approx(alive * (orders**2).mean(), rel=0.015)


@pytest.mark.parametrize(("a", "b"), [(0.8, 2.4), (0.05, 0.3), (1.0, 1.0), (0.5, 0.5), (3, 400), (40, 2)])
def test_nodes_integrate_powers_over_a_beta_distribution(a, b):
    places, weights = beta_nodes(a, b)
    assert weights.sum() == pytest.approx(1)
    assert weights @ places == pytest.approx(a / (a + b))
    assert weights @ places**2 == pytest.approx(a * (a + 1) / ((a + b) * (a + b + 1)))


def test_gradient_is_the_slope_of_the_loss():
    histories = cdnow().histories()
    place = np.array([0.4, 6.0, 0.6, 3.0])

    def loss(parameters: NDArray[np.float64]) -> float:
        return mean_loss(parameters, histories)[0]

    slope = approx_fprime(place, loss, 1e-7)
    np.testing.assert_allclose(mean_loss(place, histories)[1], slope, rtol=1e-4)


def test_chances_of_one_who_has_long_been_away_are_small():
    model = fit_purchases(cdnow().histories())
    often, lately, never = one(20, 10, 38), one(20, 37.5, 38), one(0, 0, 38)
    assert model.chance_alive(often)[0] < 0.01 < 0.9 < model.chance_alive(lately)[0]
    assert model.chance_alive(never)[0] == 1.0  # the model lets nobody leave before a repeat order
    assert model.chance_to_order(never, 39)[0] < 0.2


def test_drawn_customers_parameters_are_found_again():
    estimates, errors = [], []
    truth = np.log([0.6, 30.0, 0.8, 2.5])
    for seed in range(6):
        model = fit_purchases(draw(seed, 3_000).table.histories())
        estimates.append(np.log(model.parameters) - truth)
        errors.append(np.sqrt(np.diag(model.log_covariance)))
    # Each estimate is off by its own standard error, and their mean by less than half of it.
    distance = np.array(estimates) / np.array(errors)
    assert np.abs(distance).max() < 3.5
    assert np.abs(distance.mean(axis=0)).max() < 3 / np.sqrt(6)


def test_fit_of_few_customers_who_never_came_back_answers():
    model = fit_purchases(Histories(*np.array([[0.0], [0.0], [30.0], [5.0]])))
    assert np.isfinite(model.parameters).all()
    assert np.isfinite(model.log_covariance).all()
