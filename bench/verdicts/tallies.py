"""How tests of a case end: read to their end by one plan, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from math import sqrt
from multiprocessing.pool import Pool
from typing import TypeAlias

import numpy as np

from bench.verdicts.cases import DAYS, VISITORS, WINDOW_DAYS, Case
from bench.verdicts.readings import SimulatedTest, read
from bench.verdicts.stores import draw_arm

LAST_DAY = DAYS + WINDOW_DAYS + 60  # when every order and every refund has come
# The outcomes of a test, with the day of each.
Outcomes: TypeAlias = dict[str, int]


@dataclass
class Tally:
    """How many tests had each outcome, and on which days, added up; ``unheld``: rolled out or held up for fading."""

    tests: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    unheld: int = 0

    def add(self, outcomes: Outcomes) -> None:
        """Count a test."""
        self.tests += 1
        self.counts.update(outcomes.keys())
        self.unheld += not {"ship", "held_up"}.isdisjoint(outcomes)
        self.days.update(outcomes)

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


def tally(case: Case, tests: int, *, version: int, seed: int, pool: Pool | None = None) -> Tally:
    """Run so many tests of a case by a plan. The same seed gives the same stores, whatever the plan."""
    job = partial(outcomes_of, case, version, seed)
    results: Iterable[Outcomes] = map(job, range(tests))
    if pool is not None:
        results = pool.imap_unordered(job, range(tests), chunksize=10)
    found = Tally()
    for outcomes in results:
        found.add(outcomes)
    return found


def outcomes_of(case: Case, version: int, seed: int, number: int) -> Outcomes:
    """Run one test to its end: ``ship`` or ``stop``, either of them ``wrong`` without an effect, ``pause``, ``end``.

    ``held_up``: it would have been rolled out, did its effect not fade.
    """
    test = simulated(case, version, np.random.default_rng([seed, number]))
    outcomes: Outcomes = {}
    for day in range(1, LAST_DAY + 1):
        reading = read(test, day)
        if reading.is_pause:
            outcomes.setdefault("pause", day)
        if reading.is_held_up:
            outcomes.setdefault("held_up", day)
        if reading.verdict == "ship":
            return outcomes | {"ship": day, "wrong": day, "end": day}
        if reading.verdict == "stop_harm":
            return outcomes | {"stop": day, "wrong": day, "end": day}
        if reading.is_last:
            return outcomes | {"end": day}
    return outcomes


def simulated(case: Case, version: int, random: np.random.Generator) -> SimulatedTest:
    """Draw a test and, where the store has one, its past test."""
    arms = {
        "control": draw_arm(case.control, VISITORS, DAYS, random),
        "treatment": draw_arm(case.treatment, VISITORS, DAYS, random),
    }
    past = {}
    if case.has_past:
        past["control"] = draw_arm(case.control, VISITORS, DAYS, random)
    return SimulatedTest(
        arms=arms,
        planned=VISITORS,
        days=DAYS,
        window_hours=24 * WINDOW_DAYS,
        past=past,
        version=version,
        is_cut=case.is_cut,
    )


def missed(case: Case, daily: Tally, weekly: Tally) -> list[str]:
    """Return a line for each bar that the weekly plan misses, by more than three Monte Carlo errors of its share."""
    lines = []
    for outcome, most in case.most.items():
        if weekly.share(outcome) > most + 3 * sqrt(most * (1 - most) / weekly.tests):
            lines.append(f"{case.name}: {outcome} {weekly.share(outcome):.1%}, at most {most:.1%}")
    # Beside what the same plan would roll out if nobody looked at the days.
    if case.is_kept and weekly.share("ship") < unheld(weekly) - 0.02:
        lines.append(f"{case.name}: ship {weekly.share('ship'):.1%}, without looking at days {unheld(weekly):.1%}")
    if case.is_kept and weekly.share("ship") < daily.share("ship") - 0.02 - 3 * paired_error(daily, weekly):
        lines.append(f"{case.name}: ship {weekly.share('ship'):.1%}, by the daily plan {daily.share('ship'):.1%}")
    for outcome, days in case.days_later.items():
        before, after = daily.day(outcome), weekly.day(outcome)
        if before is not None and after is not None and after > before + days:
            lines.append(f"{case.name}: {outcome} on day {after:.1f}, by the daily plan on day {before:.1f}")
    return lines


def unheld(tally: Tally) -> float:
    """Return the share of tests that would be rolled out if nobody looked at the days of exposure."""
    return tally.unheld / tally.tests


def paired_error(daily: Tally, weekly: Tally) -> float:
    """Return at most the Monte Carlo error of a difference of two shares of the same stores."""
    return max(daily.error("ship"), weekly.error("ship"))
