"""Hold the chance of a win by the planned end: whether it comes true, and what giving up by it costs.

    python -m bench.futility [--tests 20000] [--dry-run] [--seed 2026]

Each test has 20,000 visitors per variant in two weeks, 5% of whom buy: its log lift's error at the end is 0.073. It is
read every day and can be won after a week and at the end. About a minute on one core. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, log1p, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.documents import put_between
from experiments.plan.thresholds import FUTILE_AT_PLANNED_EFFECT, FUTILE_CHANCE
from experiments.statistics.sequential.error_spending import spending_bounds
from experiments.statistics.sequential.outlook import (
    LookAhead,
    PriorPart,
    power_at_planned_effect,
    predictive_power,
)

Floats: TypeAlias = NDArray[np.float64]
DAYS, WEEK = 14, 7
FIRST_READ = 3  # days: fewer have too few buyers to be read
ERROR_AT_END = 0.073
ALPHA = 0.05
# As tests have them, which a test holds: their owners need Django.
PRIOR_SD, RHO = 0.1, 3.0
LARGEST_Z, GRID_POINTS = 12.0, 241  # of the grid on which chances are worked out
TENTHS = 10
FEWEST_IN_A_TENTH = 200
MOST_LOST = 0.02  # the bar: points of power that giving up may cost


@dataclass(frozen=True)
class Effects:
    """The true log lifts of simulated tests: all the same, or normal about 0."""

    name: str
    fixed: float | None = None
    sd: float = 0.0

    def draw(self, tests: int, random: np.random.Generator) -> Floats:
        """Draw the true log lift of each test."""
        if self.fixed is not None:
            return np.full(tests, self.fixed)
        return self.sd * random.standard_normal(tests)


CASES = [
    Effects("none", fixed=0.0),
    Effects("+15%", fixed=log1p(0.15)),
    Effects("+30%", fixed=log1p(0.30)),
    Effects("N(0, 3%)", sd=0.03),
    Effects("N(0, 10%)", sd=0.10),
    Effects("N(0, 30%)", sd=0.30),
]


@dataclass(frozen=True)
class FutilityFinding:
    """What came of the tests of a case.

    - ``won``: the share won with all looks taken; ``given_up``: the share ever called futile before; ``lost``: of all
      tests, won in the end although they were called futile.
    - ``furthest``: by how much the chance said is off in the tenth where it is most, among those with 200 readings.
    """

    effects: Effects
    tests: int
    won: float
    given_up: float
    lost: float
    furthest: float


def win_looks() -> list[LookAhead]:
    """Return the looks that can find a win, with their bounds, by a weekly plan's spending of its half of alpha."""
    fractions = [WEEK / DAYS, 1.0]
    spent = [ALPHA * fraction**RHO for fraction in fractions]
    return list(map(LookAhead, fractions, spending_bounds(fractions, spent)))


def examine(effects: Effects, tests: int, *, seed: int) -> FutilityFinding:
    """Read every test daily, and go on whatever is said."""
    random = np.random.default_rng([seed, len(effects.name), round(1_000 * effects.sd)])
    drift = effects.draw(tests, random) / ERROR_AT_END
    steps = drift[:, None] / DAYS + random.standard_normal((tests, DAYS)) / sqrt(DAYS)
    at = steps.cumsum(axis=1)
    looks, fractions = win_looks(), np.arange(1, DAYS + 1) / DAYS
    won_at = np.full(tests, inf)
    for look in looks:
        day = round(look.information * DAYS)
        is_won = at[:, day - 1] >= look.bound * sqrt(look.information)
        won_at = np.where(is_won & np.isinf(won_at), day, won_at)
    won = np.isfinite(won_at)
    stated, came, given_up = [], [], np.zeros(tests, dtype=bool)
    for day in range(FIRST_READ, DAYS):
        fraction = float(fractions[day - 1])
        is_open = won_at > day
        chances, planned = chances_at(fraction, at[is_open, day - 1] / sqrt(fraction), looks)
        stated.append(chances)
        came.append(won[is_open])
        given_up[is_open] |= (chances < FUTILE_CHANCE) & (planned < FUTILE_AT_PLANNED_EFFECT)
    return FutilityFinding(
        effects=effects,
        tests=tests,
        won=float(won.mean()),
        given_up=float(given_up.mean()),
        lost=float((won & given_up).mean()),
        furthest=furthest_tenth(np.concatenate(stated), np.concatenate(came)),
    )


def chances_at(fraction: float, z: Floats, looks: Sequence[LookAhead]) -> tuple[Floats, Floats]:
    """Return the chance of a win said at each z, and that at the planned effect, from a fine grid of the real ones."""
    ahead = tuple(look for look in looks if look.information > fraction)
    grid = np.linspace(-LARGEST_Z, LARGEST_Z, GRID_POINTS)
    # Of the points only those beside any z are needed: without an effect, or with any that is found, a third of them.
    first = int(np.searchsorted(grid, z.min(), side="right")) - 1
    last = int(np.searchsorted(grid, z.max(), side="left"))
    near = grid[max(first, 0) : last + 1]
    chances, planned = np.array([chances_of(point, fraction, ahead) for point in near.tolist()]).T
    return np.interp(z, near, chances), np.interp(z, near, planned)


@cache  # cases differ in where their tests are, not in what is said there
def chances_of(z: float, fraction: float, ahead: tuple[LookAhead, ...]) -> tuple[float, float]:
    """Return the chance of a win said at a z, and that at the planned effect."""
    chance = predictive_power(z, fraction, ahead, prior=[PriorPart(1.0, PRIOR_SD / ERROR_AT_END)])
    return chance, power_at_planned_effect(z, fraction, ahead, alpha=ALPHA)


def furthest_tenth(chances: Floats, truths: NDArray[np.bool_]) -> float:
    """Return by how much the mean chance said and the share that came true differ, in the tenth where it is most."""
    tenths = np.minimum((chances * TENTHS).astype(int), TENTHS - 1)
    furthest = 0.0
    for tenth in range(TENTHS):
        is_in = tenths == tenth
        if is_in.sum() >= FEWEST_IN_A_TENTH:
            furthest = max(furthest, abs(float(chances[is_in].mean() - truths[is_in].mean())))
    return furthest


def page(findings: Sequence[FutilityFinding], seed: int) -> str:
    """Write the table, and below it the bars that are missed."""
    lines = [
        f"Simulated with seed {seed}, {findings[0].tests:,} tests a row, read daily from day {FIRST_READ} on. Percent",
        "of tests; the last column is the largest difference between a chance and what came of it, by tenths.",
        "",
        "| true effects | won | called futile | won although called futile | furthest off, points |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for found in findings:
        error = 100 * sqrt(found.lost * (1 - found.lost) / found.tests)
        lines.append(
            f"| {found.effects.name} | {100 * found.won:.1f} | {100 * found.given_up:.1f} | "
            f"**{100 * found.lost:.2f}** ± {error:.2f} | {100 * found.furthest:.0f} |"
        )
    return "\n".join([*lines, "", *(missed(findings) or ["No bar is missed."])])


def missed(findings: Sequence[FutilityFinding]) -> list[str]:
    """Return a line for each case in which giving up costs more power than it may, by three Monte Carlo errors."""
    lines = []
    for found in findings:
        if found.lost > MOST_LOST + 3 * sqrt(MOST_LOST * (1 - MOST_LOST) / found.tests):
            lines.append(f"- {found.effects.name}: giving up loses {found.lost:.1%} of wins, at most {MOST_LOST:.0%}.")
    return lines


def main() -> None:
    """Simulate, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    start = time.perf_counter()
    findings, lost = [], {}
    for effects in CASES:
        found = examine(effects, options.tests, seed=options.seed)
        findings.append(found)
        lost[effects.name] = found.lost
    text = page(findings, options.seed)
    print(text)
    if not options.dry_run:
        put_between("futility", text)
    print(json.dumps({"lost": lost, "missed": missed(findings), "seconds": round(time.perf_counter() - start)}))


if __name__ == "__main__":
    main()
