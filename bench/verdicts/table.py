"""The table of verdicts: a row a case, by the plan of now, and the bars that are missed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bench.documents import put_between
from bench.verdicts.bars import Bar, State, bars_of
from bench.verdicts.cases import Case
from bench.verdicts.kept import Engine, KeptResults
from bench.verdicts.tallies import Tally
from experiments.models import PlanVersion

OUTCOMES = ("ship", "held_up", "stop", "pause")
# What ends an A/A test.
ROADS = ("ship: look", "stop: look", "stop: between looks", "stop: guardrail")
SAID: dict[State, str] = {
    "missed": "Missed by more than three Monte Carlo errors:",
    "unclear": "Passed, by less than three Monte Carlo errors:",
}


@dataclass(frozen=True)
class CaseRow:
    """How the tests of a case ended, and where they were read by the daily plan, too, how by that one.

    ``beside``: the tests of the case that this one is compared with.
    """

    case: Case
    tally: Tally
    daily: Tally | None = None
    beside: Tally | None = None

    @property
    def bars(self) -> list[Bar]:
        """What the case is held to, and what came of it."""
        return bars_of(self.case, self.daily, self.tally, self.beside)


def kept_rows(cases: Sequence[Case], results: KeptResults, engine: Engine, seed: int) -> list[CaseRow]:
    """Return the rows of all cases that have results."""
    rows: dict[str, CaseRow] = {}
    for case in cases:
        by_plan = results.of(case, engine, seed)
        tallies = {}
        for plan, hundreds in by_plan.items():
            tallies[plan] = sum(map(attrgetter("tally"), hundreds), Tally())
        if tallies[PlanVersion.SHARED].tests:
            beside = None
            if case.same_as in rows:
                beside = rows[case.same_as].tally
            rows[case.name] = CaseRow(case, tallies[PlanVersion.SHARED], tallies.get(PlanVersion.DAILY), beside)
    return list(rows.values())


def chosen(cases: Sequence[Case], parts: Sequence[str]) -> list[Case]:
    """Return the cases whose name has one of the parts in it; all without any. A whole name picks its case alone."""
    if not parts:
        return list(cases)
    wanted = set()
    names = list(map(attrgetter("name"), cases))
    for part in parts:
        wanted |= names_meant(part, names)
    return [case for case in cases if case.name in wanted]


def names_meant(part: str, names: Collection[str]) -> set[str]:
    """Return the names that have the part in them; if it is a whole name, that one alone."""
    if part in names:
        return {part}
    return {name for name in names if part in name}


def page(rows: Sequence[CaseRow], seed: int) -> str:
    """Write the table, what ended tests without an effect, and which bars are passed."""
    lines = [
        f"Simulated with seed {seed}. Percent of tests with their Monte Carlo errors; in parentheses, the same",
        "stores by the daily plan; days are means.",
        "",
        "| case | tests | rolled out | held up: fading | stopped | paused | day of the end | day of the pause |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(line, rows),
        "",
        *roads(rows),
        *passed_bars(rows),
    ]
    return "\n".join(lines)


def passed_bars(rows: Sequence[CaseRow]) -> list[str]:
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


def roads(rows: Sequence[CaseRow]) -> list[str]:
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


def line(row: CaseRow) -> str:
    """Write a case's row."""
    cells = [row.case.name, f"{row.tally.tests:,}"]
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


def headline(rows: Sequence[CaseRow]) -> dict[str, Any]:
    """Return the shares by case, those of the daily plan beside, and which bars are passed, as JSON types."""
    shares: dict[str, dict[str, list[float]]] = {}
    tests: dict[str, int] = {}
    bars: dict[str, list[str]] = {"missed": [], "unclear": []}
    for row in rows:
        shares[row.case.name] = {}
        tests[row.case.name] = row.tally.tests
        for outcome in OUTCOMES:
            both = [row.tally.share(outcome)]
            if row.daily is not None:
                both.append(row.daily.share(outcome))
            shares[row.case.name][outcome] = both
        for bar in row.bars:
            if bar.state != "met":
                bars[bar.state].append(bar.text)
    return {"tests": tests, "shares": shares} | bars


def write(text: str) -> None:
    """Put the table between its marks in the documentation."""
    put_between("verdicts", text)
