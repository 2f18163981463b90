"""The tables of luck: what is said of winners by four estimators, how far beliefs are off, and the bars missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from bench.figures import as_list
from bench.luck import estimators
from bench.luck.bars import BELIEF_BARS, LUCK_BARS, BeliefBar, LuckBar
from bench.luck.programmes import PROGRAMMES, Floats, SimulatedProgramme
from bench.luck.study import Believed, StoreStudy

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"
BEGIN, END = "<!-- luck:begin -->", "<!-- luck:end -->"
PAST_TESTS = (0, 20, 100)
LEARNED = (20, 100)
# Of each store: few, so that chance among the stores' past tests is seen many times.
WINNERS_OF_A_STORE, TESTS_OF_A_STORE = 4, 12
ERRORS = 3  # Monte Carlo errors by which a bar has to be missed to count


@dataclass(frozen=True)
class LuckRow:
    """A programme's winners: the mean true lift, and what each estimator shows; ``at_first`` of the first look."""

    programme: SimulatedProgramme
    past: int
    winners: Believed
    shown: dict[str, Floats]

    @property
    def bar(self) -> LuckBar:
        """What must hold; no bar where nothing is asked."""
        return LUCK_BARS.get((self.programme.key, self.past), LuckBar())

    def mean(self, values: Floats, *, at_first: bool = False) -> float:
        """Return a mean over all winners, or those of the first look."""
        if at_first:
            values = values[self.winners.tests.is_first]
        return float(values.mean())

    def bias(self, name: str, *, at_first: bool = False) -> float:
        """Return the mean lift shown less the mean true one."""
        return self.mean(self.shown[name] - self.winners.true_lifts, at_first=at_first)

    def error(self, *, at_first: bool = False) -> float:
        """Return the Monte Carlo error of the prior's bias, counting a store's winners as one."""
        off = self.winners.shown - self.winners.true_lifts
        count = len(off)
        if at_first:
            off = off[self.winners.tests.is_first]
            count = max(len(off), 2)
        return float(off.std()) / sqrt(count / WINNERS_OF_A_STORE)

    @property
    def missed(self) -> list[str]:
        """The bars that aren't met, by more than three Monte Carlo errors."""
        lines, name = [], f"{self.programme.name}, {self.past} past tests"
        for most, at_first in ((self.bar.most, False), (self.bar.at_first, True)):
            bias = self.bias("prior", at_first=at_first)
            if most is not None and abs(bias) > most + ERRORS * self.error(at_first=at_first):
                lines.append(f"{name}: {signed(bias)} points off, at most {100 * most:.0f}")
        shown = self.mean(self.winners.shown)
        if self.bar.shown is not None and not within(shown, self.bar.shown, ERRORS * self.error()):
            lines.append(f"{name}: shown as {signed(shown)}%")
        coverage = self.winners.coverage
        chance = sqrt(coverage * (1 - coverage) / len(self.winners.shown))
        if self.bar.coverage is not None and not within(coverage, self.bar.coverage, ERRORS * chance):
            lines.append(f"{name}: intervals hold {100 * coverage:.1f}%")
        return lines


@dataclass(frozen=True)
class BeliefRow:
    """All tests of a programme, winners or not, with what is believed of them."""

    programme: SimulatedProgramme
    past: int
    tests: Believed

    @property
    def missed(self) -> list[str]:
        """The bars that aren't met, by more than three Monte Carlo errors."""
        bar: BeliefBar = BELIEF_BARS[self.past]
        lines, name = [], f"{self.programme.name}, {self.past} past tests"
        coverage, worst = self.tests.coverage, self.tests.farthest_tenth
        if not within(coverage, bar.coverage, ERRORS * sqrt(coverage * (1 - coverage) / len(self.tests.shown))):
            lines.append(f"{name}: beliefs hold {100 * coverage:.1f}%")
        # A share of at least 500 tests has an error of up to 2.2 points.
        if worst.off > bar.tenth + ERRORS * worst.error:
            lines.append(f"{name}: a tenth is {100 * worst.off:.1f} points off, at most {100 * bar.tenth:.0f}")
        return lines


def within(value: float, limits: tuple[float, float], slack: float) -> bool:
    """Whether a value lies between two limits, or beyond them by no more than the slack."""
    return limits[0] - slack <= value <= limits[1] + slack


def luck_rows(winners: int, seed: int, pool: Pool | None = None) -> list[LuckRow]:
    """Run every programme with each number of past tests; at least so many winners each."""
    rows = []
    for programme in PROGRAMMES:
        for past in PAST_TESTS:
            study = StoreStudy(programme=programme, past=past, kept=WINNERS_OF_A_STORE, are_winners=True, seed=seed)
            rows.append(luck_row(programme, past, study.of_stores(winners, pool)))
            print(luck_line(rows[-1]), flush=True)
    return rows


def luck_row(programme: SimulatedProgramme, past: int, winners: Believed) -> LuckRow:
    """Return a programme's winners by all estimators; those that don't know past tests are told once."""
    shown = {"prior": winners.shown}
    if past == 0:
        shown["measured"] = estimators.measured(winners.tests)
        shown["conditional"] = estimators.conditional(winners.tests)
        shown["median"] = estimators.median_unbiased(winners.tests)
    return LuckRow(programme, past, winners, shown)


def belief_rows(tests: int, seed: int, pool: Pool | None = None) -> list[BeliefRow]:
    """Run every programme with effects, winners or not."""
    rows = []
    for programme in PROGRAMMES:
        if not programme.has_effects:
            continue
        for past in LEARNED:
            study = StoreStudy(programme=programme, past=past, kept=TESTS_OF_A_STORE, are_winners=False, seed=seed + 1)
            rows.append(BeliefRow(programme, past, study.of_stores(tests, pool)))
            print(belief_line(rows[-1]), flush=True)
    return rows


def page(luck: Sequence[LuckRow], beliefs: Sequence[BeliefRow], *, seed: int) -> str:
    """Write both tables, and below them what is missed."""
    misses = missed(luck, beliefs)
    lines = [
        f"Simulated with seed {seed}: at least {len(luck[0].winners.shown):,} winners a row, and "
        f"{len(beliefs[0].tests.shown):,} tests a row of the second table.",
        "",
        "| programme | past tests | true | as measured | conditional | median-unbiased | **shown** | first look | "
        "interval holds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(luck_line, luck),
        "",
        "Mean lifts of winners in percent; *first look*: by how many points the lift shown differs from the true one "
        "among",
        "the winners of the first look, as shown and (with no past tests) as measured.",
        "",
        "| programme | past tests | interval holds | chance to win off by at most |",
        "| --- | ---: | ---: | ---: |",
        *map(belief_line, beliefs),
        "",
        as_list(misses) or "No bar is missed.",
    ]
    return "\n".join(lines)


def luck_line(row: LuckRow) -> str:
    """Write a programme's row."""
    cells = [row.programme.name, str(row.past), signed(row.mean(row.winners.true_lifts))]
    for name in ("measured", "conditional", "median"):
        cells.append(signed(row.mean(row.shown[name])) if name in row.shown else "")
    cells.append(f"**{signed(row.mean(row.winners.shown))}** ± {100 * row.error():.1f}")
    first = signed(row.bias("prior", at_first=True))
    if "measured" in row.shown:
        first = f"{first} ({signed(row.bias('measured', at_first=True))})"
    cells += [first, f"{100 * row.winners.coverage:.1f}%"]
    return f"| {' | '.join(cells)} |"


def belief_line(row: BeliefRow) -> str:
    """Write a programme's row of beliefs."""
    worst = row.tests.farthest_tenth
    off = f"{100 * worst.off:.1f} ± {100 * worst.error:.1f}"
    return f"| {row.programme.name} | {row.past} | {100 * row.tests.coverage:.1f}% | {off} |"


def signed(share: float) -> str:
    """Write a share in percent, with its sign."""
    return f"{100 * share:+.1f}"


def missed(luck: Sequence[LuckRow], beliefs: Sequence[BeliefRow]) -> list[str]:
    """Return what is missed of both tables."""
    lines = []
    for row in luck:
        lines += row.missed
    for belief in beliefs:
        lines += belief.missed
    return lines


def headline(luck: Sequence[LuckRow], beliefs: Sequence[BeliefRow]) -> dict[str, Any]:
    """Return the figures as JSON types."""
    shown = {}
    for row in luck:
        name = f"{row.programme.key} {row.past}"
        shown[name] = [round(row.mean(row.winners.shown), 4), round(row.bias("prior"), 4)]
    return {"shown_and_bias": shown, "missed": missed(luck, beliefs)}


def write(text: str) -> None:
    """Put the tables between their marks in the documentation."""
    before, _, rest = DOCS.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
