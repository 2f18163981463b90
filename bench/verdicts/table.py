"""The table of verdicts: a row a case, by both plans on the same stores, and the bars that are missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from bench.verdicts.cases import Case
from bench.verdicts.tallies import Tally, missed, tally
from experiments.models import PlanVersion

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"
BEGIN, END = "<!-- verdicts:begin -->", "<!-- verdicts:end -->"
OUTCOMES = ("ship", "held_up", "stop", "pause")


@dataclass(frozen=True)
class Row:
    """How the tests of a case ended by each plan."""

    case: Case
    daily: Tally
    weekly: Tally

    @property
    def missed(self) -> list[str]:
        """The case's bars that aren't met."""
        return missed(self.case, self.daily, self.weekly)


def chosen(cases: Iterable[Case], parts: Sequence[str]) -> list[Case]:
    """Return the cases whose name has one of the parts in it; all without any."""
    if not parts:
        return list(cases)
    return [case for case in cases if any(part in case.name for part in parts)]


def rows_of(cases: Sequence[Case], tests: int, *, seed: int, pool: Pool | None = None) -> list[Row]:
    """Run every case by both plans, and print each row once it is there."""
    rows = []
    for case in cases:
        daily = tally(case, tests, version=PlanVersion.DAILY, seed=seed, pool=pool)
        weekly = tally(case, tests, version=PlanVersion.WEEKLY, seed=seed, pool=pool)
        rows.append(Row(case, daily, weekly))
        print(line(rows[-1]), flush=True)
    return rows


def page(rows: Sequence[Row], tests: int, seed: int) -> str:
    """Write the table, and below it what is missed."""
    misses = []
    for row in rows:
        misses += [f"- {text}" for text in row.missed]
    lines = [
        f"Simulated with seed {seed}, {tests:,} tests a row. Percent of tests by the daily plan, then by the weekly",
        "one with its Monte Carlo error; days are means.",
        "",
        "| case | rolled out | held up: fading | stopped | paused | day of the end | day of the pause |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(line, rows),
        "",
        *(misses or ["No bar is missed."]),
    ]
    return "\n".join(lines)


def line(row: Row) -> str:
    """Write a case's row."""
    cells = [row.case.name]
    for outcome in OUTCOMES:
        before, after, error = row.daily.share(outcome), row.weekly.share(outcome), row.weekly.error(outcome)
        cells.append(f"{100 * before:.1f}, **{100 * after:.1f}** ± {100 * error:.1f}")
    for outcome in ("end", "pause"):
        cells.append(f"{day(row.daily, outcome)}, {day(row.weekly, outcome)}")
    return f"| {' | '.join(cells)} |"


def day(tally: Tally, outcome: str) -> str:
    """Write the mean day of an outcome; a dash where there was none."""
    mean = tally.day(outcome)
    if mean is None:
        return "-"
    return f"{mean:.1f}"


def headline(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the shares of both plans by case, and what is missed, as JSON types."""
    shares, misses = {}, []
    for row in rows:
        shares[row.case.name] = {outcome: [row.daily.share(outcome), row.weekly.share(outcome)] for outcome in OUTCOMES}
        misses += row.missed
    return {"shares": shares, "missed": misses}


def write(text: str) -> None:
    """Put the table between its marks in the documentation."""
    before, _, rest = DOCS.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
