"""Hold the check of carts before the offer: how often sound tests raise its alarm, and how soon broken ones do.

    python -m bench.cart_balance [--tests 20000] [--dry-run] [--seed 2026]

Two variants of 10,000 visitors in 28 days, read every hour; cart values are lognormal with sigma 1 under a cap at
their 99th percentile. About four minutes on one core. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from math import log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.documents import put_between
from experiments.plan.thresholds import BALANCE_ALARM, VISITORS_TO_COMPARE_CARTS
from experiments.statistics.sequential.confidence_sequence import mixture_rho

VISITORS, HOURS = 10_000, 24 * 28  # a test of four weeks, looked at every hour
BATCH = 100  # tests at once: 10,000 carts of each take 8 MB a variant
CAP = 10.24  # the 99th percentile of carts with median 1
LIFTS = (0.0, 0.05, 0.10)  # carts that were sent too late already have the offer's product in them
Floats: TypeAlias = NDArray[np.float64]


def ends() -> NDArray[np.int64]:
    """Return how many visitors a variant has at each reading."""
    return np.arange(1, HOURS + 1) * VISITORS // HOURS


def carts(lift: float, tests: int, random: np.random.Generator) -> Floats:
    """Draw a variant's carts, a row a test."""
    drawn: Floats = np.minimum(np.exp(random.standard_normal((tests, VISITORS))) * (1 + lift), CAP)
    return drawn


def at_readings(values: Floats) -> Floats:
    """Add up what each reading has seen, of values of shape (tests, visitors)."""
    counts = ends()
    starts = np.concatenate([[0], counts[:-1]])
    sums: Floats = np.add.reduceat(values, starts, axis=1).cumsum(axis=1)
    return sums


def log_p_values(control: Floats, treatment: Floats) -> Floats:
    """Return the log of the always-valid p-value at each reading; 0 with too few visitors."""
    n = ends()
    difference, squared_error = np.zeros((len(control), HOURS)), np.zeros((len(control), HOURS))
    for sign, values in ((-1.0, control), (1.0, treatment)):
        mean, square = at_readings(values) / n, at_readings(values**2) / n
        difference = difference + sign * mean
        squared_error = squared_error + (square - mean**2) / (n - 1)
    spread = 2 * n * mixture_rho(VISITORS, BALANCE_ALARM) ** 2
    z_squared = difference**2 / squared_error
    found: Floats = -np.maximum(0.5 * (z_squared * spread / (1 + spread) - np.log1p(spread)), 0.0)
    found[:, n < VISITORS_TO_COMPARE_CARTS] = 0.0
    return found


def share_alarmed(lift: float, tests: int, *, seed: int) -> tuple[float, float | None]:
    """Return the share of tests with an alarm, and the mean visitors of both variants at the first one."""
    random = np.random.default_rng([seed, round(100 * lift)])
    alarmed, visitors = 0, 0
    for start in range(0, tests, BATCH):
        size = min(BATCH, tests - start)
        alarms = log_p_values(carts(0.0, size, random), carts(lift, size, random)) < log(BALANCE_ALARM)
        is_alarmed = alarms.any(axis=1)
        alarmed += int(is_alarmed.sum())
        visitors += int(2 * ends()[alarms.argmax(axis=1)][is_alarmed].sum())
    if not alarmed:
        return 0.0, None
    return alarmed / tests, visitors / alarmed


def rows_of(tests: int, seed: int) -> list[str]:
    """Simulate each lift, and write its row; those with a lift, whose shares are large, with a tenth of the tests."""
    rows = []
    for lift in LIFTS:
        number = tests
        if lift:
            number = max(1, tests // 10)
        share, visitors = share_alarmed(lift, number, seed=seed)
        at = "-"
        if visitors is not None:
            at = f"{visitors:,.0f}"
        error = sqrt(share * (1 - share) / number)
        rows.append(f"| {lift:+.0%} | {number:,} | {100 * share:.3f} ± {100 * error:.3f} | {at} |")
    return rows


def main() -> None:
    """Simulate, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=20_000, help="sound tests")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    start = time.perf_counter()
    rows = rows_of(options.tests, options.seed)
    head = [
        f"Simulated with seed {options.seed}: 10,000 visitors in each variant, read hourly for 28 days.",
        "",
        "| carts of the treatment | tests | alarm, percent | visitors at the alarm |",
        "| ---: | ---: | ---: | ---: |",
    ]
    text = "\n".join([*head, *rows])
    print(text)
    if not options.dry_run:
        put_between("balance", text)
    print(json.dumps({"rows": rows, "seconds": round(time.perf_counter() - start), "seed": options.seed}))


if __name__ == "__main__":
    main()
