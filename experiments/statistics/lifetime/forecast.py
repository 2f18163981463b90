"""What groups of customers will order and spend in a time to come, with the band in which it is expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.statistics.lifetime.purchasing import Histories, PurchaseModel, future_moments
from experiments.statistics.lifetime.spending import SpendingModel

Floats = NDArray[np.float64]
STEP = 1e-3  # of a parameter's logarithm, for the derivatives of a forecast


@dataclass(frozen=True, slots=True)
class GroupedCustomers:
    """Who is forecast: histories, with what each group's customers spent in their repeat orders.

    - ``spent``, ``spent_squared``: the sum over the group's customers of each one's total, and of its square.
    - ``part``: which of the parts that are forecast each group belongs to, from 0.
    """

    histories: Histories
    spent: Floats
    spent_squared: Floats
    part: NDArray[np.int64]

    def by_part(self, values: Floats) -> Floats:
        """Add up values of the groups by part."""
        totals = np.bincount(self.part, weights=values, minlength=int(self.part.max(initial=-1)) + 1)
        return np.asarray(totals, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What each part is expected to have: shape (parts,). ``low`` and ``high`` are the band, never below 0."""

    expected: Floats
    low: Floats
    high: Floats


def forecast(
    purchases: PurchaseModel, spending: SpendingModel, customers: GroupedCustomers, time: float, *, alpha: float = 0.05
) -> tuple[Forecast, Forecast]:
    """Return the forecast of orders and of revenue in the next ``time``, with bands of 1 - alpha.

    A band has both what chance does to customers whose parameters are known, added up over them, and how well the
    parameters are known (by the delta method). It is a normal one: parts should have some dozens of orders to come.
    """
    habits, values, histories = purchases.parameters, spending.parameters, customers.histories
    mean, square = future_moments(habits, histories, time)
    worth = order_values(values, customers)

    def by_habits(parameters: Floats) -> Floats:
        moved = future_moments(parameters, histories, time)[0]
        return np.array([customers.by_part(moved * histories.customers), customers.by_part(moved * worth)])

    def by_values(parameters: Floats) -> Floats:
        return customers.by_part(mean * order_values(parameters, customers))[None, :]

    of_habits = unknown(by_habits, habits, purchases.log_covariance)
    of_values = unknown(by_values, values, spending.log_covariance)
    orders_by_chance = customers.by_part(histories.customers * (square - mean**2))
    revenue_by_chance = customers.by_part(revenue_variance(values, customers, mean, square))
    return (
        band(customers.by_part(mean * histories.customers), orders_by_chance + of_habits[0], alpha),
        band(customers.by_part(mean * worth), revenue_by_chance + of_habits[1] + of_values[0], alpha),
    )


def order_values(parameters: Floats, customers: GroupedCustomers) -> Floats:
    """Return for each group what an order is expected to be worth, added up over its customers."""
    p, q, v = parameters
    histories = customers.histories
    values: Floats = p * (histories.customers * v + customers.spent) / (p * histories.frequency + q - 1.0)
    return values


def revenue_variance(parameters: Floats, customers: GroupedCustomers, mean: Floats, square: Floats) -> Floats:
    """Return for each group the variance of what its customers spend, added up over them; orders by mean and square.

    With nu given, y orders come to p y / nu on average, with the variance p y / nu^2. What is known of nu is
    Gamma(p x + q, v + spent): its inverse has the mean (v + spent) / (k - 1) and the mean square
    (v + spent)^2 / ((k - 1) (k - 2)), with k = p x + q.
    """
    p, q, v = parameters
    histories = customers.histories
    shape = p * histories.frequency + q
    scales_squared = histories.customers * v**2 + 2.0 * v * customers.spent + customers.spent_squared
    mean_square = scales_squared / ((shape - 1.0) * (shape - 2.0)) * (p * mean + p**2 * square)
    squared_mean = scales_squared / (shape - 1.0) ** 2 * (p * mean) ** 2
    variances: Floats = np.maximum(mean_square - squared_mean, 0.0)
    return variances


def unknown(expected: Callable[[Floats], Floats], parameters: Floats, log_covariance: Floats) -> Floats:
    """Return the variance of what is expected, shape (kinds, parts), from parameters that aren't known well."""
    slopes = []
    for step in STEP * np.eye(len(parameters)):
        above, below = expected(parameters * np.exp(step)), expected(parameters * np.exp(-step))
        slopes.append((above - below) / (2.0 * STEP))
    by_parameter = np.array(slopes)
    variances: Floats = np.einsum("ikp,ij,jkp->kp", by_parameter, log_covariance, by_parameter)
    return variances


def band(expected: Floats, variance: Floats, alpha: float) -> Forecast:
    """Return a forecast with its normal band; nobody orders less than nothing."""
    reach = -ndtri(alpha / 2.0) * np.sqrt(variance)
    return Forecast(expected, np.maximum(expected - reach, 0.0), expected + reach)
