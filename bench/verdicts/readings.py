"""A simulated test as the real analysis reads it, from sums to looks, guardrails and verdict, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from bench.verdicts.stores import Arm, Floats, Integers
from experiments.analysis.day_effects import day_effects
from experiments.analysis.effects import guardrail_of, guardrails_of
from experiments.analysis.looks.bounds import bounds_of
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.looks.rows import plan_of
from experiments.analysis.looks.taken import look_at
from experiments.analysis.maturity import maturity_of
from experiments.analysis.metric_results import corrected, result_of
from experiments.analysis.metrics import DEFINITIONS
from experiments.analysis.refunds import RefundCohorts
from experiments.analysis.sample import Sample, goal_comparisons, less_reserves
from experiments.models import Experiment, Metric, PlanVersion, Status, Store, Variant
from experiments.plan.maturity import AGES, DelaySums, delay_figures, steps_within
from experiments.plan.scheduled_looks import ScheduledLook
from experiments.reading.aggregation import Aggregate, aggregate_of
from experiments.reading.facts import Facts
from experiments.reading.sums import Key
from experiments.report import Adjustment, Health, MetricResult, SampleRatioCheck, VerdictCode
from experiments.running.guardrails import REFUND_MARGIN
from experiments.statistics.delays import Cohorts
from experiments.verdict.evidence import Evidence
from experiments.verdict.ruling import decide

START = datetime(2026, 3, 2, tzinfo=UTC)
FIRST_BUYERS = 60  # below, the permutation test would ask the database for rows, and no rule reads anything
SOUND = Health(
    sample_ratio=SampleRatioCheck(
        p_value=0.5, always_valid_p_value=1.0, corrected_p_value=1.0, is_alarming=False, unavailable=None
    ),
    conflicting=0,
    conflicting_share=0.0,
    immature=0,
    immature_share=0.0,
    skipped_shares={},
    unmatched_order_share=0.0,
)
UNADJUSTED = Adjustment(
    is_used=False, coverage=None, variance_reduction=None, visitors_multiple=None, unavailable="turned_off"
)
# What decides, what guards, and what the hourly watch reads beside.
READ = (Metric.RPV, Metric.CONVERSION, Metric.REFUNDED_SHARE)


@dataclass
class SimulatedTest:
    """A test that is read again and again; ``arms`` by variant key, the control first. ``days``: traffic's."""

    arms: Mapping[str, Arm]
    planned: int
    days: int
    window_hours: int
    past: Mapping[str, Arm] = field(default_factory=dict)
    version: int = PlanVersion.WEEKLY
    is_cut: bool = False
    looks: list[ScheduledLook] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = Store(slug="shop", currency="EUR")
        self.experiment = Experiment(
            store=store,
            key="cart",
            status=Status.RUNNING,
            planned_sample=self.planned,
            attribution_window_days=self.window_hours // 24,
            plan_version=self.version,
            # bounds of looks to come are drawn, and decide nothing: one is enough, where each takes its time
            planned_looks=1,
        )
        self.variants = [Variant(key=key, is_control=not number) for number, key in enumerate(self.arms)]


@dataclass(frozen=True)
class Reading:
    """What one reading says: the verdict, whether the hourly watch would pause the test, whether it was the last.

    ``is_held_up``: it would be a roll-out, were it not for the days of exposure.
    """

    verdict: VerdictCode
    is_pause: bool
    is_last: bool
    is_held_up: bool = False


def read(test: SimulatedTest, day: int) -> Reading:
    """Read the test as it stands at the end of a day (from 1), which is one of its looks."""
    now = START + timedelta(days=day)
    sample = sample_of(test, day, now)
    if sample.fewest_buyers < FIRST_BUYERS:
        return Reading("collecting", is_pause=False, is_last=False)
    goals = goal_comparisons(sample)
    test.looks.append(look_at(sample, goals, test.looks, now))
    bounds = bounds_of(sample, test.looks)
    state = PlanProgress(
        sample=sample, goals=goals, past=[], scheduled=test.looks, treatment_bounds=bounds, is_look=True, now=now
    )
    results = results_of(state)
    evidence = evidence_of(state, results, days=float(sample.days or min(day, test.days)))
    verdict, is_held_up = decide(evidence).code, False
    # Days of exposure hold a roll-out up and change nothing else: asked for there alone, which saves most of the time.
    if verdict == "ship":
        verdict = decide(replace(evidence, by_day=day_effects(sample, daily_of(test, day), now))).code
        is_held_up = verdict != "ship"
    watch = is_pause(test, day, results)
    return Reading(verdict, is_pause=watch, is_last=evidence.has_ended, is_held_up=is_held_up)


def note_delays(test: SimulatedTest, day: int) -> None:
    """Estimate the delays as the store's past test and this one tell, and keep them with the test."""
    own = {key: Known(arm, float(day)) for key, arm in test.arms.items()}
    # long over: whatever came of it is known
    past = [Known(arm, 1_000.0) for arm in test.past.values()]
    sums = delay_sums(own, past, steps_within(test.window_hours))
    test.experiment.delays = delay_figures(sums, test.window_hours)


def delay_sums(own: Mapping[str, Known], past: Sequence[Known], steps: int) -> DelaySums:
    """Add up what delays are estimated from: for each arm of the test, and for the store with its past tests."""
    arm_values, arm_orders = {}, {}
    for key, arm in own.items():
        arm_values[key] = arm.orders(steps, weighted=True)
        arm_orders[key] = arm.orders(steps)
    store_values, store_orders = list(arm_values.values()), list(arm_orders.values())
    for arm in past:
        store_values.append(arm.orders(steps, weighted=True))
        store_orders.append(arm.orders(steps))
    refunds, values, number_of_refunds = [], [], 0
    for arm in [*own.values(), *past]:
        refunds.append(arm.refunds())
        values.append(arm.values())
        number_of_refunds += arm.number_of_refunds()
    return DelaySums(
        store_values=joined(store_values),
        store_orders=joined(store_orders),
        arm_values=arm_values,
        arm_orders=arm_orders,
        refunds=joined(refunds),
        values=np.concatenate(values),
        number_of_refunds=number_of_refunds,
    )


@dataclass(frozen=True)
class Known:
    """What is known of an arm at a time, in days, by day of exposure and step of age."""

    arm: Arm
    now: float

    def orders(self, steps: int, *, weighted: bool = False) -> Cohorts:
        """Return the numbers of orders, or their values."""
        return self.cohorts(self.arm.ordered_at, steps, self.arm.value if weighted else None)

    def refunds(self) -> Cohorts:
        """Return what was paid back."""
        return self.cohorts(self.arm.refunded_at, len(AGES), self.arm.value)

    def number_of_refunds(self) -> int:
        """Return how many orders were paid back."""
        return int((self.arm.refunded_at <= self.now).sum())

    def values(self) -> Floats:
        """Return the order value of each day."""
        is_known = self.arm.ordered_at <= self.now
        days = np.floor(self.arm.exposed_at[is_known]).astype(np.int64)
        return np.bincount(days, weights=self.arm.value[is_known], minlength=len(self.arm.visitors)).astype(np.float64)

    def cohorts(self, times: Floats, steps: int, weights: Integers | None) -> Cohorts:
        """Return what happened at these times, counted or weighted."""
        days = len(self.arm.visitors)
        step = np.searchsorted(AGES[:steps], (times - self.arm.exposed_at) * 24, side="left")
        is_known = (times <= self.now) & (step < steps)
        cell = np.floor(self.arm.exposed_at[is_known]).astype(np.int64) * steps + step[is_known]
        if weights is not None:
            weights = weights[is_known]
        amounts = np.bincount(cell, weights=weights, minlength=days * steps).astype(np.float64)
        observed = np.searchsorted(AGES[:steps], (self.now - 1 - np.arange(days)) * 24, side="right")
        return Cohorts(amounts.reshape(days, steps), observed.astype(np.int64))


def joined(parts: Sequence[Cohorts]) -> Cohorts:
    """Return cohorts of several groups as those of one."""
    return Cohorts(np.concatenate([part.amounts for part in parts]), np.concatenate([part.observed for part in parts]))


def sums_of(arm: Arm, now: float, last_day: int, oldest: float) -> Aggregate:
    """Add up an arm as it is known at a time, of those exposed up to the end of a day (from 0).

    ``oldest``: orders that came later than this many days after their exposure are left out.
    """
    is_known = (arm.ordered_at <= now) & (arm.exposed_at < last_day + 1) & (arm.ordered_at <= arm.exposed_at + oldest)
    is_refunded = arm.refunded_at[is_known] <= now
    value = arm.value[is_known]
    net = np.where(is_refunded, 0, value)
    visitors = int(arm.visitors[: last_day + 1].sum())
    buyers = len(value)
    # As floats, which hold these sums to ten digits: cubes of an order's value leave 64 bits when they are added up.
    first, second, third = (float((net.astype(np.float64) ** power).sum()) for power in (1, 2, 3))
    values: dict[Key, int] = {
        ("revenue",): round(first),
        ("converted",): buyers,
        ("orders",): buyers,
        ("refunding",): int(is_refunded.sum()),
        ("refunded",): int(value[is_refunded].sum()),
        ("revenue", "revenue"): round(second),
        ("revenue", "revenue", "revenue"): round(third),
    }
    return aggregate_of(visitors, values)


def daily_of(test: SimulatedTest, day: int) -> dict[date, dict[str, Aggregate]]:
    """Return for each day of exposure what everybody exposed by its end adds up to, as it is known on a day."""
    found = {}
    for number in range(min(day, test.days)):
        arms = {key: sums_of(arm, float(day), number, np.inf) for key, arm in test.arms.items()}
        found[START.date() + timedelta(days=number)] = arms
    return found


def sample_of(test: SimulatedTest, day: int, now: datetime) -> Sample:
    """Put an analysis's sample together, neither capped nor adjusted: of whom the test's plan reads."""
    if test.version == PlanVersion.WEEKLY:
        note_delays(test, day)
    maturity = maturity_of(test.experiment, facts_at(test, day), now)
    last_day, oldest = day - 1, np.inf
    if maturity is not None:
        last_day = (maturity.last_day - START.date()).days
        if test.is_cut:
            oldest = maturity.hours / 24
    aggregates = {key: sums_of(arm, float(day), last_day, oldest) for key, arm in test.arms.items()}
    sample = Sample(
        experiment=test.experiment,
        variants=test.variants,
        observed=aggregates,
        compared=aggregates,
        has_covariate=False,
        fill_minor=0,
        visitors_per_day=None,
        visitors_per_month=None,
        maturity=maturity,
    )
    if maturity is None:
        return sample
    cohorts = {key: refund_cohorts(arm, float(day), min(last_day + 1, test.days)) for key, arm in test.arms.items()}
    return less_reserves(sample, cohorts, now)


def facts_at(test: SimulatedTest, day: int) -> Facts:
    """Return what an analysis reads of the exposures themselves: from the first minute to the last, while they come."""
    last = START + timedelta(days=min(day, test.days)) - timedelta(minutes=1)
    return Facts(
        visitors=0,
        conflicting=0,
        immature=0,
        with_cart_value=0,
        mean_cart_value_minor=0,
        recent_visitors=0,
        first_exposed_at=START,
        last_exposed_at=last,
    )


def refund_cohorts(arm: Arm, now: float, days: int) -> RefundCohorts:
    """Return an arm's orders and refunds by day of exposure, as they are known at a time."""
    known = Known(arm, now)
    refunded = arm.refunded_at <= now
    day = np.floor(arm.exposed_at[refunded]).astype(np.int64)
    of_day = np.bincount(day, weights=arm.value[refunded], minlength=len(arm.visitors)).astype(np.float64)
    dates = [START.date() + timedelta(days=number) for number in range(max(days, 0))]
    return RefundCohorts(dates, known.values()[: len(dates)], of_day[: len(dates)])


def results_of(state: PlanProgress) -> list[MetricResult]:
    """Compare what the verdict reads, the goal first."""
    sample = state.sample
    control = sample.control
    if control is None:
        return []
    results = []
    for metric in READ:
        for treatment in sample.treatments:
            results.append(result_of(state, DEFINITIONS[metric], control, treatment))
    return corrected(results)


def evidence_of(state: PlanProgress, results: Sequence[MetricResult], *, days: float) -> Evidence:
    """Put together what the verdict is read from; of the data's health nothing is wrong."""
    sample = state.sample
    return Evidence(
        experiment=sample.experiment,
        variants=sample.variants,
        metrics=results,
        health=SOUND,
        plan=plan_of(state),
        visitors=sample.visitors,
        fewest_buyers=sample.fewest_buyers,
        days=days,
        adjustment=UNADJUSTED,
        guardrails=guardrails_of(sample.experiment, results),
    )


def is_pause(test: SimulatedTest, day: int, results: Sequence[MetricResult]) -> bool:
    """Whether the hourly watch would pause the test, as ``running.guardrails`` decides it."""
    if day < 1:
        return False
    watched = guardrails_of(test.experiment, results)
    for result in results:
        if result.metric == Metric.REFUNDED_SHARE:
            watched.append(guardrail_of(result, REFUND_MARGIN))
    return any(guardrail.is_harm_certain for guardrail in watched)
