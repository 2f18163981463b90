"""The tables of follow-ups: what is held, by how much, and what the wrong ways of counting find."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from bench.documents import put_between
from bench.journeys.cases import AA, CAPPED_BY_MESSAGES, LIFT, OFTEN, ONE_CONTROL, StoreCase
from bench.journeys.tallies import LIFTED, StoreTally

MAIL = ("first", "later", "beside")
JOINT = (*MAIL, "cart")
MOST_SIGNIFICANT, MOST_SPLIT, MOST_JOINT = 0.065, 0.003, 0.06
COVERED = (0.93, 0.97)
ENOUGH = 1_000


@dataclass(frozen=True)
class RateBar:
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

    @property
    def state(self) -> str:
        """Whether the bound is held, and by enough tests."""
        state = "met" if self.is_met else "**missed**"
        if self.tests < ENOUGH:
            state += ", of too few yet"
        return state

    def line(self) -> str:
        """Write the bar's row."""
        bound = f"at most {100 * self.high:g}%"
        if self.low:
            bound = f"{100 * self.low:g} to {100 * self.high:g}%"
        share = f"**{100 * self.share:.1f}%** ± {100 * self.error:.1f}"
        return f"| {self.name} | {self.tests:,} | {share} | {bound} | {self.state} |"


class Share(NamedTuple):
    """A share of so many tests, and its Monte Carlo error."""

    tests: int
    share: float
    error: float


def share_of(found: int, tests: int) -> Share:
    """Return a share of tests; of none found at all, the error is what a single one would have."""
    if not tests:
        return Share(0, 0.0, 0.0)
    share = found / tests
    assumed = max(share, 1 / tests)
    return Share(tests, share, sqrt(assumed * (1 - assumed) / tests))


def of_tests(tally: StoreTally, names: tuple[str, ...], what: str) -> Share:
    """Return the share of these tests that something was found of."""
    return share_of(counted_of(tally, names, what), counted_of(tally, names, "tests"))


def of_read(tally: StoreTally, names: tuple[str, ...], what: str) -> Share:
    """Return the share of those of these tests that had enough customers to be read."""
    return share_of(counted_of(tally, names, what), counted_of(tally, names, "read"))


def counted_of(tally: StoreTally, names: tuple[str, ...], what: str) -> int:
    """Return of how many of these tests something was found."""
    found = 0
    for name in names:
        found += tally.counts[f"{name}: {what}"]
    return found


def bars(tallies: dict[StoreCase, StoreTally]) -> list[RateBar]:
    """Return what is held to a bound, where anything was simulated."""
    lifted = tallies[LIFT]
    alike = tallies[AA] + without_effect(lifted)
    found = [
        RateBar("A/A of follow-ups: significant", *of_read(alike, MAIL, "significant"), 0, MOST_SIGNIFICANT),
        RateBar("of these, the later step", *of_read(alike, ("later",), "significant"), 0, MOST_SIGNIFICANT),
        RateBar("A/A of follow-ups: a verdict calls it real", *of_read(alike, MAIL, "decided"), 0, MOST_SIGNIFICANT),
        RateBar("A/A of follow-ups: split alarms", *of_tests(alike, MAIL, "split"), 0, MOST_SPLIT),
        RateBar(
            "A/A of follow-ups and the cart's test: significant", *of_read(alike, JOINT, "significant"), 0, MOST_JOINT
        ),
        RateBar("of these, the cart's test", *of_read(alike, ("cart",), "significant"), 0, MOST_JOINT),
        RateBar(
            "+8% is inside the 95% interval", *share_of(lifted.counts["covered"], lifted.counts["estimate"]), *COVERED
        ),
        *bars_of_others(tallies[ONE_CONTROL], tallies[OFTEN]),
    ]
    return [bar for bar in found if bar.tests]


def bars_of_others(one_control: StoreTally, often: StoreTally) -> list[RateBar]:
    """Return what is held where both journeys have one control group, and where customers come back often."""
    one, redrawn = ("first", "beside"), ("redrawn customers",)
    return [
        RateBar(f"{ONE_CONTROL.name}: significant", *of_read(one_control, one, "significant"), 0, MOST_SIGNIFICANT),
        RateBar(f"{OFTEN.name}: significant", *of_read(often, MAIL, "significant"), 0, MOST_SIGNIFICANT),
        RateBar("their arms drawn again: significant", *of_tests(often, redrawn, "significant"), 0, MOST_SIGNIFICANT),
        RateBar("their arms drawn again: split alarms", *of_tests(often, redrawn, "split"), 0, MOST_SPLIT),
    ]


def without_effect(tally: StoreTally) -> StoreTally:
    """Return a case's counts without those of the test that has an effect."""
    counts = Counter[str]()
    for name, count in tally.counts.items():
        if not name.startswith(f"{LIFTED}:"):
            counts[name] = count
    return StoreTally(tally.stores, counts)


def wrong_lines(tallies: dict[StoreCase, StoreTally]) -> list[str]:
    """Write what the wrong ways of counting find where there is nothing."""
    # Of the A/A stores alone: in the others they would find the effect of the first message.
    return [
        wrong_line(tallies[AA], "recipients first", "recipients against all held out, of the first step"),
        wrong_line(tallies[AA], "recipients later", "recipients against all held out, of the later step"),
        wrong_line(tallies[AA], "recipients beside", "recipients against all held out, of the other journey"),
        wrong_line(tallies[OFTEN], "redrawn re-entries", "a row for each send point, not for each customer"),
        wrong_line(tallies[CAPPED_BY_MESSAGES], "beside", "caps that count messages, and nobody in control"),
        wrong_line(tallies[AA], "entry", "exposure at entry, not at the send point"),
    ]


def wrong_line(tally: StoreTally, way: str, name: str) -> str:
    """Write a wrong way's row."""
    significant = of_tests(tally, (way,), "significant")
    split = of_tests(tally, (way,), "split")
    shares = f"**{100 * significant.share:.1f}%** ± {100 * significant.error:.1f} | {100 * split.share:.1f}%"
    return f"| {name} | {significant.tests:,} | {shares} | {mean_lift(tally, f'{way}: estimate')} |"


def mean_lift(tally: StoreTally, name: str) -> str:
    """Write the lift that a way of counting shows on average; nothing where that isn't known."""
    if not tally.counts[name]:
        return ""
    return f"{100 * tally.mean(name):+.0f}% ± {100 * tally.mean_error(name):.0f}"


def dilution(lifted: StoreTally) -> list[str]:
    """Write what of a true effect is found, by the send point and by entry."""
    if not lifted.counts["entry: estimate"]:
        return []
    right = f"{100 * lifted.mean('estimate'):.1f}% ± {100 * lifted.mean_error('estimate'):.1f}"
    entry = f"{100 * lifted.mean('entry: estimate'):.1f}% ± {100 * lifted.mean_error('entry: estimate'):.1f}"
    return ["", f"Of +8%, exposure at the send point finds {right} on average, exposure at entry {entry}."]


def page(tallies: dict[StoreCase, StoreTally], seed: int) -> str:
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
