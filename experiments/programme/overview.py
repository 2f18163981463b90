"""Past and present tests taken together: what they won, how fast they go, which decision is due."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from experiments.models import Experiment, Source, Status, Store
from experiments.programme.known_tests import KnownTest, known_tests
from experiments.programme.monthly_money import MonthlyGain, Z, holdout_money, rolled_out_money
from experiments.report import Range
from experiments.statistics.proportions.intervals import wilson

# Verdicts that leave nothing to wait for.
DECIDABLE = frozenset({"ship", "stop_harm", "no_material_difference", "needs_review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDecision:
    """A test that asks for a decision: now where its verdict says so, else on the day it should end (``on``)."""

    experiment: Experiment
    verdict: str
    headline: str
    on: date | None

    @property
    def is_now(self) -> bool:
        """Whether there is something to decide already."""
        return self.verdict in DECIDABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfTests:
    """How many tests were started and how many decided in a month, whose first day is ``month``."""

    month: date
    started: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The numbers of a store's tests.

    - ``running``, ``decided``, ``rolled_out``: counts of tests; ``win_rate``: the rolled-out ones among the decided,
      ``None`` before any was decided.
    - ``money``: what the rolled-out treatments earn a month by their own tests; ``holdout``: what all offers together
      earn a month, by the visitors who are shown none. Minor units.
    - ``months``: oldest first; ``due``: the decisions to make, those to make now first.
    """

    running: int
    decided: int
    rolled_out: int
    win_rate: Range | None
    money: MonthlyGain | None
    holdout: Range | None
    months: Sequence[MonthOfTests]
    due: Sequence[DueDecision]


def programme(store: Store, *, now: datetime, months: int = 12) -> Programme:
    """Return the numbers of a store's programme of tests as of ``now``, over the last ``months`` by month."""
    tests = known_tests(store)
    running = decided = rolled_out = 0
    for test in tests:
        running += test.is_running
        decided += test.is_decided
        rolled_out += test.is_rolled_out
    return Programme(
        running=running,
        decided=decided,
        rolled_out=rolled_out,
        win_rate=win_rate(rolled_out, decided),
        money=rolled_out_money(tests),
        holdout=holdout_money(store),
        months=tests_per_month(tests, now=now, months=months),
        due=decisions_due(tests),
    )


def win_rate(wins: int, tests: int) -> Range | None:
    """Return the share of wins with Wilson's score interval (1927); ``None`` of no tests."""
    if not tests:
        return None
    low, high = wilson(wins, tests, Z)
    return Range(wins / tests, low, high)


def tests_per_month(tests: Sequence[KnownTest], *, now: datetime, months: int) -> list[MonthOfTests]:
    """Return the tests started and decided per month, the last ``months`` of them, oldest first."""
    started: Counter[date | None] = Counter()
    decided: Counter[date | None] = Counter()
    for test in tests:
        started[month_of(test.experiment.started_at)] += 1
        if test.is_decided:
            decided[month_of(test.experiment.ended_at)] += 1
    rows = []
    for month in last_months(now, months):
        rows.append(MonthOfTests(month=month, started=started[month], decided=decided[month]))
    return rows


def month_of(at: datetime | None) -> date | None:
    """Return the first day of a time's month (UTC)."""
    if at is None:
        return None
    return at.date().replace(day=1)


def last_months(now: datetime, count: int) -> list[date]:
    """Return the first days of the last months, this one included, oldest first."""
    # Counted in months since the year 0, so that going back over a new year needs no care.
    this_month = 12 * now.year + now.month - 1
    months = []
    for number in range(this_month - count + 1, this_month + 1):
        months.append(date(number // 12, number % 12 + 1, 1))
    return months


def decisions_due(tests: Collection[KnownTest]) -> list[DueDecision]:
    """Return tests without a decision that ran or run: those to decide now first, then by the day they should end."""
    due = []
    for test in tests:
        # Drafts have nothing to decide, and what an imported test led to was decided elsewhere.
        is_waiting = test.is_running or test.experiment.status == Status.STOPPED
        if is_waiting and not test.is_decided and test.experiment.source == Source.LIVE:
            due.append(
                DueDecision(experiment=test.experiment, verdict=test.verdict, headline=test.headline, on=test.ends_on)
            )
    return sorted(due, key=urgency)


def urgency(decision: DueDecision) -> tuple[bool, date]:
    """Return what sorts decisions: those to make now first, those whose day isn't known last."""
    return not decision.is_now, decision.on or date.max
