"""How tests of a case end: read to their end by one plan, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import sqrt
from multiprocessing.pool import Pool
from statistics import stdev
from typing import TypeAlias

import numpy as np

from bench.verdicts.cases import DAYS, WINDOW_DAYS, Case
from bench.verdicts.readings import SimulatedTest, read, undatabased
from bench.verdicts.stores import draw_arm

LAST_DAY = DAYS + WINDOW_DAYS + 60  # when every order and every refund has come
# The outcomes of a test, with the day of each.
Outcomes: TypeAlias = dict[str, int]


@dataclass
class Tally:
    """How many tests had each outcome, and on which days, added up; ``unheld``: rolled out or held up for fading.

    ``parts``: the groups that were added up, such as hundreds.
    """

    tests: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    unheld: int = 0
    parts: tuple[Tally, ...] = field(default=(), compare=False)

    def add(self, outcomes: Outcomes) -> None:
        """Count a test."""
        self.tests += 1
        self.counts.update(outcomes.keys())
        self.unheld += not {"ship", "held_up"}.isdisjoint(outcomes)
        self.days.update(outcomes)

    def __add__(self, other: Tally) -> Tally:
        """Return both groups of tests as one."""
        return Tally(
            self.tests + other.tests,
            self.counts + other.counts,
            self.days + other.days,
            self.unheld + other.unheld,
            (*self.groups, *other.groups),
        )

    @property
    def groups(self) -> tuple[Tally, ...]:
        """The groups that it was added up from; itself where it wasn't, and none without tests."""
        if self.parts or not self.tests:
            return self.parts
        return (self,)

    def day_error(self, outcome: str) -> float:
        """Return the Monte Carlo error of the mean day, by how the groups' means vary; 0 of fewer than two."""
        means = [mean for mean in (group.day(outcome) for group in self.groups) if mean is not None]
        if len(means) < 2:
            return 0.0
        return stdev(means) / sqrt(len(means))

    def share(self, outcome: str) -> float:
        """Return the share of tests with an outcome."""
        return self.counts[outcome] / self.tests

    def error(self, outcome: str) -> float:
        """Return the Monte Carlo error of a share."""
        share = self.share(outcome)
        return sqrt(share * (1 - share) / self.tests)

    def day(self, outcome: str) -> float | None:
        """Return the mean day of an outcome; ``None`` where there was none."""
        if not self.counts[outcome]:
            return None
        return self.days[outcome] / self.counts[outcome]


def tally(case: Case, tests: Iterable[int], *, version: int, seed: int, pool: Pool | None = None) -> Tally:
    """Run these tests of a case, by number, by a plan. The same seed gives the same stores, whatever the plan."""
    return tally_of(ends_of(case, tests, version=version, seed=seed, pool=pool))


def tally_of(outcomes: Iterable[Outcomes]) -> Tally:
    """Count how tests ended."""
    found = Tally()
    for one in outcomes:
        found.add(one)
    return found


def ends_of(
    case: Case, tests: Iterable[int], *, version: int, seed: int, pool: Pool | None = None
) -> Sequence[Outcomes]:
    """Run these tests of a case, and return how each ended, in the order of their numbers."""
    job = partial(outcomes_of, case, version, seed)
    if pool is None:
        return list(map(job, tests))
    return pool.map(job, tests, chunksize=5)


def outcomes_of(case: Case, version: int, seed: int, number: int) -> Outcomes:
    """Run one test to its end: ``ship`` or ``stop``, either of them ``wrong`` without an effect, ``pause``, ``end``.

    ``held_up``: it would have been rolled out, did its effect not fade. ``ship: look`` and the like: what ended it.
    """
    test = simulated(case, version, np.random.default_rng([seed, case.random_numbers, number]))
    with undatabased(test):
        return ends_by(test)


def ends_by(test: SimulatedTest) -> Outcomes:
    """Read a test day by day to its end."""
    outcomes: Outcomes = {}
    for day in range(1, LAST_DAY + 1):
        reading = read(test, day)
        if reading.is_pause:
            outcomes.setdefault("pause", day)
        if reading.is_held_up:
            outcomes.setdefault("held_up", day)
        if reading.verdict == "ship":
            return outcomes | {"ship": day, f"ship: {reading.road}": day, "wrong": day, "end": day}
        if reading.verdict == "stop_harm":
            return outcomes | {"stop": day, f"stop: {reading.road}": day, "wrong": day, "end": day}
        if reading.is_last:
            return outcomes | {"end": day}
    return outcomes


def simulated(case: Case, version: int, random: np.random.Generator) -> SimulatedTest:
    """Draw a test and, where the store has one, its past test."""
    arms = {}
    for key, (behavior, visitors) in case.arms.items():
        arms[key] = draw_arm(behavior, visitors, DAYS, random)
    past = {}
    if case.has_past:
        past["control"] = draw_arm(case.control, case.visitors[0], DAYS, random)
    return SimulatedTest(
        arms=arms,
        planned=min(case.visitors),
        days=DAYS,
        window_hours=24 * WINDOW_DAYS,
        past=past,
        version=version,
        is_cut=case.is_cut,
    )
