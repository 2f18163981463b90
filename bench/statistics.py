"""Time all results of one metric and variant from summaries: fixed, sequential and Bayesian.

    python -m bench.statistics

Each figure is the fastest of many rounds, in microseconds of CPU per metric, beside a floor measured in the same run:
the p-value alone of Welch's test by ``scipy.stats.ttest_ind_from_stats``. The last line is one JSON object.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import combinations_with_replacement

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import ttest_ind_from_stats

from experiments.statistics import (
    Comparison,
    Proportion,
    Summary,
    beta_binomial,
    compare_means,
    compare_proportions,
    compare_ratios,
    confidence_sequence,
    error_spending_bounds,
    log_ratio_posterior,
)

VISITORS = 20_000
FRACTIONS = tuple((look + 1) / 20 for look in range(14))
ROUNDS, CALLS = 40, 25
REQUIRED, AIMED = 500, 100


def arm(random: np.random.Generator, conversion: float) -> Summary:
    """Sum up visitors of whom a share buys once or twice, at lognormal values in cents."""
    orders = (random.random(VISITORS) < conversion) * (1 + (random.random(VISITORS) < 0.1))
    revenue = np.rint(5_000 * np.exp(random.standard_normal(VISITORS))) * orders
    cart = np.rint(5_000 * np.exp(random.standard_normal(VISITORS)))
    # as Python's whole numbers, which have no largest one
    columns = {
        "orders": orders.astype(object),
        "revenue": revenue.astype(int).astype(object),
        "cart_value": cart.astype(int).astype(object),
    }
    sums, cross_sums, third_sums = {}, {}, {}
    for a, values in columns.items():
        sums[a] = int(values.sum())
    for a, b in combinations_with_replacement(sorted(columns), 2):
        cross_sums[a, b] = int((columns[a] * columns[b]).sum())
    for a, b, c in combinations_with_replacement(sorted(columns), 3):
        third_sums[a, b, c] = int((columns[a] * columns[b] * columns[c]).sum())
    return Summary.from_sums(VISITORS, sums, cross_sums, third_sums, buyers=int((orders > 0).sum()))


def everything(comparison: Comparison) -> None:
    """What a report says of a money metric beyond the comparison."""
    error_spending_bounds(FRACTIONS)
    confidence_sequence(comparison, n=2 * VISITORS, n_star=VISITORS, fewest_buyers=500)
    log_ratio_posterior(comparison)


def subjects() -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    random = np.random.default_rng(1)
    control, treatment = arm(random, 0.03), arm(random, 0.033)
    bought, deviations = [], []
    for summary in (control, treatment):
        bought.append(Proportion(summary.buyers or 0, summary.n))
        deviations.append((summary.variance("revenue") or 0.0) ** 0.5)
    means = control.means["revenue"], treatment.means["revenue"]

    def conversion() -> None:
        comparison = compare_proportions(*bought)
        error_spending_bounds(FRACTIONS)
        confidence_sequence(comparison, n=2 * VISITORS, n_star=VISITORS, fewest_buyers=500)
        beta_binomial(*bought)

    return {
        "floor": lambda: ttest_ind_from_stats(
            means[0], deviations[0], VISITORS, means[1], deviations[1], VISITORS, False
        ),
        "rpv": lambda: everything(compare_means(control, treatment, "revenue")),
        "rpv with cart value": lambda: everything(compare_means(control, treatment, "revenue", covariate="cart_value")),
        "aov": lambda: everything(compare_ratios(control, treatment, "revenue", "orders")),
        "rpv by welch": lambda: everything(compare_means(control, treatment, "revenue", method="welch")),
        "conversion": conversion,
    }


def fastest(call: Callable[[], object]) -> float:
    """Return microseconds of CPU per call, in the fastest round."""
    call()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS):
            call()
        best = min(best, time.process_time() - start)
    return 1e6 * best / CALLS


def main() -> None:
    """Time every subject, print a table and the figures."""
    figures = {}
    for name, call in subjects().items():
        figures[name] = round(fastest(call), 1)
    Console().print(table_of(figures))
    ours = dict(figures)
    del ours["floor"]
    print(json.dumps(figures | {"slowest": max(ours.values())}))


def table_of(figures: dict[str, float]) -> Table:
    """Return the microseconds of each subject, and how many times the floor that is."""
    table = Table(title=f"All results of one metric and variant (required {REQUIRED}, aim {AIMED} microseconds)")
    table.add_column("metric")
    table.add_column("microseconds", justify="right")
    table.add_column("times the floor", justify="right")
    for name, microseconds in figures.items():
        table.add_row(name, f"{microseconds:.0f}", f"{microseconds / figures['floor']:.1f}")
    return table


if __name__ == "__main__":
    main()
