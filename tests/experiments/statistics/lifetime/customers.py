"""Customers for the tests of lifetime value: those of CDNOW, and drawn ones."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.statistics.lifetime import GroupedCustomers, Histories, Spending

CDNOW = Path(__file__).parents[3] / "data" / "cdnow" / "customers.csv"


class Table(NamedTuple):
    """One row a customer: x, t_x, T, and the mean value of repeat orders."""

    x: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    mean: np.ndarray

    def histories(self) -> Histories:
        return Histories(self.x, self.recency, self.age, np.ones_like(self.x))

    def spending(self) -> Spending:
        has_repeat = self.x > 0
        return Spending(self.x[has_repeat], self.mean[has_repeat])

    def customers(self) -> GroupedCustomers:
        spent = self.x * self.mean
        return GroupedCustomers(self.histories(), spent, spent**2, np.zeros(len(self.x), dtype=np.int64))


def cdnow() -> Table:
    with CDNOW.open() as file:
        rows = [[float(row[name]) for name in ("x", "t_x", "T", "zbar")] for row in csv.DictReader(file)]
    return Table(*np.array(rows).T)


class Drawn(NamedTuple):
    """Drawn customers until now, and what they order and spend in the time to come."""

    table: Table
    later_orders: int
    later_revenue: float


def draw(seed: int, size: int, *, r=0.6, alpha=30.0, a=0.8, b=2.5, p=4.0, q=4.0, v=90.0, horizon=180.0) -> Drawn:
    """Play customers by the model, one order after the other, over two years of first orders and the time to come."""
    rng = np.random.default_rng(seed)
    ages = rng.integers(1, 730, size).astype(float)
    rates, leaving = rng.gamma(r, 1 / alpha, size), rng.beta(a, b, size)
    scales = rng.gamma(q, 1 / v, size)
    rows, later_orders, later_revenue = np.zeros((size, 4)), 0, 0.0
    for place in range(size):
        at, times = 0.0, []
        while True:
            at += rng.exponential(1 / rates[place])
            if at > ages[place] + horizon:
                break
            times.append(at)
            if rng.random() < leaving[place]:
                break
        values = rng.gamma(p, 1 / scales[place], len(times))
        before = np.array(times) <= ages[place]
        x = int(before.sum())
        rows[place] = (x, times[x - 1] if x else 0.0, ages[place], values[:x].mean() if x else 0.0)
        later_orders += len(times) - x
        later_revenue += values[x:].sum()
    return Drawn(Table(*rows.T), later_orders, later_revenue)
