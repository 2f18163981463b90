"""What a case is held to, and how far its simulated tests are from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Literal

from bench.verdicts.cases import Case
from bench.verdicts.tallies import Tally

# So many Monte Carlo errors beyond a bar nobody calls chance any more.
SURELY_MISSED = 3
# Points by which real effects may be found less often than before.
KEPT = 0.02

State = Literal["met", "unclear", "missed"]


@dataclass(frozen=True)
class Bar:
    """One requirement of a case: ``text`` says what came of it.

    ``excess``: by how much it is passed; at most 0 where it is met. ``error``: the Monte Carlo error of that.
    """

    text: str
    excess: float
    error: float = 0.0

    @property
    def state(self) -> State:
        """Whether it is met, missed for sure, or passed by what may be chance."""
        if self.excess <= 0:
            return "met"
        if self.excess <= SURELY_MISSED * self.error:
            return "unclear"
        return "missed"


def bars_of(case: Case, daily: Tally | None, tally: Tally, beside: Tally | None = None) -> list[Bar]:
    """Return the case's bars, by the plan of now, and where the same stores were read by the daily plan, beside it.

    ``beside``: the tests of the case that this one is the same as, but for what it is about.
    """
    found = [*most_bars(case, tally)]
    # Beside what the same plan would roll out if nobody looked at the days.
    if case.is_kept:
        found.append(kept_bar(case, tally, unheld(tally), "without looking at days"))
    if case.is_kept and daily is not None:
        found.append(kept_bar(case, tally, daily.share("ship"), "by the daily plan", paired_error(daily, tally)))
    if daily is not None:
        found += later_bars(case.name, case.days_later, "by the daily plan", daily, tally)
    if beside is not None:
        found += later_bars(case.name, case.days_beside, f"of {case.same_as}", beside, tally)
    return found


def most_bars(case: Case, tally: Tally) -> Iterator[Bar]:
    """The shares of tests that may not end so."""
    for outcome, most in case.most.items():
        share = tally.share(outcome)
        text = f"{case.name}: {outcome} {share:.1%} ± {100 * tally.error(outcome):.1f}, at most {most:.1%}"
        yield Bar(text, share - most, sqrt(most * (1 - most) / tally.tests))


def kept_bar(case: Case, tally: Tally, before: float, beside: str, error: float = 0.0) -> Bar:
    """Real effects are found as often as before, but for two points."""
    share = tally.share("ship")
    return Bar(f"{case.name}: ship {share:.1%}, {beside} {before:.1%}", before - KEPT - share, error)


def later_bars(name: str, days_later: Mapping[str, float], whose: str, earlier: Tally, tally: Tally) -> Iterator[Bar]:
    """Outcomes come at most so many days later than those of ``earlier`` tests."""
    for outcome, days in days_later.items():
        before, after = earlier.day(outcome), tally.day(outcome)
        if before is not None and after is not None:
            text = f"{name}: {outcome} on day {after:.1f}, {whose} on day {before:.1f}"
            # Of the same stores, so that the difference's own error is smaller.
            yield Bar(text, after - before - days, hypot(earlier.day_error(outcome), tally.day_error(outcome)))


def unheld(tally: Tally) -> float:
    """Return the share of tests that would be rolled out if nobody looked at the days of exposure."""
    return tally.unheld / tally.tests


def paired_error(daily: Tally, weekly: Tally) -> float:
    """Return at most the Monte Carlo error of a difference of two shares of the same stores."""
    return max(daily.error("ship"), weekly.error("ship"))
