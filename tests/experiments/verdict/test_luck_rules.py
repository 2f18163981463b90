"""A verdict says whether past tests agree, and that a winner without any stands alone."""

from dataclasses import replace

import pytest

from experiments.report import Belief, CorrectedEstimate, MetricResult, Range
from tests.experiments.verdict.figures import goal, plan, verdict


def corrected(past_tests: int, chance_of_more: float) -> MetricResult:
    """A winning goal, corrected for luck."""
    one = goal(sequential=(5, 60), p_value=0.001)
    estimate = CorrectedEstimate(
        control=421.0,
        treatment=450.0,
        lift=Range(0.07, 0.01, 0.12),
        difference=Range(29.0, 4.0, 50.0),
        past_tests=past_tests,
        chance_of_more=chance_of_more,
        is_contradicted=chance_of_more < 0.01,
    )
    return replace(one, corrected=estimate)


@pytest.mark.parametrize(
    ("past_tests", "chance", "text", "detail"),
    [
        (0, 0.2, "There are no past tests to compare with", "winners look bigger than they are"),
        (20, 0.2, "The effect agrees with past tests", "corrected for luck, based on 20 past tests"),
        (20, 0.0016, "The effect is larger than past tests lead you to expect", "0.16% of tests like this one"),
        (0, 0.004, "The effect is larger than tests usually show", "the estimate follows the data"),
    ],
)
def test_past_tests_are_compared_in_words(past_tests, chance, text, detail):
    found = verdict(corrected(past_tests, chance))
    rule = next(rule for rule in found.rules if rule.code == "past_tests")
    assert text in rule.text
    assert detail in rule.detail
    assert (rule.state, rule.figure, rule.threshold) == ("info", chance, 0.01)


def test_winner_without_past_tests_is_said_to_stand_alone():
    alone = "one test alone; winners look bigger than they are"
    assert alone in verdict(corrected(0, 0.2)).headline
    assert alone not in verdict(corrected(20, 0.2)).headline


def test_result_without_a_correction_has_no_such_rule():
    assert "past_tests" not in [rule.code for rule in verdict(goal()).rules]


def believed(ship: float, keep: float) -> MetricResult:
    """An undecided goal of 4.21 in control, with these expected losses."""
    belief = Belief(
        scale="lift",
        chance_to_win=0.76,
        expected_loss_ship=ship,
        expected_loss_keep=keep,
        expected_loss_monthly_minor=None,
        mean=0.02,
        sd=0.03,
        low=-0.04,
        high=0.08,
        unavailable=None,
    )
    return replace(goal(), belief=belief)


def test_undecided_test_at_its_end_offers_the_decision_by_expected_cost_with_its_risk():
    found = verdict(believed(ship=4.21, keep=12.63), plan=plan(has_ended=True))
    assert found.code == "needs_review"
    assert found.next_step == (
        "Keep control, or test a bolder change. By expected cost, rolling out “B reason” is the better choice: the "
        "chance that it is worse than control is 24%, and the expected loss is 1.00% of control's value, against "
        "3.00% for keeping control. This is no proof."
    )


def test_undecided_test_that_rather_loses_is_offered_nothing():
    found = verdict(believed(ship=12.63, keep=4.21), plan=plan(has_ended=True))
    assert found.next_step == "Keep control, or test a bolder change."
