"""Verdicts are careful: each from the figures that lead to it and to nothing stronger."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from experiments.models import Source
from experiments.report import (
    Adjustment,
    Belief,
    Disagreement,
    FinalEstimate,
    Outlook,
    Progress,
    Range,
)
from tests.experiments.verdict.figures import (
    FIXED,
    LOSS,
    MINUS,
    OPEN,
    WIN,
    conversion,
    crossing,
    goal,
    plan,
    rules,
    verdict,
)


def test_verdict_crossed_before_a_whole_week_waits_and_says_so():
    found = verdict(goal(), plan=plan(crossing()), days=3.0)
    assert (found.code, found.headline) == (
        "collecting",
        "Collecting: 3 of at least 7 days of data. B reason already crossed the bound. That result counts.",
    )


def test_verdict_bound_crossed_and_guardrail_holds_is_ship():
    found = verdict(goal(), plan=plan(crossing()), guardrails=[conversion(-0.016, 0.009)])
    assert (found.code, found.variant) == ("ship", "b")
    assert found.headline == (
        "Roll out “B reason”. It earns €0.31 more per visitor (+7.4%). "
        f"Conversion between {MINUS}1.6% and +0.9%; a loss above 1.6% is excluded."
    )
    trace = {rule.code: (rule.state, rule.text, rule.detail) for rule in found.rules}
    assert trace["goal"] == ("pass", "The goal crossed its bound", "z 3.09 above 2.37 at look 3")
    assert trace["guardrail"] == ("pass", f"Conversion not worse than {MINUS}2%", "a loss above 1.6% is excluded")
    figures = {rule.code: (rule.figure, rule.threshold, rule.variant) for rule in found.rules}
    assert figures["goal"] == (3.09, 2.37, "b")
    assert figures["guardrail"] == (-0.016, -0.02, "b")


def test_verdict_crossed_bound_stays_crossed_and_both_figures_stand():
    found = verdict(goal(), plan=plan(crossing(z_now=1.8)))
    assert found.code == "ship"
    later = next(rule for rule in found.rules if rule.code == "since_crossing")
    assert (later.detail, later.figure, later.state) == ("z 1.80 now", 1.8, "info")


def test_verdict_lower_bound_crossed_is_stop_harm():
    found = verdict(goal(difference=-31), plan=plan(crossing(z=-3.09)))
    assert (found.code, found.variant) == ("stop_harm", "b")
    rule = next(rule for rule in found.rules if rule.code == "goal")
    assert (rule.state, rule.detail) == ("fail", f"z {MINUS}3.09 below {MINUS}2.37 at look 3")


def test_verdict_bound_not_reached_goes_on_and_says_how_long():
    left = Progress(
        days=16,
        days_needed=14,
        days_left=5,
        visitors=15_000,
        planned_sample=20_000,
        visitors_left=5_000,
        share=0.75,
        ends_on=date(2026, 11, 27),
    )
    found = verdict(goal(p_value=0.001), plan=plan(), progress=left)
    assert (found.code, found.next_step) == ("collecting", "Let it run: 5,000 more visitors per variant, about 5 days.")
    rule = next(rule for rule in found.rules if rule.code == "goal")
    assert (rule.text, rule.detail) == ("The goal hasn't reached its bound", "z 1.20 within ±2.37 at look 3")
    assert rules(found)["between_looks"] == "info"
    won = verdict(goal(), plan=plan(crossing()), progress=left)
    assert won.next_step == "Conclude the test and roll it out, or wait for the last look around 27 November."


def test_verdict_between_looks_the_always_valid_interval_may_decide():
    assert verdict(goal(sequential=WIN), plan=plan()).code == "ship"
    assert verdict(goal(difference=-31, sequential=LOSS), plan=plan()).code == "stop_harm"


def test_verdict_interval_of_a_look_that_did_not_cross_decides_nothing():
    at_look = goal(sequential=WIN)
    assert at_look.sequential is not None
    result = replace(at_look, sequential=replace(at_look.sequential, method="group_sequential"))
    assert verdict(result, plan=plan(has_ended=True)).code == "needs_review"


def test_verdict_plan_ended_undecided_needs_a_decision():
    found = verdict(goal(p_value=0.2), plan=plan(has_ended=True))
    assert (found.code, found.next_step) == ("needs_review", "Keep control, or test a bolder change.")
    assert found.headline == "No clear difference. B reason: +7.4% (+2.4% to +12.4%) in revenue per visitor."


def test_verdict_plan_ended_undecided_with_nothing_at_stake_says_what_it_would_risk():
    belief = Belief(
        scale="lift",
        chance_to_win=0.9,
        expected_loss_ship=0.421,
        expected_loss_keep=30.0,
        expected_loss_monthly_minor=None,
        mean=0.05,
        sd=0.03,
        low=-0.01,
        high=0.1,
        unavailable=None,
    )
    found = verdict(replace(goal(), belief=belief), plan=plan(has_ended=True))
    assert found.code == "needs_review"
    assert "the expected loss is 0.10% of control's value" in found.next_step
    assert rules(found)["expected_loss"] == "pass"


def test_verdict_interval_within_what_matters_is_no_material_difference():
    found = verdict(goal(difference=1, sequential=(-8.0, 8.4)))  # 2% of 421 is 8.42
    assert found.code == "no_material_difference"
    assert found.headline.startswith("No material difference: within 2% of control.")
    assert verdict(goal(difference=1, sequential=(-8.0, 8.5))).code == "collecting"


def test_verdict_win_with_guardrail_unproven_ships_and_says_what_is_known():
    found = verdict(goal(sequential=WIN), guardrails=[conversion(-0.06, 0.05)])
    assert found.code == "ship"
    assert found.headline.endswith(f"Conversion between {MINUS}6.0% and +5.0%; a loss above 6.0% is excluded.")
    assert "no harm" not in found.headline
    assert rules(found)["guardrail"] == "info"


def test_verdict_win_whose_answer_hangs_on_the_adjustment_says_so_and_shows_no_money():
    other = Disagreement(way="without_cap", kind="sign", lift=-0.012)
    found = verdict(replace(goal(sequential=WIN), disagreement=other))
    assert found.code == "ship"
    assert found.headline == (
        "“B reason” wins by the planned test, but the result depends on the adjustment: "
        f"without the cap on order values, it is {MINUS}1.2%."
    )
    assert "€" not in found.headline
    undecided = verdict(replace(goal(), disagreement=other))
    assert undecided.headline.endswith(
        f"The result depends on the adjustment: without the cap on order values, it is {MINUS}1.2%."
    )


def test_verdict_shows_the_final_estimate_and_not_the_one_that_was_tested():
    final = FinalEstimate(
        control=421.0,
        treatment=421.0 * 1.05,
        difference=Range(21.05, 2.0, 40.0),
        lift=Range(0.05, 0.01, 0.09),
        is_corrected=True,
    )
    found = verdict(replace(goal(sequential=WIN), final=final))
    assert found.headline.startswith("Roll out “B reason”. It earns €0.21 more per visitor (+5.0%).")


@pytest.mark.parametrize(("low", "high"), [(-0.09, -0.03), (-0.04, -0.001)])
def test_verdict_win_with_conversion_worse_needs_review(low, high):
    found = verdict(goal(sequential=WIN), guardrails=[conversion(low, high)])
    assert (found.code, found.variant) == ("needs_review", "b")
    assert found.headline.endswith("But conversion got worse.")


def test_verdict_guardrail_without_interval_is_not_a_pass():
    assert "isn't known well enough yet" in verdict(goal(sequential=WIN), guardrails=[conversion(None, None)]).headline


def test_verdict_guardrail_surely_harmed_stops_even_early():
    harmed = conversion(-0.3, -0.1, is_harm_certain=True)
    found = verdict(goal(), guardrails=[harmed], days=2.0)
    assert (found.code, found.variant) == ("stop_harm", "b")
    assert found.headline == f"B reason: conversion fell past the allowed {MINUS}2%."
    assert verdict(goal(sequential=WIN), guardrails=[harmed]).code == "needs_review"


def test_verdict_one_of_two_treatments_surely_harmed_needs_review_unless_the_other_wins():
    harmed = conversion(-0.3, -0.1, "c", is_harm_certain=True)
    found = verdict(goal("b"), goal("c"), guardrails=[harmed])
    assert (found.code, found.variant) == ("needs_review", "c")
    assert "restart it without C bundle" in found.next_step
    assert verdict(goal("b", sequential=WIN), goal("c"), guardrails=[harmed]).variant == "b"


def test_verdict_goal_worse_is_a_loss():
    found = verdict(goal(difference=-31, sequential=LOSS))
    assert (found.code, found.variant) == ("stop_harm", "b")
    assert found.headline == f"B reason earns €0.31 less per visitor ({MINUS}7.4%)."


@pytest.mark.parametrize("sequential", [OPEN, None])
def test_verdict_running_test_with_small_fixed_p_is_not_decided_early(sequential):
    found = verdict(goal(sequential=sequential, p_value=0.001))
    assert found.code == "collecting"
    assert found.headline.startswith(
        "No clear difference yet. B reason: +7.4% (+2.4% to +12.4%) in revenue per visitor"
    )


def test_verdict_imported_test_is_read_at_its_end():
    options: dict[str, Any] = {"experiment": {"source": Source.IMPORTED}, "plan": FIXED, "days": 0.0}
    found = verdict(goal(p_value=0.001), fewest_buyers=12, **options)
    assert found.code == "ship"
    assert "days" not in rules(found)
    assert verdict(goal(p_value=0.051), **options).code == "needs_review"
    few = verdict(goal(p_value=0.001), fewest_buyers=9, **options)
    assert few.headline == "Too few orders to tell: 9 of 10 buyers in the smallest variant."


def test_verdict_several_treatments_names_the_best_winner():
    found = verdict(goal("b", 20, WIN), goal("c", 40, WIN), guardrails=[conversion(0.0, 0.1, "c")])
    assert (found.code, found.variant) == ("ship", "c")
    assert found.headline.startswith("Roll out “C bundle”. It earns €0.40 more")
    assert {rule.text for rule in found.rules if rule.code == "goal"} == {
        "B reason: the goal is better by the always-valid interval",
        "C bundle: the goal is better by the always-valid interval",
    }


def test_verdict_one_loses_one_open_goes_on():
    found = verdict(goal("b", -31, LOSS), goal("c", 10, OPEN))
    assert found.code == "collecting"
    assert "C bundle" in found.headline


def test_verdict_all_lose_says_so():
    found = verdict(goal("b", -31, LOSS), goal("c", -50, LOSS))
    assert found.code == "stop_harm"
    assert found.headline.startswith("Every treatment does worse than control. The best one: B reason earns €0.31 less")


def test_verdict_win_that_is_unlikely_is_said_and_ends_nothing():
    unlikely = Outlook(variant="b", win_chance=0.04, is_futile=True, detectable_lift=0.12)
    found = verdict(goal(), plan=plan(), outlooks=[unlikely])
    assert found.code == "collecting"
    assert found.headline.endswith("A win by the planned end is unlikely: 4.0%.")
    assert found.next_step.startswith("You can stop it and test a bolder change, or let it run")
    (rule,) = [rule for rule in found.rules if rule.code == "futility"]
    assert (rule.state, rule.figure, rule.threshold) == ("info", 0.04, 0.05)
    assert rule.detail == "4.0%; effects from ±12.0% on would be found by now"


def test_verdict_win_that_is_possible_for_one_treatment_goes_on_for_its_sake():
    outlooks = [
        Outlook(variant="b", win_chance=0.04, is_futile=True, detectable_lift=0.12),
        Outlook(variant="c", win_chance=0.4, is_futile=False, detectable_lift=0.12),
    ]
    found = verdict(goal("b"), goal("c"), plan=plan(), outlooks=outlooks)
    assert "unlikely" not in found.headline
    assert [rule.text for rule in found.rules if rule.code == "futility"] == [
        "B reason: a win by the planned end is unlikely",
        "C bundle: a win by the planned end is possible",
    ]


@pytest.mark.parametrize(("has_ended", "code"), [(False, "collecting"), (True, "needs_review")])
def test_verdict_values_that_are_all_the_same_cannot_be_compared(has_ended, code):
    equal = goal(sequential=None, p_value=0.4)
    equal = replace(
        equal,
        main=replace(equal.main, p_value=None, difference=None, lift=None, unavailable="zero_variance"),
        corrected_p_value=None,
    )
    found = verdict(equal, plan=plan(has_ended=has_ended))
    assert found.code == code
    assert found.headline == "Revenue per visitor can't be compared: every value is the same."


def test_verdict_without_a_goal_has_nothing_to_compare():
    assert verdict().headline == "There is nothing to compare."


def test_verdict_cart_value_that_explains_much_is_in_the_trace():
    used = Adjustment(is_used=True, coverage=1.0, variance_reduction=0.41, visitors_multiple=1.69, unavailable=None)
    rule = next(rule for rule in verdict(goal(), adjustment=used).rules if rule.code == "adjustment")
    assert (rule.text, rule.detail) == (
        "The adjustment explains 41% of variance",
        "by cart value: like 1.7 times the visitors",
    )
