"""What stands beside a verdict: who counts, what is still to be paid back, and what is waited for."""

from dataclasses import replace
from datetime import date
from typing import Any

from experiments.report import OpenRefunds, Plan, Verdict
from tests.experiments.verdict.figures import LOSS, MATURE, WIN, goal, plan, verdict


def weekly(**fields: Any) -> Plan:
    look = replace(plan().looks[0], harm_bound=2.5, **fields)
    return replace(plan(), version=2, looks=[look])


def said(found: Verdict, code: str) -> tuple[str, str, str]:
    """A rule's state, text and detail."""
    return next((rule.state, rule.text, rule.detail) for rule in found.rules if rule.code == code)


def test_maturity_says_who_counts():
    assert said(verdict(goal(), maturity=MATURE), "maturity") == (
        "info",
        "Visitors count 2 days after their exposure, when nearly all of their orders are in",
        "75.0% of visitors count, up to 9 March",
    )


def test_arm_delays_are_said_where_they_differ_beyond_chance():
    assert "arm_delays" not in {rule.code for rule in verdict(goal(), maturity=MATURE).rules}
    assert said(verdict(goal(), maturity=replace(MATURE, p_value=0.0001)), "arm_delays") == (
        "warn",
        "Orders take longer in one variant than in another",
        "90% of order value is in after: A control 4 days and B reason 5 hours",
    )


def test_reserve_says_what_is_still_to_be_paid_back():
    refunds = [OpenRefunds(variant="b", amount_minor=410_000, low_minor=300_000, high_minor=500_000, rate=0.15)]
    assert said(verdict(goal(), maturity=replace(MATURE, open_refunds=refunds)), "reserve") == (
        "info",
        "B reason: €4,100 in refunds is still expected, and already subtracted",
        "15.0% of order value in the end",
    )


def test_reserve_that_nobody_knows_is_said_with_the_win():
    crossed = replace(plan(), crossings=[])
    unknown = replace(MATURE, is_refund_known=False)
    found = verdict(goal(sequential=WIN), plan=replace(crossed, design="always_valid", looks=[]), maturity=unknown)
    assert found.code == "ship"
    assert found.headline.endswith("Refunds aren't known yet.")


def test_weekly_plan_reads_no_win_between_looks_and_says_so():
    found = verdict(goal(sequential=WIN), plan=weekly(), maturity=MATURE)
    assert found.code == "collecting"
    assert said(found, "between_looks")[1] == (
        "The goal is ahead by the always-valid interval. A win counts only at the weekly look"
    )
    assert said(found, "goal")[2] == "z 1.20 between \N{MINUS SIGN}2.50 and 2.37 at look 3"


def test_weekly_plan_reads_a_loss_between_looks():
    assert verdict(goal(sequential=LOSS), plan=weekly(), maturity=MATURE).code == "stop_harm"


def test_weekly_plan_reads_no_difference_at_a_look_alone():
    assert verdict(goal(sequential=(-4.0, 4.0)), plan=weekly(), maturity=MATURE).code == "collecting"
    by_day = replace(plan(), looks=plan().looks)
    assert verdict(goal(sequential=(-4.0, 4.0)), plan=by_day).code == "no_material_difference"


def test_waiting_for_refunds_says_how_much_and_until_when():
    refunds = [
        OpenRefunds(variant="a", amount_minor=300_000, low_minor=200_000, high_minor=400_000, rate=0.15),
        OpenRefunds(variant="b", amount_minor=410_000, low_minor=210_000, high_minor=580_000, rate=0.3),
    ]
    waiting = replace(MATURE, open_refunds=refunds, refunds_settled_on=date(2026, 12, 12))
    found = verdict(goal(), plan=weekly(is_waiting=True), maturity=waiting)
    assert found.code == "collecting"
    assert found.headline.startswith(
        "Waiting for refunds: another €4,100 to €9,800 is expected and could change the result."
    )
    assert found.next_step == "Wait until about 12 December. No more visitors are needed."
