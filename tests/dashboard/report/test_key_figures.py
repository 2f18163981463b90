"""The figures above the fold."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.report.key_figures import key_figures
from experiments.report import (
    Disagreement,
    FinalEstimate,
    Guardrail,
    MonthlyEffect,
    Range,
    Ratio,
    Report,
    Verdict,
)
from tests.dashboard.report.reports import make_report, make_result

MINUS = "\N{MINUS SIGN}"
METRICS = [
    make_result("rpv", lift=Range(0.1, 0.05, 0.15)),
    make_result("conversion", lift=Range(-0.004, -0.016, 0.009), unit="share"),
    make_result("aov", lift=Range(0.1, 0.02, 0.18)),
]
MONTHLY = MonthlyEffect(
    variant="treatment",
    visitors_per_month=1000.0,
    amount=Range(1_840_000.0, 650_000.0, 3_080_000.0),
    sequential=None,
    expected_loss_minor=4000.0,
    unavailable=None,
)


def guardrail(state: Any) -> Guardrail:
    return Guardrail(
        variant="treatment",
        metric="conversion",
        label="Conversion",
        margin=-0.02,
        is_in_points=False,
        effect=METRICS[1].main.lift,
        state=state,
    )


def test_key_figures_begin_with_the_order_value_and_end_with_the_guardrail():
    report = make_report(METRICS, monthly=[MONTHLY], guardrails=[guardrail("holds")])
    shown = key_figures(report, "treatment")
    assert [one.label for one in shown] == ["AOV", "RPV", "At 100% traffic", "Guardrail: conversion"]
    assert shown[0].details == ["€1.00 → €1.10", "+2.0% to +18.0%"]


def test_key_figure_shows_the_pair_of_the_final_estimate_whatever_was_observed():
    result = make_result("aov", lift=Range(0.068, -0.026, 0.172), control=Ratio(51_689, 1, 51_689.0))
    final = FinalEstimate(
        control=500.0, treatment=520.0, difference=Range(20.0, -10.0, 50.0), lift=Range(0.04, -0.02, 0.1)
    )
    figure = key_figures(make_report([replace(result, final=final), METRICS[0]]), "treatment")[0]
    assert (figure.text, figure.details) == ("+4.0%", ["€5.00 → €5.20", f"{MINUS}2.0% to +10.0%"])


def decided(**fields: Any) -> Report:
    verdict = Verdict(code="ship", headline="Roll out.", next_step="Conclude.", variant="treatment", rules=[])
    return make_report(METRICS, monthly=[MONTHLY], verdict=verdict, **fields)


def test_monthly_figure_has_interval_and_expected_loss():
    figure = key_figures(decided(), "treatment")[2]
    assert (figure.text, figure.unit, figure.tone) == ("+€18,400", "/ month", "good")
    assert figure.details == ["+€6,500 to +€30,800", "Expected loss €40.00"]


def test_monthly_figure_is_of_the_final_estimate():
    report = replace(decided(), monthly=[replace(MONTHLY, final=Range(900_000.0, 100_000.0, 2_000_000.0))])
    assert key_figures(report, "treatment")[2].text == "+€9,000"


def test_monthly_figure_shows_no_amount_while_nothing_is_decided():
    figure = key_figures(make_report(METRICS, monthly=[MONTHLY]), "treatment")[2]
    assert (figure.text, figure.details, figure.note) == ("\N{EM DASH}", [], "Shown when the test is decided.")


def test_monthly_figure_shows_no_amount_where_the_answer_hangs_on_the_adjustment():
    other = Disagreement(way="without_cuped", kind="sign", lift=-0.01)
    report = replace(decided(), metrics=[replace(METRICS[0], disagreement=other), *METRICS[1:]])
    figure = key_figures(report, "treatment")[2]
    assert (figure.text, figure.note) == ("\N{EM DASH}", "Not shown: the result depends on the adjustment.")


def test_monthly_figure_unknown_says_why():
    figure = key_figures(make_report(METRICS), "treatment")[2]
    assert figure.text == "\N{EM DASH}"
    assert "traffic" in figure.note


@pytest.mark.parametrize(
    ("fields", "words", "tone"),
    [
        ({"known": Range(-0.004, -0.016, 0.009)}, "A loss above 1.6% is excluded", "good"),
        ({"known": Range(-0.004, -0.058, 0.049)}, "A loss above 5.8% is excluded", ""),
        ({"known": Range(-0.02, -0.058, -0.001), "is_worse": True}, "A loss above 5.8% is excluded", "warn"),
        ({"known": Range(0.0, None, None)}, "No loss is excluded", ""),
        ({"known": Range(-0.1, -0.2, -0.03), "is_harm_certain": True}, f"Past the margin of {MINUS}2%", "bad"),
    ],
)
def test_guardrail_figure_says_what_harm_is_excluded(fields, words, tone):
    report = make_report(METRICS, guardrails=[replace(guardrail("unproven"), **fields)])
    figure = key_figures(report, "treatment")[3]
    assert (figure.details[0], figure.state) == (words, tone)


def test_key_figures_without_guardrail_show_conversion():
    assert key_figures(make_report(METRICS), "treatment")[3].label == "CONVERSION"
