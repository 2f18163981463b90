"""A win that another test turns around isn't rolled out by itself, and the verdict says beside what."""

from typing import Any

import pytest

from experiments import formatting
from experiments.models import PlanVersion
from experiments.report import ArmEffect, OverlapResult, Range, Rule, Verdict
from tests.experiments.overlapping import overlap
from tests.experiments.verdict.figures import MINUS, crossing, goal, plan, verdict

WEEKLY: dict[str, object] = {"plan_version": PlanVersion.WEEKLY}


def winner(overlaps: list[OverlapResult], **fields: Any) -> Verdict:
    return verdict(goal(), plan=plan(crossing()), overlaps=overlaps, experiment=WEEKLY | fields)


def rule(found: Verdict, code: str) -> Rule:
    return next(one for one in found.rules if one.code == code)


def test_win_that_another_test_turns_around_is_reviewed():
    found = winner([overlap()])
    assert (found.code, found.variant) == ("needs_review", "b")
    assert f"But beside “Exit dialog” the effect turns around: +5.0% with No dialog and {MINUS}3.2% with Dialog." in (
        found.headline
    )
    assert found.next_step.startswith("Decide “Exit dialog” first")
    turned = rule(found, "overlap_interaction")
    assert (turned.state, turned.figure, turned.threshold, turned.variant) == ("warn", 0.002, 0.05, "b")


def test_win_beside_an_interaction_of_one_sign_is_rolled_out_and_the_rules_say_so():
    found = winner([overlap(turns_sign=False)])
    assert found.code == "ship"
    assert "turns around" not in found.headline
    assert rule(found, "overlap_interaction").state == "info"


def test_displacement_is_told_and_holds_nothing_up():
    found = winner(
        [overlap(is_interacting=False, turns_sign=False, is_displacing=True, displacement_text="Fewer see it.")]
    )
    assert found.code == "ship"
    told = rule(found, "overlap_displacement")
    assert (told.state, told.detail, told.figure) == ("info", "Fewer see it.", 0.0001)


def test_other_tests_without_a_finding_are_not_mentioned():
    found = winner([overlap(is_interacting=False, turns_sign=False)])
    assert not [one for one in found.rules if one.code.startswith("overlap")]


def test_effect_of_another_treatment_that_turns_around_holds_up_no_win():
    assert winner([overlap("c")]).code == "ship"


def test_daily_plan_keeps_its_verdict_and_gets_the_sentence():
    found = winner([overlap()], plan_version=PlanVersion.DAILY)
    assert found.code == "ship"
    assert "turns around" in found.headline


@pytest.mark.parametrize(
    ("effect", "text"), [(None, f"{formatting.MISSING} with A"), (Range(0.05, None, None), "+5.0% with A")]
)
def test_effect_without_a_lift_is_a_dash(effect, text):
    arms = [ArmEffect(other_variant="a", name="A", visitors=10, lift=effect)]
    shown = rule(winner([overlap(effects=arms)]), "overlap_interaction").detail
    assert shown == text
