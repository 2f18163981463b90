"""Hold the alarm about an uneven split: how often sound tests raise it, and how soon broken ones do.

    python -m bench.split_alarm [--tests 100000] [--dry-run] [--seed 2026]

Two variants, read every hour for 28 days. Each rule has error 0.001, but the chi-square at every reading, which shows
what reading it too often costs. About two minutes on one core. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, gammaln

from bench.documents import put_between
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM, SAMPLE_RATIO_ALARM_PART
from experiments.statistics.sample_ratio import MIXED_CONCENTRATIONS

DAYS = 28  # as many daily checks as a test of four weeks has: each may raise a false alarm
HOURS = 24 * DAYS
BATCH = 1_000  # tests at once: 672 readings of each take 5 MB an array
MOST_FALSE, LEAST_TOLD = 0.0015, 0.80  # the bars
Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
# Visitors of the first variant and of both, each of shape (tests, readings) and (readings,) -> which readings alarm.
Rule: TypeAlias = Callable[[Counts, Counts], NDArray[np.bool_]]


@dataclass(frozen=True)
class SimulatedSplit:
    """A simulated test: so many visitors in 28 days, of whom the first variant of an even plan gets a share."""

    visitors: int
    share: float = 0.5

    def draw(self, tests: int, random: np.random.Generator) -> tuple[Counts, Counts]:
        """Draw the first variant's visitors up to each hour of each test, and those of both."""
        both = np.arange(1, HOURS + 1) * self.visitors // HOURS
        arrivals = np.diff(both, prepend=0)
        return random.binomial(arrivals, self.share, size=(tests, HOURS)).cumsum(axis=1), both


SOUND = (SimulatedSplit(20_000), SimulatedSplit(200_000))
BROKEN = (
    SimulatedSplit(20_000, 0.52),
    SimulatedSplit(20_000, 0.53),
    SimulatedSplit(200_000, 0.505),
    SimulatedSplit(2_000, 0.56),
)


def log_bayes_factor(first: Counts, both: Counts, concentration: float) -> Floats:
    """Return the log of the beta-binomial over the binomial likelihood of an even plan, at every reading."""
    half = concentration / 2
    # by table: the same few thousand counts come again and again
    of_count = gammaln(half + np.arange(both[-1] + 1)) - gammaln(half)
    of_both = gammaln(concentration + both) - gammaln(concentration) + both * np.log(0.5)
    found: Floats = of_count[first] + of_count[both - first] - of_both
    return found


def always_valid(concentrations: Sequence[float], level: float, first: Counts, both: Counts) -> NDArray[np.bool_]:
    """Alarm where the inverse of the mean Bayes factor falls below the level."""
    mean = np.zeros(first.shape)
    for concentration in concentrations:
        # far above any threshold, an exponential would leave a double
        mean += np.exp(np.minimum(log_bayes_factor(first, both, concentration), 600.0)) / len(concentrations)
    alarms: NDArray[np.bool_] = mean * level > 1
    return alarms


def chi_square(level: float, first: Counts, both: Counts) -> NDArray[np.bool_]:
    """Alarm where the chi-square test alone would, at every reading."""
    alarms: NDArray[np.bool_] = (2 * first - both) ** 2 > chdtri(1, level) * both
    return alarms


def with_end(concentrations: Sequence[float], first: Counts, both: Counts) -> NDArray[np.bool_]:
    """Alarm by the mixture at every reading, or by the chi-square at the last one, half of the error each."""
    alarms = always_valid(concentrations, SAMPLE_RATIO_ALARM_PART, first, both)
    alarms[:, -1] |= chi_square(SAMPLE_RATIO_ALARM_PART, first[:, -1:], both[-1:])[:, 0]
    return alarms


OURS = "mixture, and chi-square once at the end"
RULES: Mapping[str, Rule] = {
    "chi-square at every reading": partial(chi_square, SAMPLE_RATIO_ALARM),
    "100 pseudo-visitors": partial(always_valid, (100.0,), SAMPLE_RATIO_ALARM),
    "1,000": partial(always_valid, (1_000.0,), SAMPLE_RATIO_ALARM),
    "10,000": partial(always_valid, (10_000.0,), SAMPLE_RATIO_ALARM),
    "mixture of 100 to 10,000": partial(always_valid, MIXED_CONCENTRATIONS[1:4], SAMPLE_RATIO_ALARM),
    "mixture of 10 to 100,000": partial(always_valid, MIXED_CONCENTRATIONS, SAMPLE_RATIO_ALARM),
    OURS: partial(with_end, MIXED_CONCENTRATIONS),
}


@dataclass(frozen=True)
class Alarms:
    """How many tests a rule alarmed about, and the visitors of both variants at the first alarm, on average."""

    tests: int
    alarms: int
    visitors: float | None

    @property
    def share(self) -> float:
        """The share of tests with an alarm."""
        return self.alarms / self.tests

    def error(self, share: float) -> float:
        """Return the Monte Carlo error of a share of so many tests."""
        return sqrt(share * (1 - share) / self.tests)


def simulate(split: SimulatedSplit, tests: int, *, seed: int, rules: Mapping[str, Rule] = RULES) -> dict[str, Alarms]:
    """Read the same tests by every rule."""
    alarms = dict.fromkeys(rules, 0)
    visitors = dict.fromkeys(rules, 0)
    random = np.random.default_rng([seed, split.visitors, round(1_000 * split.share)])
    for start in range(0, tests, BATCH):
        first, both = split.draw(min(BATCH, tests - start), random)
        for name, rule in rules.items():
            found = rule(first, both)
            is_told = found.any(axis=1)
            alarms[name] += int(is_told.sum())
            visitors[name] += int(both[found.argmax(axis=1)][is_told].sum())
    alarms_by_rule = {}
    for name, number in alarms.items():
        mean = None
        if number:
            mean = visitors[name] / number
        alarms_by_rule[name] = Alarms(tests, number, mean)
    return alarms_by_rule


Results: TypeAlias = Mapping[SimulatedSplit, Mapping[str, Alarms]]


def results_of(tests: int, seed: int) -> Results:
    """Simulate every split; broken ones, whose shares are large, with a tenth of the tests."""
    results = {}
    for split in SOUND:
        results[split] = simulate(split, tests, seed=seed)
    for split in BROKEN:
        results[split] = simulate(split, max(1, tests // 10), seed=seed)
    return results


def page(results: Results, tests: int, seed: int) -> str:
    """Write the table, a row a rule, and below it the bars that are missed."""
    heads = ["rule"]
    for split in SOUND:
        heads.append(f"false alarms, {split.visitors:,} visitors")
    for split in BROKEN:
        heads.append(f"{split.share:.1%} of {split.visitors:,}")
    lines = [
        f"Simulated with seed {seed}: {tests:,} sound tests a column, a tenth of that with an uneven split, read",
        "hourly for 28 days. Percent of tests with an alarm; in brackets, the mean visitors at the first alarm.",
        "",
        f"| {' | '.join(heads)} |",
        f"| --- |{' ---: |' * (len(heads) - 1)}",
    ]
    for rule in RULES:
        lines.append(row_of(rule, results))
    misses = missed(results) or ["No bar is missed."]
    return "\n".join([*lines, "", *misses])


def row_of(rule: str, results: Results) -> str:
    """Write a rule's row: false alarms of sound splits, then how many broken ones it found."""
    cells = [rule]
    for split in SOUND:
        found = results[split][rule]
        cells.append(f"{100 * found.share:.3f} ± {100 * found.error(found.share):.3f}")
    for split in BROKEN:
        cells.append(alarms_in_words(results[split][rule]))
    return f"| {' | '.join(cells)} |"


def alarms_in_words(found: Alarms) -> str:
    """Write how many broken tests were found, and how soon."""
    text = f"{100 * found.share:.1f}"
    if found.visitors is None:
        return text
    return f"{text} ({found.visitors:,.0f})"


def missed(results: Results) -> list[str]:
    """Return a line for each bar that our rule misses, by more than three Monte Carlo errors."""
    lines = []
    for split in SOUND:
        found = results[split][OURS]
        if found.share > MOST_FALSE + 3 * found.error(MOST_FALSE):
            lines.append(f"- {split.visitors:,} visitors: {found.share:.2%} false alarms, at most {MOST_FALSE:.2%}.")
    found = results[BROKEN[0]][OURS]
    if found.share < LEAST_TOLD - 3 * found.error(LEAST_TOLD):
        lines.append(f"- 52/48 on 20,000 visitors: told in {found.share:.1%}, at least {LEAST_TOLD:.0%}.")
    return lines


def headline(results: Results) -> dict[str, Any]:
    """Return our rule's shares and what is missed, as JSON types."""
    shares = {}
    for split, found in results.items():
        shares[f"{split.share:.3f} of {split.visitors}"] = found[OURS].share
    return {"shares": shares, "missed": missed(results)}


def main() -> None:
    """Simulate, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=100_000, help="sound tests a column")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    start = time.perf_counter()
    results = results_of(options.tests, options.seed)
    text = page(results, options.tests, options.seed)
    print(text)
    if not options.dry_run:
        put_between("split", text)
    print(json.dumps(headline(results) | {"seconds": round(time.perf_counter() - start), "seed": options.seed}))


if __name__ == "__main__":
    main()
