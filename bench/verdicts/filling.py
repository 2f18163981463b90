"""Adds hundreds of tests to the rows that have the fewest, until a number or a time is reached."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from operator import attrgetter

from bench.verdicts.cases import WANTED, Case
from bench.verdicts.kept import HUNDRED, SAMPLE, Engine, KeptResults, hundred_of, sample_digest
from bench.verdicts.tallies import ends_of


@dataclass(frozen=True, kw_only=True)
class Filling:
    """A run that adds hundreds to the kept results: from a seed, by an engine; ``pool`` shares a hundred out."""

    results: KeptResults
    engine: Engine
    seed: int
    pool: Pool | None = field(default=None, compare=False)

    def run(self, cases: Sequence[Case], *, most: int, until: float) -> int:
        """Add at most so many hundreds, none that begins after a time (``time.time``). Return how many were added."""
        for added in range(most):
            case = self.next_case(cases)
            if case is None or time.time() >= until:
                return added
            self.add_hundred(case)
        return most

    def next_case(self, cases: Sequence[Case]) -> Case | None:
        """Return the case that has the fewest tests, the first of several; ``None`` where all have what is wanted.

        Up to 2,000 all are alike; beyond, only those go on that need more.
        """
        lacking = []
        for place, case in enumerate(cases):
            tests = self.tests_of(case)
            if tests < case.wanted:
                lacking.append((tests >= WANTED, tests, place))
        if not lacking:
            return None
        return cases[min(lacking)[2]]

    def tests_of(self, case: Case) -> int:
        """Return how many tests of a case are known."""
        first_plan = next(iter(self.results.of(case, self.engine, self.seed).values()))
        return sum(map(attrgetter("tests"), first_plan))

    def add_hundred(self, case: Case) -> None:
        """Simulate the first hundred that isn't known yet, by all plans of the case, and keep it."""
        known = {one.first for one in next(iter(self.results.of(case, self.engine, self.seed).values()))}
        first = next(number for number in range(0, case.wanted, HUNDRED) if number not in known)
        added = []
        start = time.perf_counter()
        for plan in case.plans:
            outcomes = ends_of(case, range(first, first + HUNDRED), version=plan, seed=self.seed, pool=self.pool)
            added.append(hundred_of(self.engine, case, outcomes, plan=plan, seed=self.seed, first=first))
        self.results.add(case, added)
        seconds = time.perf_counter() - start
        print(f"{case.name}: tests {first} to {first + HUNDRED - 1} in {seconds:.0f} s", flush=True)

    def replay(self, cases: Iterable[Case]) -> list[str]:
        """Simulate ten tests of every row and plan again that another engine decided; carry over those that end alike.

        Return the names of the cases that don't. For changes that are meant to decide nothing, such as moved code: ten
        tests a row, read daily, don't prove it, and find what isn't rare.
        """
        different = []
        for case in cases:
            if self.decides_alike(case):
                self.results.carry_over(case, self.engine)
            else:
                different.append(case.name)
        return different

    def decides_alike(self, case: Case) -> bool:
        """Whether the first ten tests of a kept hundred end as they did, by each plan."""
        newest = {}
        for hundred in self.results.all_of(case):
            if hundred.seed == self.seed:
                newest[hundred.plan] = hundred
        for hundred in newest.values():
            tests = range(hundred.first, hundred.first + SAMPLE)
            again = ends_of(case, tests, version=hundred.plan, seed=self.seed, pool=self.pool)
            if sample_digest(again) != hundred.sample:
                return False
        return True
