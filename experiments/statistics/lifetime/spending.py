"""What customers' orders are worth: the gamma-gamma model (Fader and Hardie 2013).

Each customer's orders are Gamma(p, nu) with a rate nu of their own, and over the customers nu is Gamma(q, v). So who
has ordered once or twice is drawn towards the mean of all customers, and who has ordered often stands for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from experiments.statistics.lifetime.likelihood import maximize

Floats = NDArray[np.float64]
# Below 2 the values that are still unknown have no variance, and a forecast no band.
LEAST_Q = 2.05
WIDEST = 1e4


@dataclass(frozen=True, slots=True)
class Spending:
    """Customers with repeat orders; shape (customers,): how many, ``frequency``, and their ``mean`` value, above 0."""

    frequency: Floats
    mean: Floats


@dataclass(frozen=True, slots=True)
class SpendingModel:
    """Fitted parameters, and the covariance of their logarithms; shape (3, 3), in the order of the fields."""

    p: float
    q: float
    v: float
    log_covariance: Floats

    @property
    def parameters(self) -> Floats:
        """The three parameters, in their order."""
        return np.array([self.p, self.q, self.v])

    @property
    def population_mean(self) -> float:
        """The mean value of an order of a customer of whom nothing is known."""
        return self.p * self.v / (self.q - 1.0)


def fit_spending(spending: Spending) -> SpendingModel:
    """Return the model with the greatest likelihood. Raises ``CannotFit``."""
    # In units of the mean, so that the search is the same for yen and for dinars.
    scale = float(spending.mean.mean())
    scaled = Spending(spending.frequency, spending.mean / scale)
    start = np.array([1.0, 3.0, 2.0])
    bounds = [(value / WIDEST, value * WIDEST) for value in start]
    bounds[1] = (LEAST_Q, bounds[1][1])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        return mean_loss(parameters, scaled)

    found = maximize(loss, start, bounds, float(len(spending.mean)))
    p, q, v = map(float, found.parameters)
    return SpendingModel(p, q, v * scale, found.log_covariance)


def mean_loss(parameters: Floats, spending: Spending) -> tuple[float, Floats]:
    """Return the negative log-likelihood per customer and its gradient (Fader and Hardie 2013, equation 1a)."""
    p, q, v = parameters
    x, total = spending.frequency, spending.frequency * spending.mean
    logarithm = np.log(total + v)
    shape = p * x + q
    value = (
        gammaln(shape) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        + (p * x - 1.0) * np.log(spending.mean) + p * x * np.log(x) - shape * logarithm
    )  # fmt: skip
    gradient = np.array([
        np.mean(x * (digamma(shape) - digamma(p * x) + np.log(total) - logarithm)),
        np.mean(digamma(shape) - digamma(q) + np.log(v) - logarithm),
        np.mean(q / v - shape / (total + v)),
    ])  # fmt: skip
    return -float(value.mean()), -gradient
