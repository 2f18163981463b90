"""A simulated test as the real analysis reads it, from sums to looks, guardrails and verdict, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Literal
from unittest.mock import patch

import numpy as np

from bench.verdicts.delays import Known, delay_sums
from bench.verdicts.shortcuts import uneventful_look
from bench.verdicts.stores import Arm, Floats
from bench.verdicts.sums import rows_of, sums_of
from experiments.analysis.day_effects import day_effects
from experiments.analysis.effects import guardrail_of, guardrails_of
from experiments.analysis.looks.bounds import bounds_of
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.looks.rows import plan_of
from experiments.analysis.looks.taken import look_at
from experiments.analysis.maturity import maturity_of
from experiments.analysis.metric_results import comparison_of, corrected, measured, sequential_of
from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.refunds import RefundCohorts
from experiments.analysis.sample import Sample, goal_comparisons, less_reserves
from experiments.models import Experiment, Metric, PlanVersion, Status, Store, Variant
from experiments.plan.maturity import Maturity, delay_figures, steps_within
from experiments.plan.scheduled_looks import ScheduledLook
from experiments.reading.aggregation import Aggregate
from experiments.reading.facts import Facts
from experiments.report import Adjustment, Boundary, Health, MetricResult, SampleRatioCheck, VerdictCode
from experiments.running.guardrails import REFUND_MARGIN
from experiments.statistics.delays import Cohorts
from experiments.verdict.evidence import Evidence
from experiments.verdict.ruling import decide

START = datetime(2026, 3, 2, tzinfo=UTC)
FIRST_BUYERS = 60  # below, no rule reads anything before the planned end
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
# What ends a test: a bound of the goal at a look, its always-valid interval between looks, or a guardrail.
Road = Literal["", "look", "between looks", "guardrail"]


@dataclass
class SimulatedTest:
    """A test that is read again and again; ``arms`` by variant key, the control first. ``days``: traffic's.

    ``is_read_in_full``: on days on which nothing can be decided, too. ``has_crossed``: a bound, at a look so far.
    ``day``: the one that is read.
    """

    arms: Mapping[str, Arm]
    planned: int
    days: int
    window_hours: int
    past: Mapping[str, Arm] = field(default_factory=dict)
    version: int = PlanVersion.SHARED
    is_cut: bool = False
    is_read_in_full: bool = False
    has_crossed: bool = False
    day: int = 0
    looks: list[ScheduledLook] = field(default_factory=list)

    @property
    def is_prompt(self) -> bool:
        """Whether all orders of all arms come on the day of the exposure, and stay."""
        arms = [*self.arms.values(), *self.past.values()]
        return bool(self.past) and all(arm.is_prompt for arm in arms)

    def __post_init__(self) -> None:
        store = Store(slug="shop", currency="EUR")
        self.experiment = Experiment(
            store=store,
            key="cart",
            status=Status.RUNNING,
            planned_sample=self.planned,
            attribution_window_days=self.window_hours // 24,
            plan_version=self.version,
        )
        # long over: whatever came of it is known
        self.known_past = [Known(arm, 1_000.0) for arm in self.past.values()]
        self.variants = [Variant(key=key, is_control=not number) for number, key in enumerate(self.arms)]


@dataclass(frozen=True)
class Reading:
    """What one reading says: the verdict, whether the hourly watch would pause the test, whether it was the last.

    ``is_held_up``: it would be a roll-out, were it not for the days of exposure. ``road``: what ends the test here.
    """

    verdict: VerdictCode
    is_pause: bool
    is_last: bool
    is_held_up: bool = False
    road: Road = ""


@contextmanager
def undatabased(test: SimulatedTest) -> Iterator[None]:
    """Have a test's analysis ask for nothing but the test.

    The permutation test of few buyers asks the database for their rows. Bounds of looks to come are drawn, and whether
    arms' delays differ is said: neither decides anything, and each takes its time.
    """
    with (
        patch("experiments.analysis.sample.buyer_rows", partial(simulated_rows, test)),
        patch("experiments.analysis.looks.rows.boundaries_ahead", no_boundaries),
        patch("experiments.plan.maturity.delay_difference", no_difference),
    ):
        yield


def no_boundaries(_state: PlanProgress, _planned: int) -> list[Boundary]:
    """Return no bounds to come."""
    return []


def no_difference(_arms: Sequence[Cohorts]) -> None:
    """Return that nothing is known of a difference in delays."""
    return None


def simulated_rows(test: SimulatedTest, _experiment: Experiment, **options: Any) -> dict[str, Floats]:
    """Return each arm's buyers as the database would give them on the day that is read."""
    day = test.day
    last_day = day - 1
    if options.get("through") is not None:
        last_day = (options["through"] - START.date()).days
    return {key: rows_of(arm, float(day), last_day) for key, arm in test.arms.items()}


def read(test: SimulatedTest, day: int) -> Reading:
    """Read the test as it stands at the end of a day (from 1), which is one of its looks, and decide."""
    test.day = day
    now = START + timedelta(days=day)
    sample = sample_of(test, day, now)
    if sample.fewest_buyers < FIRST_BUYERS and sample.fewest_visitors < test.planned:
        return Reading("collecting", is_pause=False, is_last=False)
    # A crossing binds: a win that was held up may be rolled out on any day from then on.
    if not test.is_read_in_full and not test.has_crossed:
        look = uneventful_look(sample, test.looks, now)
        if look is not None:
            test.looks.append(look)
            return Reading("collecting", is_pause=False, is_last=False)
    goals = goal_comparisons(sample)
    test.looks.append(look_at(sample, goals, test.looks, now))
    bounds = bounds_of(sample, test.looks)
    test.has_crossed = any(treatment.crossed_at is not None for treatment in bounds.values())
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
    return Reading(
        verdict,
        is_pause=is_pause(test, day, results),
        is_last=evidence.has_ended,
        is_held_up=is_held_up,
        road=road_of(evidence, verdict),
    )


def road_of(evidence: Evidence, verdict: VerdictCode) -> Road:
    """Return what ends a test with this verdict; nothing where it goes on."""
    if verdict not in {"ship", "stop_harm"}:
        return ""
    if evidence.is_harm_decisive:
        return "guardrail"
    decided = evidence.goals("win") or evidence.goals("loss")
    if any(result.variant in evidence.crossings for result in decided):
        return "look"
    return "between looks"


def note_delays(test: SimulatedTest, day: int) -> None:
    """Estimate the delays as the store's past test and this one tell, and keep them with the test.

    Where everybody orders during the visit, and nobody wants money back, another day tells nothing new.
    """
    if test.is_prompt and test.experiment.delays:
        return
    own = {key: Known(arm, float(day)) for key, arm in test.arms.items()}
    sums = delay_sums(own, test.known_past, steps_within(test.window_hours))
    test.experiment.delays = delay_figures(sums, test.window_hours)


def daily_of(test: SimulatedTest, day: int) -> dict[date, dict[str, Aggregate]]:
    """Return for each day of exposure what everybody exposed by its end adds up to, as it is known on a day."""
    found = {}
    for number in range(min(day, test.days)):
        arms = {key: sums_of(arm, float(day), number, np.inf) for key, arm in test.arms.items()}
        found[START.date() + timedelta(days=number)] = arms
    return found


def sample_of(test: SimulatedTest, day: int, now: datetime) -> Sample:
    """Put an analysis's sample together, uncapped, adjusted where there are carts: of whom the test's plan reads."""
    if test.version >= PlanVersion.WEEKLY:
        note_delays(test, day)
    maturity = maturity_of(test.experiment, facts_at(test, day), now)
    last_day = last_day_read(maturity, day)
    aggregates = aggregates_of(test, day, last_day, oldest_read(test, maturity))
    sample = Sample(
        experiment=test.experiment,
        variants=test.variants,
        observed=aggregates,
        compared=aggregates,
        has_covariate=all(arm.has_covariate for arm in test.arms.values()),
        fill_minor=0,
        visitors_per_day=None,
        visitors_per_month=None,
        maturity=maturity,
    )
    if maturity is None:
        return sample
    cohorts = {}
    for key, arm in test.arms.items():
        cohorts[key] = refund_cohorts(arm, float(day), min(last_day + 1, test.days))
    return less_reserves(sample, cohorts, now)


def last_day_read(maturity: Maturity | None, day: int) -> int:
    """Return the last day of exposure, from 0, whose visitors are read: the last mature one, or all there are."""
    if maturity is None:
        return day - 1
    return (maturity.last_day - START.date()).days


def oldest_read(test: SimulatedTest, maturity: Maturity | None) -> float:
    """Return up to which age, in days, outcomes are read: all, unless the test cuts them where they are mature."""
    if maturity is None or not test.is_cut:
        return np.inf
    return maturity.hours / 24


def aggregates_of(test: SimulatedTest, day: int, last_day: int, oldest: float) -> dict[str, Aggregate]:
    """Add up each arm as it is known on a day."""
    return {key: sums_of(arm, float(day), last_day, oldest) for key, arm in test.arms.items()}


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
    return RefundCohorts(dates, known.values()[: len(dates)], of_day[: len(dates)], UTC)


def results_of(state: PlanProgress) -> list[MetricResult]:
    """Compare what the verdict reads, the goal first."""
    sample = state.sample
    control = sample.control
    if control is None:
        return []
    results = []
    for metric in READ:
        for treatment in sample.treatments:
            results.append(readable_result(state, DEFINITIONS[metric], control, treatment))
    return corrected(results)


def readable_result(state: PlanProgress, definition: Definition, control: Variant, treatment: Variant) -> MetricResult:
    """Return a result with what a verdict reads: beliefs and corrections for luck decide nothing, and take long."""
    comparison = comparison_of(state, definition, control, treatment)
    arms = state.sample.compared[control.key], state.sample.compared[treatment.key]
    result = measured(state.sample, definition, comparison, control=control, treatment=treatment)
    return replace(result, sequential=sequential_of(state, definition, comparison, variant=treatment.key, arms=arms))


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
