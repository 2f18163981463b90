"""The table of verdicts: a row a case, by the plan of now, and the bars that are missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from typing import Any

from bench.documents import put_between
from bench.verdicts.bars import Bar, State, bars_of
from bench.verdicts.cases import Case
from bench.verdicts.kept import CHUNK, KeptResults, key_of
from bench.verdicts.tallies import Tally, tally
from experiments.models import PlanVersion

OUTCOMES = ("ship", "held_up", "stop", "pause")
# What ends an A/A test.
ROADS = ("ship: look", "stop: look", "stop: between looks", "stop: guardrail")
SAID: dict[State, str] = {
    "missed": "Missed by more than three Monte Carlo errors:",
    "unclear": "Passed, by less than three Monte Carlo errors:",
}


@dataclass(frozen=True)
class Row:
    """How the tests of a case ended, and where they were read by the daily plan, too, how by that one."""

    case: Case
    tally: Tally
    daily: Tally | None = None

    @property
    def bars(self) -> list[Bar]:
        """What the case is held to, and what came of it."""
        return bars_of(self.case, self.daily, self.tally)


@dataclass(frozen=True)
class Run:
    """So many tests of each case, from a seed; ``kept`` has what was run before."""

    tests: int
    seed: int
    kept: KeptResults
    pool: Pool | None = field(default=None, compare=False)

    def row(self, case: Case) -> Row:
        """Run a case by its plans."""
        daily = None
        if case.is_compared:
            daily = self.tally(case, PlanVersion.DAILY)
        return Row(case, self.tally(case, PlanVersion.SHARED), daily)

    def tally(self, case: Case, version: int) -> Tally:
        """Run a case by one plan, a hundred tests at a time, but for those that are known already."""
        total = Tally()
        for first in range(0, self.tests, CHUNK):
            numbers = range(first, min(first + CHUNK, self.tests))
            key = key_of(case, version, self.seed, first, len(numbers))
            part = self.kept.get(key)
            if part is None:
                part = tally(case, numbers, version=version, seed=self.seed, pool=self.pool)
                self.kept.put(key, part)
            total += part
        return total


def chosen(cases: Iterable[Case], parts: Sequence[str]) -> list[Case]:
    """Return the cases whose name has one of the parts in it; all without any."""
    if not parts:
        return list(cases)
    return [case for case in cases if any(part in case.name for part in parts)]


def rows_of(cases: Sequence[Case], run: Run) -> list[Row]:
    """Run every case, and print each row once it is there."""
    rows = []
    for case in cases:
        rows.append(run.row(case))
        print(line(rows[-1]), flush=True)
    return rows


def page(rows: Sequence[Row], tests: int, seed: int) -> str:
    """Write the table, what ended tests without an effect, and which bars are passed."""
    lines = [
        f"Simulated with seed {seed}, {tests:,} tests a row. Percent of tests with their Monte Carlo errors; in",
        "parentheses, the same stores by the daily plan; days are means.",
        "",
        "| case | rolled out | held up: fading | stopped | paused | day of the end | day of the pause |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(line, rows),
        "",
        *roads(rows),
        *passed_bars(rows),
    ]
    return "\n".join(lines)


def passed_bars(rows: Sequence[Row]) -> list[str]:
    """Write which bars are missed, for sure or perhaps."""
    found: dict[State, list[str]] = {"missed": [], "unclear": []}
    for row in rows:
        for bar in row.bars:
            if bar.state != "met":
                found[bar.state].append(f"- {bar.text}")
    lines = []
    for state, texts in found.items():
        if texts:
            lines += [SAID[state], "", *texts, ""]
    return lines or ["No bar is passed, by any amount."]


def roads(rows: Sequence[Row]) -> list[str]:
    """Write what ended the tests without an effect: each has its own error to spend."""
    alike = [row for row in rows if "wrong" in row.case.most]
    if not alike:
        return []
    lines = [
        "What ended tests without an effect, in percent:",
        "",
        "| case | win at a look | loss at a look | loss between looks | guardrail | together |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in alike:
        cells = [f"{100 * row.tally.share(road):.1f}" for road in ROADS]
        together = f"**{100 * row.tally.share('wrong'):.1f}** ± {100 * row.tally.error('wrong'):.1f}"
        lines.append(f"| {' | '.join([row.case.name, *cells, together])} |")
    return [*lines, ""]


def line(row: Row) -> str:
    """Write a case's row."""
    cells = [row.case.name]
    for outcome in OUTCOMES:
        cell = f"**{100 * row.tally.share(outcome):.1f}** ± {100 * row.tally.error(outcome):.1f}"
        if row.daily is not None:
            cell += f" ({100 * row.daily.share(outcome):.1f})"
        cells.append(cell)
    for outcome in ("end", "pause"):
        cell = day(row.tally, outcome)
        if row.daily is not None:
            cell += f" ({day(row.daily, outcome)})"
        cells.append(cell)
    return f"| {' | '.join(cells)} |"


def day(tally: Tally, outcome: str) -> str:
    """Write the mean day of an outcome; a dash where there was none."""
    mean = tally.day(outcome)
    if mean is None:
        return "-"
    return f"{mean:.1f}"


def headline(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the shares by case, those of the daily plan beside, and which bars are passed, as JSON types."""
    shares: dict[str, dict[str, list[float]]] = {}
    bars: dict[str, list[str]] = {"missed": [], "unclear": []}
    for row in rows:
        shares[row.case.name] = {}
        for outcome in OUTCOMES:
            both = [row.tally.share(outcome)]
            if row.daily is not None:
                both.append(row.daily.share(outcome))
            shares[row.case.name][outcome] = both
        for bar in row.bars:
            if bar.state != "met":
                bars[bar.state].append(bar.text)
    return {"shares": shares} | bars


def write(text: str) -> None:
    """Put the table between its marks in the documentation."""
    put_between("verdicts", text)
