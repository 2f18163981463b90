"""The tables of follow-ups: what is held, by how much, and what the wrong ways of counting find."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import sqrt

from bench.documents import put_between
from bench.journeys.cases import AA, CAPPED_BY_MESSAGES, LIFT, ONE_CONTROL, Case
from bench.journeys.tallies import LIFTED, Tally

MAIL = ("first", "later", "beside")
JOINT = (*MAIL, "cart")
MOST_SIGNIFICANT, MOST_SPLIT, MOST_JOINT = 0.065, 0.003, 0.06
COVERED = (0.93, 0.97)
WRONG_WAYS = {
    "recipients": "recipients against all who were held out",
    "re-entries": "a row for each send point, not for each customer",
    "entry": "exposure at entry, not at the send point",
}


@dataclass(frozen=True)
class Bar:
    """A share that is held to a bound, with its Monte Carlo error."""

    name: str
    tests: int
    share: float
    error: float
    low: float
    high: float

    @property
    def is_met(self) -> bool:
        """Whether the share is within the bound."""
        return self.low <= self.share <= self.high

    def line(self) -> str:
        """Write the bar's row."""
        bound = f"at most {100 * self.high:g}%"
        if self.low:
            bound = f"{100 * self.low:g} to {100 * self.high:g}%"
        state = "met" if self.is_met else "**missed**"
        share = f"**{100 * self.share:.1f}%** ± {100 * self.error:.1f}"
        return f"| {self.name} | {self.tests:,} | {share} | {bound} | {state} |"


def of_tests(tally: Tally, names: tuple[str, ...], what: str) -> tuple[int, float, float]:
    """Return how many of these tests were read, the share of what, and its error."""
    tests = found = 0
    for name in names:
        tests += tally.counts[f"{name}: tests"]
        found += tally.counts[f"{name}: {what}"]
    if not tests:
        return 0, 0.0, 0.0
    share = found / tests
    # Of none at all, the error that one would have.
    assumed = max(share, 1 / tests)
    return tests, share, sqrt(assumed * (1 - assumed) / tests)


def bars(tallies: dict[Case, Tally]) -> list[Bar]:
    """Return what is held to a bound."""
    lifted = tallies[LIFT]
    alike = tallies[AA] + without_effect(lifted)
    found = [
        Bar(
            "A/A of follow-ups: significant at 5%, read once",
            *of_tests(alike, MAIL, "significant"),
            0,
            MOST_SIGNIFICANT,
        ),
        Bar("A/A of follow-ups: a verdict that calls it real", *of_tests(alike, MAIL, "decided"), 0, MOST_SIGNIFICANT),
        Bar("A/A of follow-ups: split alarms", *of_tests(alike, MAIL, "split"), 0, MOST_SPLIT),
        Bar("A/A of follow-ups and cart together: significant", *of_tests(alike, JOINT, "significant"), 0, MOST_JOINT),
        Bar(
            "A/A of the cart beside follow-ups: significant", *of_tests(alike, ("cart",), "significant"), 0, MOST_JOINT
        ),
    ]
    tests = lifted.counts["estimate"]
    if tests:
        share = lifted.counts["covered"] / tests
        error = sqrt(share * (1 - share) / tests)
        found.append(Bar("+8% RPV is inside the 95% interval", tests, share, error, *COVERED))
    one = tallies[ONE_CONTROL]
    name = "A/A, one control group for both journeys: significant"
    found.append(Bar(name, *of_tests(one, ("first", "beside"), "significant"), 0, MOST_SIGNIFICANT))
    return [bar for bar in found if bar.tests]


def without_effect(tally: Tally) -> Tally:
    """Return a case's counts without those of the test that has an effect."""
    counts = Counter[str]()
    for name, count in tally.counts.items():
        if not name.startswith(f"{LIFTED}:"):
            counts[name] = count
    return Tally(tally.stores, counts)


def wrong_lines(tallies: dict[Case, Tally]) -> list[str]:
    """Write what the wrong ways of counting find where there is nothing."""
    lines = []
    alike = tallies[AA]  # in the other stores they would find the effect of the first message
    for way, name in WRONG_WAYS.items():
        tests, significant, error = of_tests(alike, (way,), "significant")
        if tests:
            split = of_tests(alike, (way,), "split")[1]
            mean = alike.mean(f"{way}: estimate")
            lines.append(wrong_line(name, tests, significant, error, split, mean))
    capped = tallies[CAPPED_BY_MESSAGES]
    tests, significant, error = of_tests(capped, ("beside",), "significant")
    if tests:
        split = of_tests(capped, ("beside",), "split")[1]
        mean = capped.mean("beside: estimate")
        lines.append(
            wrong_line("caps that count messages, and nobody in control", tests, significant, error, split, mean)
        )
    return lines


def wrong_line(name: str, tests: int, significant: float, error: float, split: float, mean: float) -> str:
    """Write a wrong way's row."""
    shares = f"**{100 * significant:.1f}%** ± {100 * error:.1f} | {100 * split:.1f}%"
    return f"| {name} | {tests:,} | {shares} | {100 * mean:+.0f}% |"


def dilution(lifted: Tally) -> list[str]:
    """Write what of a true effect is found, by the send point and by entry."""
    if not lifted.counts["entry: estimate"]:
        return []
    right = f"{100 * lifted.mean('estimate'):.1f}% ± {100 * lifted.mean_error('estimate'):.1f}"
    entry = f"{100 * lifted.mean('entry: estimate'):.1f}% ± {100 * lifted.mean_error('entry: estimate'):.1f}"
    return ["", f"Of +8%, exposure at the send point finds {right} on average, exposure at entry {entry}."]


def page(tallies: dict[Case, Tally], seed: int) -> str:
    """Write the tables."""
    lines = [
        f"Simulated with seed {seed}; shares with their Monte Carlo errors.",
        "",
        "| what | tests | share | bar | |",
        "| --- | ---: | ---: | ---: | --- |",
        *[bar.line() for bar in bars(tallies)],
        "",
        "| wrong way of counting tests without an effect | tests | significant | split alarms | mean lift |",
        "| --- | ---: | ---: | ---: | ---: |",
        *wrong_lines(tallies),
        *dilution(tallies[LIFT]),
    ]
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the tables between their marks in the documentation."""
    put_between("journeys", text)


def units_of(tally: Tally) -> float:
    """Return the customers of the test whose effect is measured, on average."""
    return tally.counts[f"{LIFTED}: units"] / max(tally.counts[f"{LIFTED}: tests"], 1)
