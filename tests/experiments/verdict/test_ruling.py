"""Verdicts are careful: each from the figures that lead to it and to nothing stronger."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from experiments.models import Experiment, Source, Store, Variant
from experiments.report import (
    Adjustment,
    Belief,
    Crossing,
    Estimate,
    Guardrail,
    Health,
    Look,
    MetricResult,
    Plan,
    Progress,
    Range,
    Ratio,
    SampleRatioCheck,
    SegmentRatioCheck,
    SequentialResult,
    Verdict,
)
from experiments.verdict.evidence import Evidence
from experiments.verdict.ruling import decide
from tests.factories import NOON

STORE = Store(slug="shop", currency="EUR")
HEALTH = Health(
    sample_ratio=SampleRatioCheck(p_value=0.6, always_valid_p_value=1.0, is_alarming=False, unavailable=None),
    conflicting=0,
    conflicting_share=0.0,
    immature=0,
    immature_share=0.0,
    skipped_shares={},
    unmatched_order_share=0.0,
)
OPEN, WIN, LOSS = (-20.0, 50.0), (5.0, 60.0), (-60.0, -5.0)
ANYTIME, FIXED = Plan(design="always_valid"), Plan(design="fixed", has_ended=True)
MINUS = "\N{MINUS SIGN}"


def goal(
    variant: str = "b", difference: float = 31, sequential: tuple[float, float] | None = OPEN, p_value: float = 0.4
) -> MetricResult:
    """RPV of 4.21 against control, with this always-valid interval and corrected p-value."""
    lift = difference / 421
    return MetricResult(
        metric="rpv",
        label="Revenue per visitor",
        unit="money",
        role="goal",
        variant=variant,
        control=Ratio(421_000, 1000, 421.0),
        treatment=Ratio(421_000, 1000, 421.0 + difference),
        main=Estimate(
            control=421.0,
            treatment=421.0 + difference,
            difference=Range(difference, difference - 20, difference + 20),
            lift=Range(lift, lift - 0.05, lift + 0.05),
            p_value=p_value,
            method="score",
            unavailable=None,
        ),
        is_adjusted=False,
        variance_reduction=None,
        without_cuped=None,
        without_cap=None,
        corrected_p_value=p_value,
        sequential=sequential
        and SequentialResult(
            low=sequential[0],
            high=sequential[1],
            relative_low=sequential[0] / 421,
            relative_high=sequential[1] / 421,
            p_value=None,
            unavailable=None,
        ),
        belief=None,
    )


def conversion(low: float | None, high: float | None, variant: str = "b", **fields: bool) -> Guardrail:
    states = {(True, True): "holds", (False, False): "harmed"}
    sides = (low is not None and low >= -0.02, high is None or high >= -0.02)
    return Guardrail(
        variant=variant,
        metric="conversion",
        label="Conversion",
        margin=-0.02,
        is_in_points=False,
        effect=None if low is high is None else Range(0.0, low, high),
        state=states.get(sides, "unproven"),  # type: ignore[arg-type]
        **fields,
    )


def plan(*crossings: Crossing, z: float = 1.2, has_ended: bool = False) -> Plan:
    """A plan after its third look, at which treatment ``b`` had this z."""
    look = Look(
        number=3,
        taken_at=NOON,
        variant="b",
        visitors=15_000,
        information=900,
        information_fraction=0.75,
        spent=0.02,
        z=z,
        bound=2.37,
        has_crossed=False,
        lift=None,
        ship_above=0.06,
        stop_below=-0.06,
    )
    options = {"planned_sample": 20_000, "looks": [look], "crossings": list(crossings), "has_ended": has_ended}
    return Plan(design="group_sequential", **options)  # type: ignore[arg-type]


def crossing(z: float = 3.09, variant: str = "b", z_now: float | None = None) -> Crossing:
    return Crossing(variant=variant, number=3, taken_at=NOON, z=z, bound=2.37, z_now=z if z_now is None else z_now)


def verdict(*metrics: MetricResult, experiment: dict[str, object] | None = None, **fields: object) -> Verdict:
    defaults: dict[str, object] = {
        "experiment": Experiment(store=STORE, key="cart", **experiment or {}),
        "variants": [
            Variant(key="a", name="A control", is_control=True),
            Variant(key="b", name="B reason"),
            Variant(key="c", name="C bundle"),
        ],
        "metrics": metrics,
        "health": HEALTH,
        "plan": ANYTIME,
        "visitors": 40_000,
        "fewest_buyers": 1_200,
        "days": 16.0,
        "adjustment": Adjustment(
            is_used=False, coverage=1.0, variance_reduction=None, visitors_multiple=None, unavailable=None
        ),
    }
    return decide(Evidence(**defaults | fields))  # type: ignore[arg-type]


def rules(found: Verdict) -> dict[str, str]:
    return {rule.code: rule.state for rule in found.rules}


def test_verdict_mismatched_split_is_invalid_whatever_the_goal_says():
    ratio = replace(HEALTH.sample_ratio, p_value=1e-5, is_alarming=True)
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, sample_ratio=ratio))
    assert found.code == "invalid"
    assert found.headline == "Don't act on these results: traffic is not split as planned (SRM p below 0.001)."
    assert (found.rules[0].figure, found.rules[0].threshold) == (1e-5, 0.001)


def test_verdict_many_conflicting_visitors_is_invalid():
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, conflicting=500, conflicting_share=0.0125))
    assert found.code == "invalid"
    assert "too many visitors were seen in two variants" in found.headline


@pytest.mark.parametrize(("share", "code", "state"), [(0.11, "invalid", "fail"), (0.1, "ship", "warn")])
def test_verdict_tracking_gaps_of_more_than_a_tenth_are_invalid(share, code, state):
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, gap_days=[date(2026, 11, 4)] * 2, gap_share=share))
    assert (found.code, rules(found)["gaps"]) == (code, state)


def test_verdict_split_that_is_off_on_phones_is_a_warning():
    check = SegmentRatioCheck(
        dimension="device",
        value="phone",
        visitors={},
        p_value=1e-6,
        corrected_p_value=2e-6,
        always_valid_p_value=None,
        is_alarming=True,
    )
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, segment_ratios=[check]))
    assert (found.code, rules(found)["segment_ratio"]) == ("ship", "warn")


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"visitors": 0, "fewest_buyers": 0, "days": 0.0}, "No visitors yet."),
        ({"fewest_buyers": 99}, "Collecting: 99 of 100 buyers in the smallest variant."),
        ({"days": 2.5}, "Collecting: day 3 of at least 7."),
    ],
)
def test_verdict_too_early_is_collecting_even_with_a_clear_goal(fields, headline):
    found = verdict(goal(sequential=WIN), **fields)
    assert (found.code, found.headline, found.variant) == ("collecting", headline, None)


def test_verdict_crossed_before_a_whole_week_waits_and_says_so():
    found = verdict(goal(), plan=plan(crossing()), days=3.0)
    assert (found.code, found.headline) == (
        "collecting",
        "Collecting: day 4 of at least 7. B reason crossed the bound already, which stands.",
    )


def test_verdict_bound_crossed_and_guardrail_holds_is_ship():
    found = verdict(goal(), plan=plan(crossing()), guardrails=[conversion(-0.016, 0.009)])
    assert (found.code, found.variant) == ("ship", "b")
    assert found.headline == "Ship B reason. It earns €0.31 more per visitor (+7.4%). No guardrail is harmed."
    trace = {rule.code: (rule.state, rule.text, rule.detail) for rule in found.rules}
    assert trace["goal"] == ("pass", "Goal crossed its bound", "z 3.09 above 2.37 at look 3")
    assert trace["guardrail"] == ("pass", f"Conversion not worse than {MINUS}2%", f"lower bound {MINUS}1.6%")
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
    assert (rule.text, rule.detail) == ("Goal has not reached its bound", "z 1.20 within ±2.37 at look 3")
    assert rules(found)["between_looks"] == "info"
    won = verdict(goal(), plan=plan(crossing()), progress=left)
    assert won.next_step == "Conclude the test and roll it out, or wait for the last look about 27 November."


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
    assert "on average that risks 0.10% of control's value" in found.next_step
    assert rules(found)["expected_loss"] == "pass"


def test_verdict_interval_within_what_matters_is_no_material_difference():
    found = verdict(goal(difference=1, sequential=(-8.0, 8.4)))  # 2% of 421 is 8.42
    assert found.code == "no_material_difference"
    assert found.headline.startswith("No difference that matters: it is within 2.0% of control.")
    assert verdict(goal(difference=1, sequential=(-8.0, 8.5))).code == "collecting"


def test_verdict_win_with_guardrail_unproven_ships_and_says_so():
    found = verdict(goal(sequential=WIN), guardrails=[conversion(-0.05, 0.03)])
    assert found.code == "ship"
    assert found.headline.endswith("Conversion shows no harm; that the margin holds is not proven yet.")


@pytest.mark.parametrize(("low", "high"), [(-0.09, -0.03), (-0.04, -0.001)])
def test_verdict_win_with_conversion_worse_needs_review(low, high):
    found = verdict(goal(sequential=WIN), guardrails=[conversion(low, high)])
    assert (found.code, found.variant) == ("needs_review", "b")
    assert found.headline.endswith("But conversion got worse.")


def test_verdict_guardrail_without_interval_is_not_a_pass():
    assert "not proven yet" in verdict(goal(sequential=WIN), guardrails=[conversion(None, None)]).headline


def test_verdict_guardrail_surely_harmed_stops_even_early():
    harmed = conversion(-0.3, -0.1, is_harm_certain=True)
    found = verdict(goal(), guardrails=[harmed], days=2.0)
    assert (found.code, found.variant) == ("stop_harm", "b")
    assert found.headline == f"B reason: conversion fell further than the {MINUS}2% that is allowed."
    assert verdict(goal(sequential=WIN), guardrails=[harmed]).code == "needs_review"


def test_verdict_one_of_two_treatments_surely_harmed_needs_review_unless_the_other_wins():
    harmed = conversion(-0.3, -0.1, "c", is_harm_certain=True)
    found = verdict(goal("b"), goal("c"), guardrails=[harmed])
    assert (found.code, found.variant) == ("needs_review", "c")
    assert "start again without C bundle" in found.next_step
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


def test_verdict_imported_test_with_an_uneven_split_is_a_warning():
    ratio = replace(HEALTH.sample_ratio, p_value=1e-9)
    found = verdict(
        goal(p_value=0.001),
        experiment={"source": Source.IMPORTED},
        plan=FIXED,
        health=replace(HEALTH, sample_ratio=ratio),
    )
    assert found.code == "ship"
    assert (found.rules[0].state, found.rules[0].text[:31]) == ("warn", "Traffic is not split evenly: re")


def test_verdict_several_treatments_names_the_best_winner():
    found = verdict(goal("b", 20, WIN), goal("c", 40, WIN), guardrails=[conversion(0.0, 0.1, "c")])
    assert (found.code, found.variant) == ("ship", "c")
    assert found.headline.startswith("Ship C bundle. It earns €0.40 more")
    assert {rule.text for rule in found.rules if rule.code == "goal"} == {
        "B reason: goal is better by the interval that holds at any time",
        "C bundle: goal is better by the interval that holds at any time",
    }


def test_verdict_one_loses_one_open_goes_on():
    found = verdict(goal("b", -31, LOSS), goal("c", 10, OPEN))
    assert found.code == "collecting"
    assert "C bundle" in found.headline


def test_verdict_all_lose_says_so():
    found = verdict(goal("b", -31, LOSS), goal("c", -50, LOSS))
    assert found.code == "stop_harm"
    assert found.headline.startswith("Every treatment does worse than control. At best: B reason earns €0.31 less")


def test_verdict_without_a_goal_has_nothing_to_compare():
    assert verdict().headline == "There is nothing to compare."


def test_verdict_cart_value_that_explains_much_is_in_the_trace():
    used = Adjustment(is_used=True, coverage=1.0, variance_reduction=0.41, visitors_multiple=1.69, unavailable=None)
    rule = next(rule for rule in verdict(goal(), adjustment=used).rules if rule.code == "adjustment")
    assert (rule.text, rule.detail) == ("Cart value explains 41% of variance", "as if 1.7 times the visitors")
