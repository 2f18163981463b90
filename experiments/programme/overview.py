"""Past and present tests taken together: what they won, how fast they go, which decision is due.

Everything is read from each test's newest stored report, in one query for all tests.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import exp, expm1, sqrt
from typing import Any, NamedTuple

import msgspec
from django.db.models import OuterRef, Subquery
from scipy.special import ndtri

from experiments.analysis.estimates import scale_interval
from experiments.models import Decision, Experiment, Metric, Snapshot, Source, Status, Store
from experiments.models.experiment import ExperimentQuerySet
from experiments.plan.learnt_prior import prior_of
from experiments.report import Effect, FirstReport, Range
from experiments.statistics.meta_analysis import Pooled, random_effects
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior
from experiments.statistics.proportions.intervals import wilson

# Intervals over tests hold 95%, whatever alpha each test had.
Z = -float(ndtri(0.025))
# A paused test goes on later: it counts as running.
RUNNING = frozenset({Status.RUNNING, Status.PAUSED})
# Verdicts that leave nothing to wait for.
DECIDABLE = frozenset({"ship", "stop_harm", "no_material_difference", "needs_review"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTest:
    """A test with what its newest stored report says.

    - ``verdict``, ``headline``: empty without a report; ``ends_on``: the day on which the plan should be fulfilled,
      ``None`` where that can't be told; ``effects``: of all treatments on all metrics;
      ``first_reported``: what reports by older methods said of a test that is over.
    """

    experiment: Experiment
    verdict: str
    headline: str
    ends_on: date | None
    effects: Sequence[Effect]
    first_reported: Sequence[FirstReport] = ()

    @property
    def is_running(self) -> bool:
        """Whether it can still expose visitors, now or after a pause."""
        return self.experiment.status in RUNNING

    @property
    def is_decided(self) -> bool:
        """Whether somebody has written down what to do."""
        return bool(self.experiment.decision)

    @property
    def is_rolled_out(self) -> bool:
        """Whether a treatment was rolled out."""
        return self.experiment.decision == Decision.ROLL_OUT and self.experiment.rolled_out_variant is not None

    def effect(self, metric: str) -> Effect | None:
        """Return the effect that counts: the rolled-out treatment's, else the best one's, where it has an error."""
        known = []
        for effect in self.effects:
            # Without an error an effect can't be weighed against the others.
            if effect.metric == metric and effect.log_lift_error:
                known.append(effect)
        if self.is_rolled_out and self.experiment.rolled_out_variant:
            return effect_on(self.experiment.rolled_out_variant.key, known)
        return max(known, key=log_lift_of, default=None)


def effect_on(variant: str, effects: Iterable[Effect]) -> Effect | None:
    """Return a variant's effect; ``None`` where there is none."""
    for effect in effects:
        if effect.variant == variant:
            return effect
    return None


def log_lift_of(effect: Effect) -> float:
    """Return the log lift, 0 where it isn't known."""
    return effect.log_lift or 0.0


class LogLift(NamedTuple):
    """An effect that is known with an error, on the log scale.

    - ``estimate``: the log lift; ``error``: its standard error, above 0; ``base_minor``: what control would earn in a
      month at full traffic, in minor units, 0 where it isn't known.
    """

    estimate: float
    error: float
    base_minor: float

    @classmethod
    def of(cls, effect: Effect) -> "LogLift":
        """Return an effect that has an error."""
        return cls(log_lift_of(effect), effect.log_lift_error or 0.0, effect.monthly_base_minor or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyGain:
    """What rolled-out treatments earn a month, in minor units.

    - ``tests``: how many treatments; ``measured``: as their tests had it; ``shrunk``: corrected for luck.
    """

    tests: int
    measured: Range
    shrunk: Range


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


def known_tests(store: Store) -> list[KnownTest]:
    """Return the store's tests with their newest stored results, newest first, without its holdouts."""
    # What a holdout finds is of all tests together: among them, it would count each of them twice.
    rows = with_results(Experiment.objects.filter(store=store))
    return [as_known(row) for row in rows]


def with_results(experiments: ExperimentQuerySet) -> Any:
    """Return the experiments, newest first, each with the parts of its newest stored report that are read here."""
    # Parts of the report alone: a whole one holds every segment and every day.
    newest = Snapshot.objects.filter(experiment=OuterRef("pk")).order_by("-taken_at")
    return (
        experiments.select_related("store", "rolled_out_variant")
        .annotate(
            stored_verdict=Subquery(newest.values("report__verdict")[:1]),
            stored_effects=Subquery(newest.values("report__effects")[:1]),
            stored_progress=Subquery(newest.values("report__progress")[:1]),
            stored_first_reported=Subquery(newest.values("report__first_reported")[:1]),
        )
        .order_by("-started_at", "-created_at")
    )


def as_known(row: Any) -> KnownTest:
    """Return a row of the query as a test; a report of an early version has no effects."""
    verdict, progress = row.stored_verdict or {}, row.stored_progress or {}
    ends_on = None
    if progress.get("ends_on"):
        ends_on = date.fromisoformat(progress["ends_on"])
    return KnownTest(
        experiment=row,
        verdict=verdict.get("code", ""),
        headline=verdict.get("headline", ""),
        ends_on=ends_on,
        effects=msgspec.convert(row.stored_effects or [], list[Effect]),
        first_reported=msgspec.convert(row.stored_first_reported or [], list[FirstReport]),
    )


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


def rolled_out_money(tests: Sequence[KnownTest]) -> MonthlyGain | None:
    """Return what the rolled-out treatments earn a month, added up: independent tests, so that variances add.

    A winner was chosen because it looked good, so its own estimate promises too much. ``shrunk`` adds up what each test
    found corrected for luck, as its report shows it. ``None`` where no rolled-out treatment has a figure.
    """
    measured: list[LogLift] = []
    corrected: list[Range] = []
    for test in tests:
        effect = test.effect(Metric.RPV)
        if effect is None or not test.is_rolled_out or not effect.monthly_base_minor:
            continue
        measured.append(LogLift.of(effect))
        lift = scale_interval(corrected_lift(test.experiment, effect), effect.monthly_base_minor)
        if lift is not None:
            corrected.append(lift)
    if not measured:
        return None
    return MonthlyGain(tests=len(measured), measured=added_up(measured), shrunk=corrected_sum(corrected))


def corrected_lift(experiment: Experiment, effect: Effect) -> Range:
    """Return an effect that has an error as a lift corrected for luck, as its report has it.

    An older report doesn't have it: then it is computed from the effect's error and the test's prior.
    """
    if effect.corrected_lift is not None:
        return effect.corrected_lift
    likelihood = EffectLikelihood(log_lift_of(effect), effect.log_lift_error or 0.0)
    posterior = effect_posterior(likelihood, prior_of(experiment, Metric(effect.metric))).summary()
    return Range(posterior.mean or 0.0, posterior.low, posterior.high)


def pooled(lifts: Sequence[LogLift]) -> Pooled:
    """Return effects taken together. Raises ``ValueError`` without any."""
    estimates, errors = [], []
    for lift in lifts:
        estimates.append(lift.estimate)
        errors.append(lift.error)
    return random_effects(estimates, errors)


def added_up(lifts: Iterable[LogLift]) -> Range:
    """Return the money a month of all lifts together."""
    total = variance = 0.0
    for estimate, error, base in lifts:
        total += base * expm1(estimate)
        variance += (base * exp(estimate) * error) ** 2
    half = Z * sqrt(variance)
    return Range(total, total - half, total + half)


def corrected_sum(amounts: Iterable[Range]) -> Range:
    """Return the sum of independent amounts; each side of its interval by the squares of that side's distances."""
    total = below = above = 0.0
    for amount in amounts:
        total += amount.estimate
        # The corrected ones always have both ends.
        below += (amount.estimate - (amount.low or 0.0)) ** 2
        above += ((amount.high or 0.0) - amount.estimate) ** 2
    return Range(total, total - sqrt(below), total + sqrt(above))


def holdout_money(store: Store) -> Range | None:
    """Return what offers earn a month by the holdout's newest stored report; ``None`` without one."""
    row = with_results(Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT)).first()
    if row is None:
        return None
    effect = as_known(row).effect(Metric.RPV)
    if effect is None or effect.monthly_base_minor is None:
        return None
    return added_up([LogLift.of(effect)])


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
