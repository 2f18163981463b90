"""A win whose effect fades isn't rolled out, and the verdict says why."""

from datetime import date
from typing import Any

import pytest

from experiments.models import PlanVersion, Source
from experiments.report import DayEffect, DaySpan, Range, Rule, Verdict
from tests.experiments.verdict.figures import FIXED, MINUS, crossing, goal, plan, verdict

WEEKLY: dict[str, object] = {"plan_version": PlanVersion.WEEKLY}


def span(estimate: float) -> DaySpan:
    return DaySpan(
        first_day=date(2026, 3, 2),
        last_day=date(2026, 3, 4),
        visitors=9_000,
        control=421.0,
        treatment=421.0 * (1 + estimate),
        lift=Range(estimate, estimate - 0.1, estimate + 0.1),
    )


def by_day(state: Any = "fading", **fields: Any) -> list[DayEffect]:
    first, later = span(0.4), span(0.01)
    return [
        DayEffect(
            variant="b",
            state=state,
            metric="conversion",
            first=first,
            later=later,
            first_days_p_value=0.001,
            **fields,
        )
    ]


def test_winner_whose_effect_fades_goes_on_and_shows_the_later_days():
    found = verdict(goal(), plan=plan(crossing()), by_day=by_day(), experiment=WEEKLY)
    assert found.code == "collecting"
    assert "its effect fades: +40.0% (+30.0% to +50.0%) on the first days" in found.headline
    assert f"+1.0% ({MINUS}9.0% to +11.0%) since" in found.headline
    assert "later days alone are a win" in found.next_step


def test_winner_whose_effect_fades_is_reviewed_once_the_plan_is_used_up():
    found = verdict(goal(), plan=plan(crossing(), has_ended=True), by_day=by_day(), experiment=WEEKLY)
    assert (found.code, found.variant) == ("needs_review", "b")


@pytest.mark.parametrize(
    "effects", [by_day("steady"), by_day("growing"), by_day("unknown"), by_day(is_later_better=True), []]
)
def test_winner_whose_effect_stays_is_rolled_out(effects):
    assert verdict(goal(), plan=plan(crossing()), by_day=effects, experiment=WEEKLY).code == "ship"


def test_winner_of_a_daily_plan_is_rolled_out_as_it_began():
    found = verdict(goal(), plan=plan(crossing()), by_day=by_day())
    assert found.code == "ship"
    assert rule_of(found).state == "warn"


def test_winner_of_an_imported_test_is_held_up_too():
    imported: dict[str, object] = {"source": Source.IMPORTED}
    found = verdict(goal(p_value=0.001), plan=FIXED, by_day=by_day(), experiment=imported)
    assert found.code == "needs_review"


@pytest.mark.parametrize(
    ("effects", "state", "text"),
    [
        (by_day(), "warn", "The effect fades: novelty"),
        (by_day(is_later_better=True), "warn", "the later days alone are a win, too"),
        (by_day("growing"), "info", "The effect grows"),
        (by_day("steady"), "pass", "The effect doesn't change"),
    ],
)
def test_rule_says_what_the_days_show(effects, state, text):
    rule = rule_of(verdict(goal(), by_day=effects, experiment=WEEKLY))
    assert rule.state == state
    assert text in rule.text
    assert rule.threshold == 0.04


def test_rule_is_missing_where_the_days_say_nothing():
    found = verdict(goal(), by_day=by_day("unknown"), experiment=WEEKLY)
    assert [rule for rule in found.rules if rule.code == "day_effect"] == []


def rule_of(found: Verdict) -> Rule:
    (rule,) = [rule for rule in found.rules if rule.code == "day_effect"]
    return rule
