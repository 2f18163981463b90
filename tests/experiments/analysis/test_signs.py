"""Lifts, guardrails, and verdicts over a control that is positive, zero or negative."""

from dataclasses import replace
from math import copysign, hypot, inf
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from experiments.analysis.beliefs import curves_of
from experiments.analysis.effects import guardrails_of
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.metric_results import compare_all
from experiments.analysis.metrics import DEFINITIONS
from experiments.analysis.sample import goal_comparisons
from experiments.analysis.segments import cochran_q
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.report import Guardrail, MetricResult
from experiments.statistics import Comparison, Interval, Sequential, confidence_sequence
from tests.examples import examples
from tests.experiments.analysis.samples import NOW, arm, sample

VISITORS = 20_000
# Of a visitor, in minor units: from a large loss to a large gain, nothing among them.
VALUES = st.integers(-2_000, 2_000)


def margins(mean: float, sd: float = 100.0, visitors: int = VISITORS) -> Aggregate:
    """An arm whose visitors all buy for 50.00, and earn so much on average, normally distributed."""
    second, third = sd**2 + mean**2, mean**3 + 3 * mean * sd**2
    return arm(
        visitors,
        converted=visitors,
        orders=visitors,
        revenue=visitors * 5_000,
        revenue_x_revenue=visitors * 5_000**2,
        revenue_x_revenue_x_revenue=visitors * 5_000**3,
        margin=round(visitors * mean),
        margin_x_margin=round(visitors * second),
        margin_x_margin_x_margin=round(visitors * third),
    )


def state_of(control: Aggregate, treatment: Aggregate, **fields: Any) -> PlanProgress:
    found = sample({"a": control, "b": treatment}, guardrails=[{"metric": "margin", "margin": -0.02}], **fields)
    return PlanProgress(
        sample=found,
        goals=goal_comparisons(found),
        past=[],
        scheduled=[],
        treatment_bounds={},
        is_look=False,
        now=NOW,
    )


def margin_of(control: float, treatment: float, sd: float = 100.0) -> tuple[MetricResult, Guardrail]:
    """The margin per visitor of the treatment, and its guardrail at -2%."""
    state = state_of(margins(control, sd), margins(treatment, sd))
    results = compare_all(state)
    (guardrail,) = guardrails_of(state.sample.experiment, results)
    return next(result for result in results if result.metric == Metric.MARGIN), guardrail


@pytest.mark.parametrize(
    ("control", "treatment", "state", "is_certain"),
    [
        (-100, -50, "holds", False),  # a loss that is halved
        (-100, -200, "harmed", True),  # a loss that is doubled
        (100, 50, "harmed", True),
        (100, 200, "holds", False),
        (0, -50, "harmed", True),
        (0, 50, "holds", False),
        (-50, 50, "holds", False),
        (50, -50, "harmed", True),
        (1, -50, "harmed", True),  # control can't be told from zero
        (-1, 50, "holds", False),
        (-100, -101, "unproven", False),
    ],
)
def test_margin_guardrail_judges_the_difference_whatever_the_sign(control, treatment, state, is_certain):
    _, guardrail = margin_of(control, treatment)
    assert (guardrail.state, guardrail.is_harm_certain) == (state, is_certain)


def test_margin_guardrail_of_a_control_near_zero_is_in_money():
    _, guardrail = margin_of(1, -50)
    assert guardrail.is_in_unit
    assert guardrail.allowed == pytest.approx(-0.02)
    assert guardrail.effect is not None
    assert guardrail.effect.estimate == pytest.approx(-51)


def test_lift_of_a_loss_is_a_fraction_of_its_size():
    result, _ = margin_of(-100, -50)
    assert result.main.lift is not None
    assert result.main.lift.estimate == pytest.approx(0.5)
    assert 0.4 < result.main.lift.low < 0.5 < result.main.lift.high < 0.6  # type: ignore[operator]
    assert result.sequential is not None
    assert 0.4 < result.sequential.relative_low < 0.5 < result.sequential.relative_high < 0.6  # type: ignore[operator]


def test_loss_has_a_belief_in_the_difference_and_no_correction_for_luck():
    # By log(1 + lift), a loss that is halved would be one that grew by half.
    result, _ = margin_of(-100, -50)
    assert result.corrected is None
    belief = result.belief
    assert belief is not None
    # 20,000 visitors an arm with a standard deviation of 100: an error of 1 around a gain of 50
    assert belief.scale == "difference"
    assert (belief.mean, belief.sd) == pytest.approx((50, 1), rel=0.01)
    assert (belief.low, belief.high) == pytest.approx((48.04, 51.96), rel=0.001)
    assert belief.chance_to_win == pytest.approx(1)


@pytest.mark.parametrize(("control", "treatment"), [(1, 3), (0, 2), (-1, 1)])
def test_belief_over_a_control_near_zero_is_in_the_difference(control, treatment):
    # A lift of +200% of next to nothing, or of a loss, tells nobody anything; two minor units more do.
    result, _ = margin_of(control, treatment)
    belief = result.belief
    assert belief is not None
    assert (belief.scale, belief.unavailable) == ("difference", None)
    assert belief.mean == pytest.approx(2)
    assert belief.chance_to_win == pytest.approx(NormalDist().cdf(2), abs=0.001)
    # What is lost where it is worse, on average: the unit normal loss at two standard errors.
    assert belief.expected_loss_ship == pytest.approx(0.00849, abs=0.0002)


def test_curve_of_a_goal_near_zero_is_of_the_difference_in_money():
    state = state_of(margins(1), margins(3), goal_metric="margin")
    (curve,) = curves_of(state.sample, state.goals, compare_all(state))
    assert (curve.scale, curve.unit) == ("difference", "money")
    assert curve.effect[0] < 0 < 2 < curve.effect[-1] < 10
    area = sum(
        (b - a) * (x + y) / 2
        for a, b, x, y in zip(curve.effect, curve.effect[1:], curve.density, curve.density[1:], strict=False)
    )
    assert area == pytest.approx(1, abs=0.001)


@pytest.mark.slow
@examples(60)
@given(VALUES, VALUES, st.integers(1, 3_000))
def test_lift_and_guardrail_agree_with_the_difference_of_any_sign(control, treatment, sd):
    # of zeros alone it isn't known whether anybody sent margins
    assume(control or treatment)
    result, guardrail = margin_of(control, treatment, sd)
    difference, lift = result.main.difference, result.main.lift
    assert difference is not None
    if lift is not None and difference.estimate:
        assert copysign(1, lift.estimate) == copysign(1, difference.estimate)
        assert (lift.low if lift.low is not None else -inf) <= lift.estimate
        assert lift.estimate <= (lift.high if lift.high is not None else inf)
    # nothing is harm that isn't worse, and nothing holds that is surely worse by more than the margin
    if guardrail.state == "harmed":
        assert difference.high is not None
        assert difference.high < 0
    if difference.low is not None and difference.low >= 0:
        assert guardrail.state == "holds"
    if guardrail.is_harm_certain:
        assert guardrail.state == "harmed"


@examples(60)
@given(VALUES, VALUES, st.integers(1, 3_000))
def test_always_valid_lift_excludes_what_the_sequence_on_the_shifted_difference_excludes(control, treatment, sd):
    assume(control)
    comparison = compared(control, treatment, sd)
    found = confidence_sequence(comparison, n=2 * VISITORS, n_star=VISITORS)
    assert found.lift_low is not None
    assert found.lift_high is not None
    for lift in (-0.02, 0.0, 0.02):
        shifted = shifted_sequence(comparison, lift)
        is_below, is_above = shifted.high < 0, shifted.low > 0  # type: ignore[operator]
        # below "treatment is (1 + lift) of control" is a smaller lift over a positive control, a larger one over a loss
        if control < 0:
            is_below, is_above = is_above, is_below
        if abs(found.lift_low - lift) > 1e-9 and abs(found.lift_high - lift) > 1e-9 and is_told(comparison):
            assert (found.lift_high < lift, found.lift_low > lift) == (is_below, is_above)


def compared(control: float, treatment: float, sd: float) -> Comparison:
    """The margins by the engine, as they are without the sign of a loss."""
    definition = DEFINITIONS[Metric.MARGIN]
    return definition.compare(margins(control, sd), margins(treatment, sd), alpha=0.05, is_by_welch=True)


def shifted_sequence(comparison: Comparison, lift: float) -> Sequential:
    """The always-valid interval of ``treatment - (1 + lift) control``, put together by hand."""
    assert comparison.control is not None
    assert comparison.treatment is not None
    assert comparison.control_error is not None
    assert comparison.treatment_error is not None
    difference = comparison.treatment - (1 + lift) * comparison.control
    error = hypot(comparison.treatment_error, (1 + lift) * comparison.control_error)
    shifted = replace(comparison, difference=Interval(difference, None, None), standard_error=error)
    return confidence_sequence(shifted, n=2 * VISITORS, n_star=VISITORS)


def is_told(comparison: Comparison) -> bool:
    """Whether control is far enough from zero for a lift with two ends at any time."""
    assert comparison.control is not None
    assert comparison.control_error is not None
    return abs(comparison.control) > 5 * comparison.control_error


def test_segments_with_a_loss_are_compared_by_their_differences():
    # halved and doubled losses: on the log scale, nothing could be said
    differing = [compared(-100, -50, 100), compared(-100, -200, 100)]
    test = cochran_q(differing)
    assert test is not None
    # differences of +50 and -100, each with error sqrt(2) 100 / sqrt(20,000) = 1: Q = (75^2 + 75^2) / 1
    assert test.q == pytest.approx(11_250, rel=1e-3)
    alike = cochran_q([compared(-100, -50, 100), compared(20, 70, 100)])
    assert alike is not None
    assert alike.q == pytest.approx(0, abs=1e-6)
