"""Past and present tests taken together: what they won, how fast they go, which decision is due.

Everything is read from each test's newest stored report, in one query for all tests.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import exp, expm1, sqrt
from typing import Any

import msgspec
from django.db.models import OuterRef, Subquery
from scipy.special import ndtri

from experiments.models import Decision, Experiment, Metric, Snapshot, Source, Status, Store
from experiments.report import Effect, Range
from experiments.statistics.meta_analysis import Pooled, random_effects

Z = -float(ndtri(0.025))
RUNNING = frozenset({Status.RUNNING, Status.PAUSED})
DECIDABLE = frozenset({"ship", "stop_harm", "no_material_difference", "needs_review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTest:
    """A test with what its newest stored report says; ``verdict`` and ``headline`` are empty without one."""

    experiment: Experiment
    verdict: str
    headline: str
    ends_on: date | None
    effects: Sequence[Effect]

    @property
    def is_decided(self) -> bool:
        """Whether somebody has written down what to do."""
        return bool(self.experiment.decision)

    @property
    def is_shipped(self) -> bool:
        """Whether a treatment was rolled out."""
        return self.experiment.decision == Decision.ROLL_OUT and self.experiment.rolled_out_variant is not None

    def effect(self, metric: str) -> Effect | None:
        """The effect that counts: the rolled-out treatment's, else the best one's, where it has an error."""
        known = [one for one in self.effects if one.metric == metric and one.log_lift_error]
        if self.is_shipped and self.experiment.rolled_out_variant:
            key = self.experiment.rolled_out_variant.key
            return next((one for one in known if one.variant == key), None)
        return max(known, key=lambda one: one.log_lift or 0.0, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Money a month in minor units: as measured, and drawn to what tests usually bring (``shrunk``)."""

    tests: int
    measured: Range
    shrunk: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDecision:
    """A test that asks for a decision: now where its verdict says so, else on the day it should end."""

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
    """The numbers of a store's tests. ``win_rate``: shipped tests among decided ones, with Wilson's interval (1927);
    ``holdout``: what all offers together earn a month, by the visitors who are shown none."""

    running: int
    decided: int
    shipped: int
    win_rate: Range | None
    money: Money | None
    holdout: Range | None
    months: Sequence[MonthOfTests]
    due: Sequence[DueDecision]


def known_tests(store: Store) -> list[KnownTest]:
    """The store's tests with their newest stored results, newest first; the hidden holdout test is left out."""
    return list(map(as_known, with_results(store).exclude(source=Source.HOLDOUT)))


def with_results(store: Store) -> Any:
    """The store's tests, each with parts of its newest stored report."""
    newest = Snapshot.objects.filter(experiment=OuterRef("pk")).order_by("-taken_at")
    return (
        Experiment.objects.filter(store=store)
        .select_related("store", "rolled_out_variant")
        .annotate(
            stored_verdict=Subquery(newest.values("report__verdict")[:1]),
            stored_effects=Subquery(newest.values("report__effects")[:1]),
            stored_progress=Subquery(newest.values("report__progress")[:1]),
        )
        .order_by("-started_at", "-created_at")
    )


def as_known(row: Any) -> KnownTest:
    """A row of the query; a report of an early version has no effects."""
    verdict, progress = row.stored_verdict or {}, row.stored_progress or {}
    ends_on = progress.get("ends_on")
    return KnownTest(
        experiment=row,
        verdict=verdict.get("code", ""),
        headline=verdict.get("headline", ""),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        effects=msgspec.convert(row.stored_effects or [], list[Effect]),
    )


def programme(store: Store, *, now: datetime, months: int = 12) -> Programme:
    """The numbers of a store's programme of tests, as of ``now``."""
    tests = known_tests(store)
    decided = [one for one in tests if one.is_decided]
    shipped = [one for one in decided if one.is_shipped]
    return Programme(
        running=sum(one.experiment.status in RUNNING for one in tests),
        decided=len(decided),
        shipped=len(shipped),
        win_rate=wilson(len(shipped), len(decided)),
        money=shipped_money(tests),
        holdout=holdout_money(store),
        months=velocity(tests, now=now, months=months),
        due=decisions_due(tests),
    )


def wilson(successes: int, tests: int) -> Range | None:
    """A share with Wilson's score interval (1927); None of nothing."""
    if not tests:
        return None
    share, noise = successes / tests, Z * Z / tests
    middle = (share + noise / 2) / (1 + noise)
    half = Z * sqrt(share * (1 - share) / tests + noise / (4 * tests)) / (1 + noise)
    return Range(share, max(0.0, middle - half), min(1.0, middle + half))


def shipped_money(tests: Sequence[KnownTest]) -> Money | None:
    """What the shipped treatments earn a month, added up: independent tests, so that variances add.

    A winner was chosen because it looked good, so its own estimate promises too much. ``shrunk`` draws each to the mean
    of all the store's tests (`random_effects`) before adding up.
    """
    known = [(one, effect) for one in tests if (effect := one.effect(Metric.RPV)) is not None]
    chosen = [index for index, (one, effect) in enumerate(known) if one.is_shipped and effect.monthly_base_minor]
    if not chosen:
        return None
    effects = [effect for _, effect in known]
    pooled = random_effects([one.log_lift or 0.0 for one in effects], [one.log_lift_error or 0.0 for one in effects])
    return Money(
        tests=len(chosen),
        measured=added_up([(effects[i], effects[i].log_lift or 0.0, effects[i].log_lift_error or 0.0) for i in chosen]),
        shrunk=shrunk_sum(effects, pooled, chosen),
    )


def added_up(parts: Iterable[tuple[Effect, float, float]], *, common: float = 0.0) -> Range:
    """The sum of base x lift over log lifts with their errors; ``common``: an error that all of them share."""
    total = variance = 0.0
    for effect, log_lift, error in parts:
        base = effect.monthly_base_minor or 0.0
        total += base * expm1(log_lift)
        variance += (base * exp(log_lift) * error) ** 2
    half = Z * sqrt(variance + common * common)
    return Range(total, total - half, total + half)


def shrunk_sum(effects: Sequence[Effect], pooled: Pooled, chosen: Sequence[int]) -> Range:
    """The same of the shrunk effects. What each keeps is independent; the mean's error is common to all."""
    parts, common = [], 0.0
    for index in chosen:
        log_lift, keeping = pooled.shrunk[index].estimate or 0.0, pooled.keeping[index]
        parts.append((effects[index], log_lift, sqrt(keeping) * (effects[index].log_lift_error or 0.0)))
        base = effects[index].monthly_base_minor or 0.0
        common += base * exp(log_lift) * (1 - keeping) * pooled.standard_error
    return added_up(parts, common=common)


def holdout_money(store: Store) -> Range | None:
    """What offers earn a month by the holdout's newest stored report; None without one."""
    row = with_results(store).filter(source=Source.HOLDOUT).first()
    effect = as_known(row).effect(Metric.RPV) if row else None
    if effect is None or effect.monthly_base_minor is None:
        return None
    return added_up([(effect, effect.log_lift or 0.0, effect.log_lift_error or 0.0)])


def velocity(tests: Sequence[KnownTest], *, now: datetime, months: int) -> list[MonthOfTests]:
    """Tests started and decided per month, the last ``months`` of them, oldest first."""
    started = Counter(month_of(one.experiment.started_at) for one in tests)
    decided = Counter(month_of(one.experiment.ended_at) for one in tests if one.is_decided)
    return [
        MonthOfTests(month=month, started=started[month], decided=decided[month]) for month in last_months(now, months)
    ]


def month_of(at: datetime | None) -> date | None:
    """The first day of a time's month (UTC)."""
    return at.date().replace(day=1) if at else None


def last_months(now: datetime, count: int) -> list[date]:
    """The first days of the last months, this one included, oldest first."""
    number = 12 * now.year + now.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1)]


def decisions_due(tests: Collection[KnownTest]) -> list[DueDecision]:
    """Tests without a decision that ran or run: those to decide now first, then by the day they should end."""
    waiting = RUNNING | {Status.STOPPED}
    due = [
        DueDecision(experiment=one.experiment, verdict=one.verdict, headline=one.headline, on=one.ends_on)
        for one in tests
        if one.experiment.status in waiting and not one.is_decided and one.experiment.source == Source.LIVE
    ]
    return sorted(due, key=lambda one: (not one.is_now, one.on or date.max))
