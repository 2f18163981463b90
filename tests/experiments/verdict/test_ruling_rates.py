"""Simulated tests end in the verdicts that their settings promise: looks, and what is read between them, together."""

from collections.abc import Iterator
from datetime import timedelta
from math import sqrt

import numpy as np
import pytest

from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.looks.rows import plan_of
from experiments.analysis.looks.taken import look_at
from experiments.analysis.metric_results import result_of
from experiments.analysis.sample import Sample, goal_comparisons
from experiments.models import Experiment, Status, Store, Variant
from experiments.plan.scheduled_looks import ScheduledLook
from experiments.plan.shared_bounds import treatment_bounds
from experiments.programme.planning import Design, plan_test
from experiments.reading.aggregation import Aggregate
from experiments.report import Adjustment, VerdictCode
from experiments.statistics import Summary
from experiments.verdict.evidence import Evidence
from experiments.verdict.ruling import decide
from tests.experiments.verdict.figures import HEALTH
from tests.factories import NOON

# Simulated per rate: a sample that sees a rate that is four times too high, and by ``make check-long`` one that is 1.6
# times too high. ``bench.verdicts`` simulates thousands of whole stores.
TESTS = pytest.mark.parametrize("tests", [20, pytest.param(500, marks=pytest.mark.long)])
RATE, SIGMA = 0.4, 0.6
MEAN = RATE * float(np.exp(8 + SIGMA**2 / 2))
SD = sqrt(RATE * float(np.exp(16 + 2 * SIGMA**2)) - MEAN**2)
LIFT, LOOKS, FIRST_BUYERS = 0.15, 14, 60
PLANNED = plan_test(Design(mean=MEAN, sd=SD, relative_mde=LIFT, looks=LOOKS)).per_variant
VARIANTS = [Variant(key="a", is_control=True), Variant(key="b", name="B"), Variant(key="c", name="C")]
UNADJUSTED = Adjustment(
    is_used=False, coverage=None, variance_reduction=None, visitors_multiple=None, unavailable="turned_off"
)


def aggregate(values: np.ndarray) -> Aggregate:
    """An arm's sums; who bought has a value above 0."""
    bought = int((values > 0).sum())
    first, second, third = (float((values**power).sum()) for power in (1, 2, 3))
    summary = Summary.from_sums(
        len(values),
        {"revenue": first},
        {("revenue", "revenue"): second},
        {("revenue", "revenue", "revenue"): third},
        buyers=bought,
    )
    return Aggregate(len(values), {"revenue": round(first), "converted": bought, "orders": bought}, summary)


def states(lifts: tuple[float, ...], seed: int) -> Iterator[PlanProgress]:
    """A test at every look, and half-way to the next one; later visitors come with other random numbers."""
    rng, share = np.random.default_rng(seed), 0.5
    experiment = Experiment(
        store=Store(slug="shop", currency="EUR"), key="cart", status=Status.RUNNING, planned_sample=PLANNED
    )
    arms = {
        variant.key: np.where(rng.random(PLANNED) < RATE, rng.lognormal(8, SIGMA, PLANNED) * (1 + lift), 0.0)
        for variant, lift in zip(VARIANTS, (0.0, *lifts), strict=False)
    }
    looks: list[ScheduledLook] = []
    for step in range(1, 2 * LOOKS + 1):
        visitors = round(PLANNED * step * share / LOOKS)
        if visitors * RATE < FIRST_BUYERS:
            continue  # nothing is said, and the permutation test would want rows of the database
        observed = {key: aggregate(values[:visitors]) for key, values in arms.items()}
        sample = Sample(
            experiment=experiment,
            variants=VARIANTS[: len(arms)],
            observed=observed,
            compared=observed,
            has_covariate=False,
            fill_minor=0,
            visitors_per_day=None,
            visitors_per_month=None,
        )
        goals, is_look = goal_comparisons(sample), step % 2 == 0
        now = NOON + timedelta(hours=12 * step)
        if is_look:
            looks.append(look_at(sample, goals, looks, now))
        bounds = treatment_bounds(looks, list(goals))
        yield PlanProgress(
            sample=sample, goals=goals, past=[], scheduled=looks, treatment_bounds=bounds, is_look=is_look, now=now
        )


def verdict_at(state: PlanProgress) -> VerdictCode:
    """The verdict on a goal alone, of a test that has run long enough."""
    sample = state.sample
    control = VARIANTS[0]
    evidence = Evidence(
        experiment=sample.experiment,
        variants=sample.variants,
        metrics=[result_of(state, sample.goal, control, treatment) for treatment in sample.treatments],
        health=HEALTH,
        plan=plan_of(state),
        visitors=sample.visitors,
        fewest_buyers=sample.fewest_buyers,
        days=14.0,
        adjustment=UNADJUSTED,
    )
    return decide(evidence).code


def final_verdict(lifts: tuple[float, ...], seed: int) -> VerdictCode:
    """The first verdict that says to ship or to stop, else the last one."""
    code: VerdictCode = "collecting"
    for state in states(lifts, seed):
        code = verdict_at(state)
        if code in {"ship", "stop_harm"}:
            break
    return code


def rate(code: VerdictCode, lifts: tuple[float, ...], tests: int, *codes: VerdictCode) -> float:
    """How many of so many tests end in one of the verdicts."""
    return sum(final_verdict(lifts, 1_000 + seed) in {code, *codes} for seed in range(tests)) / tests


@pytest.mark.slow
@TESTS
@pytest.mark.parametrize("lifts", [(0.0,), (0.0, 0.0)])
def test_verdict_rates_without_an_effect_stay_at_alpha(lifts, tests):
    assert rate("ship", lifts, tests, "stop_harm") <= 0.05 + 3 * sqrt(0.05 * 0.95 / tests)


@pytest.mark.slow
@TESTS
def test_verdict_rates_of_the_planned_effect_are_the_promised_power(tests):
    error = sqrt(0.8 * 0.2 / tests)
    assert rate("ship", (LIFT,), tests) == pytest.approx(0.8, abs=3 * error + 0.01)
