"""What stores of a case add up to: how often tests ended how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from bench.journeys.cases import StoreCase
from bench.journeys.readings import SingleReading, read_test
from bench.journeys.shops import draw_customers
from bench.journeys.stores import launch, make_store
from bench.journeys.weeks import Weeks, bring_orders, live_through
from bench.journeys.wrong_ways import WrongReading, redrawn_readings, wrong_readings
from experiments.accounting.rollups import refresh_touched

# Of a test with an effect, or of none.
LIFTED = "first"
BEFORE_ALL = -1e6  # days


@dataclass(frozen=True)
class StoreTally:
    """Counts of what happened, and sums of estimates with their squares, by what they are of."""

    stores: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: StoreTally) -> StoreTally:
        return StoreTally(self.stores + other.stores, self.counts + other.counts, added(self.sums, other.sums))

    def share(self, what: str, of: str) -> float:
        """Return a share of tests."""
        return self.counts[what] / self.counts[of]

    def error(self, what: str, of: str) -> float:
        """Return the Monte Carlo error of a share; of none at all, what a single one would have."""
        share = max(self.share(what, of), 1 / self.counts[of])
        return sqrt(share * (1 - min(share, 1.0)) / self.counts[of])

    def mean(self, what: str) -> float:
        """Return the mean of estimates."""
        return self.sums[what] / self.counts[what]

    def mean_error(self, what: str) -> float:
        """Return the Monte Carlo error of the mean."""
        number = self.counts[what]
        variance = self.sums[f"{what} squared"] / number - self.mean(what) ** 2
        return sqrt(max(variance, 0.0) / number)


def added(one: Counter[str], other: Counter[str]) -> Counter[str]:
    """Add two up; unlike their sum, negative ones stay."""
    found = Counter(one)
    found.update(other)
    return found


def tally_store(case: StoreCase, number: int, seed: int) -> StoreTally:
    """Simulate one store to its end, and count what its tests said. It stays in the database."""
    weeks = lived(case, number, seed)
    readings = {name: read_test(weeks.simulated, test) for name, test in weeks.simulated.tests.items()}
    tally = counted(case, readings, wrong_readings(weeks))
    for name, redrawn in redrawn_readings(weeks).items():
        tally.counts[f"redrawn {name}: tests"] += redrawn.tests
        tally.counts[f"redrawn {name}: significant"] += redrawn.significant
        tally.counts[f"redrawn {name}: split"] += redrawn.split
    return tally


def lived(case: StoreCase, number: int, seed: int) -> Weeks:
    """Let a store live to the end of its last window, with all its sums up to date."""
    random = np.random.default_rng([seed, case.random_numbers, number])
    customers = draw_customers(case.shop, random)
    weeks = Weeks(make_store(case, number, customers), customers)
    bring_orders(weeks, BEFORE_ALL, 0.0)
    launch(weeks.simulated, number)
    live_through(weeks)
    refresh_touched()
    return weeks


def counted(
    case: StoreCase, readings: dict[str, SingleReading], wrong: Iterable[tuple[str, WrongReading]]
) -> StoreTally:
    """Count a store's readings."""
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for name, reading in readings.items():
        count_reading(counts, name, reading)
        note_estimate(counts, sums, f"{name}: estimate", reading.estimate)
        if case.lift and name == LIFTED:
            counts["covered"] += bool(reading.covers(case.lift))
            note_estimate(counts, sums, "estimate", reading.estimate)
    for name, found in wrong:
        counts[f"{name}: tests"] += 1
        counts[f"{name}: significant"] += found.is_significant
        counts[f"{name}: split"] += found.is_split_alarming
        note_estimate(counts, sums, f"{name}: estimate", found.estimate)
    return StoreTally(1, +counts, sums)


def count_reading(counts: Counter[str], name: str, reading: SingleReading) -> None:
    """Count what one test said, by its name."""
    counts[f"{name}: tests"] += 1
    counts[f"{name}: units"] += reading.units
    counts[f"{name}: read"] += reading.p_value is not None
    counts[f"{name}: decided"] += reading.is_decided
    counts[f"{name}: significant"] += reading.is_significant
    counts[f"{name}: split"] += reading.is_split_alarming


def note_estimate(counts: Counter[str], sums: Counter[str], name: str, estimate: float | None) -> None:
    """Add an estimate to its sums."""
    if estimate is None:
        return
    counts[name] += 1
    sums[name] += estimate  # type: ignore[assignment]
    sums[f"{name} squared"] += estimate**2  # type: ignore[assignment]
