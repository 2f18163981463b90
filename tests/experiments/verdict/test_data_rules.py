"""Data that can't be trusted, or isn't enough, keeps a verdict from being read."""

from dataclasses import replace
from datetime import date

import pytest

from experiments.models import Source
from experiments.report import (
    BalanceCheck,
    SegmentRatioCheck,
)
from tests.experiments.verdict.figures import (
    FIXED,
    HEALTH,
    WIN,
    goal,
    rules,
    verdict,
)


def test_verdict_mismatched_split_is_invalid_whatever_the_goal_says():
    ratio = replace(HEALTH.sample_ratio, corrected_p_value=1e-5, is_alarming=True)
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, sample_ratio=ratio))
    assert found.code == "invalid"
    assert (
        found.headline
        == "Don't act on these results: traffic is not split as planned (sample ratio mismatch: p <0.001)."
    )
    assert (found.rules[0].figure, found.rules[0].threshold) == (1e-5, 0.001)


def test_verdict_many_conflicting_visitors_is_invalid():
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, conflicting=500, conflicting_share=0.0125))
    assert found.code == "invalid"
    assert "too many visitors saw two variants" in found.headline


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


def test_verdict_carts_that_differ_before_the_offer_are_a_warning():
    check = BalanceCheck(
        variant="b",
        covariate="cart_value",
        control=4_210.0,
        treatment=4_730.0,
        corrected_p_value=2e-4,
        is_alarming=True,
    )
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, balance=[check, replace(check, is_alarming=False)]))
    assert (found.code, rules(found)["balance"]) == ("ship", "warn")
    (rule,) = [rule for rule in found.rules if rule.code == "balance"]
    assert rule.detail == "€47.30 on average, €42.10 in control: p <0.001"


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"visitors": 0, "fewest_buyers": 0, "days": 0.0}, "No visitors yet."),
        ({"fewest_buyers": 99}, "Collecting: 99 of 100 buyers in the smallest variant."),
        ({"days": 2.5}, "Collecting: 2 of at least 7 days of data."),
    ],
)
def test_verdict_too_early_is_collecting_even_with_a_clear_goal(fields, headline):
    found = verdict(goal(sequential=WIN), **fields)
    assert (found.code, found.headline, found.variant) == ("collecting", headline, None)


def test_verdict_imported_test_with_an_uneven_split_is_a_warning():
    ratio = replace(HEALTH.sample_ratio, corrected_p_value=1e-9)
    found = verdict(
        goal(p_value=0.001),
        experiment={"source": Source.IMPORTED},
        plan=FIXED,
        health=replace(HEALTH, sample_ratio=ratio),
    )
    assert found.code == "ship"
    assert (found.rules[0].state, found.rules[0].text[:31]) == ("warn", "Traffic is not split evenly. Ig")
