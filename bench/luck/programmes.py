"""Programmes of tests: how large true effects are, and what planned looks make of them.

On the scale of log(1 + lift), where the estimate of a test of usual size is nearly normal: thousands of tests a second.
The looks are those of a weekly plan over fourteen days, with their real bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.plan.scheduled_looks import BETWEEN_LOOKS, RHO
from experiments.plan.weekly_looks import WEEK
from experiments.statistics.sequential.error_spending import spending_bounds

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Integers: TypeAlias = NDArray[np.int64]

DAYS = 14
ALPHA = 0.05
# Of log(1 + lift) with the whole sample: 20,000 visitors an arm, 5% of whom buy for lognormal values with sigma 1. A
# visitor's variance over the squared mean is e / 0.05 - 1.
ERROR = sqrt(2 * (np.e / 0.05 - 1) / 20_000)
LEAST_LIFT = -0.9  # nobody loses more than everything, which a normal distribution doesn't know


class MixturePart(NamedTuple):
    """A share of a programme's tests, and the standard deviation of their true lifts."""

    share: float
    sd: float


@dataclass(frozen=True)
class SimulatedProgramme:
    """A kind of store, by how large its tests' effects are.

    - ``key``: names it in bars; ``parts``: of its tests' true lifts. ``fixed``: where given, the tests under study have
      this very lift, and the past ones those of the ``parts``.
    """

    key: str
    name: str
    parts: tuple[MixturePart, ...]
    fixed: float | None = None

    @property
    def has_effects(self) -> bool:
        """Whether tests under study differ in what is true of them, some being better and some worse."""
        return self.fixed is None and any(part.sd > 0 for part in self.parts)

    def past_lifts(self, number: int, random: np.random.Generator) -> Floats:
        """Draw true lifts of past tests."""
        shares, deviations = np.array([(part.share, part.sd) for part in self.parts]).T
        chosen = deviations[random.choice(len(shares), size=number, p=shares)]
        return np.asarray(np.maximum(chosen * random.standard_normal(number), LEAST_LIFT))

    def lifts(self, number: int, random: np.random.Generator) -> Floats:
        """Draw true lifts of the tests under study."""
        if self.fixed is None:
            return self.past_lifts(number, random)
        return np.full(number, self.fixed)


MIXTURE = (MixturePart(0.8, 0.03), MixturePart(0.2, 0.30))
PROGRAMMES = (
    SimulatedProgramme("a", "(a) 80% N(0, 3%), 20% N(0, 30%)", MIXTURE),
    SimulatedProgramme("b", "(b) N(0, 10%)", (MixturePart(1.0, 0.10),)),
    SimulatedProgramme("c", "(c) N(0, 30%)", (MixturePart(1.0, 0.30),)),
    SimulatedProgramme("d", "(d) N(0, 3%)", (MixturePart(1.0, 0.03),)),
    SimulatedProgramme("e", "(e) no effects", (MixturePart(1.0, 0.0),)),
    SimulatedProgramme("+30%", "a true +30% in (a)", MIXTURE, fixed=0.30),
)


@dataclass(frozen=True)
class FinishedTests:
    """Tests at their end, one row each: what was true, what was measured with which error, and how it ended.

    ``true``, ``measured`` and ``error`` are of log(1 + lift); ``day``: from 1; ``fraction``: of the planned sample.
    """

    true: Floats
    measured: Floats
    error: Floats
    is_shipped: Flags
    day: Integers

    @property
    def fraction(self) -> Floats:
        """The share of the planned sample that was there at the end."""
        return self.day / DAYS

    @property
    def is_first(self) -> Flags:
        """Whether the test was won at the first look that may win one."""
        return np.asarray(self.is_shipped & (self.day == WEEK))

    def chosen(self, rows: Flags | Integers) -> FinishedTests:
        """Return some of the tests."""
        return FinishedTests(
            self.true[rows], self.measured[rows], self.error[rows], self.is_shipped[rows], self.day[rows]
        )


class PlanBounds(NamedTuple):
    """What z has to reach on each day, to win and to lose; infinite on days without such a look."""

    win: Floats
    harm: Floats


@cache
def plan_bounds() -> PlanBounds:
    """Return the bounds of a weekly plan, as `spend_by_side` spends: wins by the week, harm by the day."""
    days = np.arange(1, DAYS + 1) / DAYS
    weeks = days[WEEK - 1 :: WEEK]
    harm = spending_bounds(days.tolist(), (ALPHA * (1 - BETWEEN_LOOKS) * days**RHO).tolist())
    win = np.full(DAYS, np.inf)
    win[WEEK - 1 :: WEEK] = spending_bounds(weeks.tolist(), (ALPHA * weeks**RHO).tolist())
    return PlanBounds(win, np.array(harm))


def run(lifts: Floats, random: np.random.Generator) -> FinishedTests:
    """Run tests with these true lifts, day by day, to their end."""
    true = np.log1p(lifts)
    fractions = np.arange(1, DAYS + 1) / DAYS
    steps = random.standard_normal((len(true), DAYS)) / sqrt(DAYS)
    walk = np.cumsum(steps, axis=1) + true[:, None] / ERROR * fractions
    z = walk / np.sqrt(fractions)
    bounds = plan_bounds()
    is_won = z >= bounds.win
    is_over = is_won | (-z >= bounds.harm)
    is_over[:, -1] = True
    last = is_over.argmax(axis=1)
    rows = np.arange(len(true))
    error = ERROR / np.sqrt(fractions[last])
    return FinishedTests(true, z[rows, last] * error, error, is_won[rows, last], last + 1)
