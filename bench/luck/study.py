"""Stores with past tests, their learnt prior, and what it makes of their next tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from multiprocessing.pool import Pool
from typing import Any, NamedTuple

import numpy as np

from bench.luck.programmes import FinishedTests, Flags, Floats, SimulatedProgramme, run
from experiments.statistics.priors.learning import learn_prior
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior
from experiments.statistics.priors.scale_mixture import EffectPrior

DRAWN = 400  # tests of a store at a time, most of which end without a win
TENTHS = 10
FEWEST_IN_A_TENTH = 500  # below, a share says little


class FarTenth(NamedTuple):
    """By how much the chance to win is off among tests of which nearly the same is said, with its Monte Carlo error."""

    off: float
    error: float


@dataclass(frozen=True)
class Believed:
    """What the prior makes of tests: the lift shown, its interval and the chance to win, beside what is true."""

    tests: FinishedTests
    shown: Floats
    low: Floats
    high: Floats
    chance: Floats

    @property
    def true_lifts(self) -> Floats:
        """The true lifts."""
        return np.asarray(np.expm1(self.tests.true))

    @property
    def is_covered(self) -> Flags:
        """Whether the interval holds the truth."""
        return (self.low <= self.true_lifts) & (self.true_lifts <= self.high)

    @property
    def coverage(self) -> float:
        """The share of tests whose interval holds the truth."""
        return float(self.is_covered.mean())

    @property
    def farthest_tenth(self) -> FarTenth:
        """The tenth of the chance to win, among those with enough tests, that is off the most."""
        wins = self.tests.true > 0
        tenth = np.minimum((self.chance * TENTHS).astype(int), TENTHS - 1)
        farthest = FarTenth(0.0, 0.0)
        for number in range(TENTHS):
            rows = tenth == number
            if rows.sum() < FEWEST_IN_A_TENTH:
                continue
            share = float(wins[rows].mean())
            off = abs(float(self.chance[rows].mean()) - share)
            farthest = max(farthest, FarTenth(off, sqrt(share * (1 - share) / int(rows.sum()))))
        return farthest


@dataclass(frozen=True, kw_only=True)
class StoreStudy:
    """What the stores of a study do: ``past`` tests each, then others, of which ``kept`` are read.

    ``are_winners``: those that were won alone; else whichever they are.
    """

    programme: SimulatedProgramme
    past: int
    kept: int
    are_winners: bool
    seed: int

    def of_stores(self, tests: int, pool: Pool | None = None) -> Believed:
        """Return so many tests, or a few more, from as many stores as that takes."""
        stores = range(-(-tests // self.kept))
        each: Iterable[Believed] = map(self.of_store, stores)
        if pool is not None:
            each = pool.imap(self.of_store, stores, chunksize=10)
        return joined(list(each))

    def of_store(self, number: int) -> Believed:
        """Return one store's tests, read by the prior that its past ones lead to."""
        random = np.random.default_rng([self.seed, self.past, number])
        prior = prior_after(run(self.programme.past_lifts(self.past, random), random))
        return read(self.next_tests(random), prior)

    def next_tests(self, random: np.random.Generator) -> FinishedTests:
        """Draw the tests under study, as many as are kept."""
        if not self.are_winners:
            return run(self.programme.lifts(self.kept, random), random)
        drawn = run(self.programme.lifts(DRAWN, random), random)
        winners = drawn.chosen(drawn.is_shipped)
        while len(winners.true) < self.kept:
            more = run(self.programme.lifts(DRAWN, random), random)
            winners = joined_tests([winners, more.chosen(more.is_shipped)])
        return winners.chosen(np.arange(self.kept))


def prior_after(past: FinishedTests) -> EffectPrior:
    """Return the prior that a store's past tests lead to, all of them, winners or not."""
    return learn_prior(list(map(EffectLikelihood, past.measured, past.error)))


def read(tests: FinishedTests, prior: EffectPrior) -> Believed:
    """Read tests by a prior, as a report does."""
    rows = []
    for measured, error in zip(tests.measured, tests.error, strict=True):
        posterior = effect_posterior(EffectLikelihood(measured, error), prior).summary()
        rows.append((posterior.mean, posterior.low, posterior.high, posterior.chance_to_win))
    return Believed(tests, *np.array(rows, dtype=np.float64).T)


def joined_tests(parts: Sequence[FinishedTests]) -> FinishedTests:
    """Return several stores' tests as one."""
    return FinishedTests(*joined_columns(parts, FinishedTests.__dataclass_fields__))


def joined_columns(parts: Sequence[object], names: Iterable[str]) -> list[Any]:
    """Put the parts' columns of these names one behind the other."""
    columns: list[Any] = []
    for name in names:
        columns.append(np.concatenate([getattr(part, name) for part in parts]))
    return columns


def joined(parts: Sequence[Believed]) -> Believed:
    """Return several stores' readings as one."""
    columns = joined_columns(parts, ("shown", "low", "high", "chance"))
    return Believed(joined_tests([part.tests for part in parts]), *columns)
