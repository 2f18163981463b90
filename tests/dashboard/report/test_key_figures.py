"""The figures above the fold."""

from typing import Any

import pytest

from dashboard.report.key_figures import key_figures
from experiments.report import Guardrail, MonthlyEffect, Range, Ratio
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


def test_key_figure_whose_values_go_the_other_way_says_so():
    opposite = make_result(
        "aov",
        lift=Range(0.068, -0.026, 0.172),
        control=Ratio(51_689, 1, 51_689.0),
        treatment=Ratio(50_936, 1, 50_936.0),
    )
    figures = key_figures(make_report([opposite, METRICS[0]]), "treatment")
    assert figures[0].note == f"{MINUS}1.5% observed, before cap and CUPED"  # 509.36 / 516.89 - 1
    assert figures[1].note == ""


def test_monthly_figure_has_interval_and_expected_loss():
    figure = key_figures(make_report(METRICS, monthly=[MONTHLY]), "treatment")[2]
    assert (figure.text, figure.unit, figure.tone) == ("+€18,400", "/ month", "good")
    assert figure.details == ["+€6,500 to +€30,800", "Expected loss €40.00"]


def test_monthly_figure_unknown_says_why():
    figure = key_figures(make_report(METRICS), "treatment")[2]
    assert figure.text == "\N{EM DASH}"
    assert "traffic" in figure.note


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        ("holds", f"Holds: above {MINUS}2%", "good"),
        ("unproven", f"Not proven: above {MINUS}2%", "warn"),
        ("harmed", f"Harmed: below the margin of {MINUS}2%", "bad"),
    ],
)
def test_guardrail_figure_says_in_words_how_it_stands(state, words, tone):
    report = make_report(METRICS, guardrails=[guardrail(state)])
    figure = key_figures(report, "treatment")[3]
    assert (figure.details[0], figure.state) == (words, tone)
    assert figure.details[1] == f"{MINUS}1.6% to +0.9%"


def test_key_figures_without_guardrail_show_conversion():
    assert key_figures(make_report(METRICS), "treatment")[3].label == "CONVERSION"
