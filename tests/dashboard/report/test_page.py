"""What the page makes of a report."""

from dataclasses import replace
from html import unescape

import pytest
from django.template.base import Variable
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from dashboard.report.choices import Choices
from dashboard.report.metric_choice import goal_view
from dashboard.report.page import ReportPage
from dashboard.report.rows import segment_table
from dashboard.templatetags import figures
from experiments.models import Experiment, Status
from experiments.report import BalanceCheck, Outlook, Progress, Range, Ratio, Report, Rule, SegmentResult
from tests.dashboard.report.reports import make_point, make_report, make_result, make_variant

LIFT = Range(0.1, 0.05, 0.15)
THREE = [make_variant("control", is_control=True), make_variant("blue"), make_variant("green")]


def page(report: Report, **choices) -> ReportPage:
    return ReportPage(Experiment(status=Status.RUNNING), report, Choices(**choices))


def three_variants(verdict_for: str | None = None) -> Report:
    metrics = [make_result("rpv", lift=LIFT, variant=key) for key in ("blue", "green")]
    report = make_report(metrics, variants=THREE)
    return replace(report, verdict=replace(report.verdict, variant=verdict_for))


@pytest.mark.parametrize(
    ("asked", "verdict_for", "shown"),
    [("", None, "blue"), ("", "green", "green"), ("blue", "green", "blue"), ("<script>", "green", "green")],
)
def test_page_is_about_the_treatment_asked_for_else_the_verdicts(asked, verdict_for, shown):
    one = page(three_variants(verdict_for), variant=asked)
    assert one.treatment_key == shown
    assert [row.result.variant for row in one.metrics.rows] == [shown]


def test_page_is_about_the_treatment_that_stands_best_where_the_verdict_names_none():
    report = make_report(
        [make_result("rpv", lift=LIFT, variant="blue"), make_result("rpv", lift=Range(0.2, 0.0, 0.4), variant="green")],
        variants=THREE,
    )
    assert page(report).treatment_key == "green"


def test_rules_of_other_treatments_stand_apart():
    rules = [Rule(code=code, state="pass", text=code, variant=code or None) for code in ("", "blue", "green")]
    report = three_variants("green")
    one = page(replace(report, verdict=replace(report.verdict, rules=rules)))
    assert [rule.code for rule in one.rules] == ["", "green"]
    assert [rule.code for rule in one.other_rules] == ["blue"]


def test_treatment_links_keep_the_other_choices():
    links = page(three_variants(), with_cuped=False).treatment_links
    assert [(link.address, link.is_chosen) for link in links] == [
        ("?variant=blue&cuped=off", True),
        ("?variant=green&cuped=off", False),
    ]


def test_treatment_links_of_a_single_treatment_are_none():
    assert page(make_report([make_result("rpv", lift=LIFT)])).treatment_links == []


def test_adjusted_address_keeps_the_other_choices():
    assert page(three_variants(), with_cuped=False, variant="blue").adjusted_address == "?variant=blue"
    assert page(three_variants(), with_cuped=False).adjusted_address == "?"


def test_page_without_treatments_is_about_none():
    one = page(make_report([], variants=THREE[:1]))
    assert one.treatment is None
    assert one.key_figures == []


def test_fingerprint_ignores_the_time_alone():
    report = make_report([make_result("rpv", lift=LIFT)])
    later = replace(report, taken_at=report.taken_at.replace(hour=13))
    assert page(report).fingerprint == page(later).fingerprint
    assert page(report).fingerprint != page(replace(report, visitors=201)).fingerprint


@pytest.mark.parametrize(("corrected", "is_sure"), [(0.03, True), (0.2, False), (None, False)])
def test_segment_is_sure_only_after_correction(corrected, is_sure):
    result = make_result("rpv", lift=LIFT)
    segment = SegmentResult(
        dimension="device",
        value="phone",
        variant="treatment",
        control=Ratio(100, 40, 2.5),
        treatment=Ratio(120, 41, 2.9),
        estimate=result.main,
        corrected_p_value=corrected,
    )
    report = make_report([result], segments=[segment])
    (group,) = segment_table(report, goal_view(report), "treatment").groups
    assert group.name == "Device"
    assert (group.rows[0].is_sure, group.rows[0].visitors) == (is_sure, 81)


@pytest.mark.parametrize(
    ("interval", "tone"),
    [
        (Range(0.1, 0.05, 0.2), "good"),
        (Range(-0.1, -0.2, -0.05), "bad"),
        (Range(0.1, -0.1, 0.3), ""),
        (Range(0.1, None, 0.3), ""),
        (Range(0.1, 0.05, None), "good"),
        (None, ""),
    ],
)
def test_tone_needs_an_interval_that_excludes_zero(interval, tone):
    assert figures.tone(interval) == tone


def test_progress_says_which_effects_are_found_and_how_likely_a_win_is():
    outlook = Outlook(variant="treatment", win_chance=0.34, is_futile=False, detectable_lift=0.118)
    report = make_report([], outlooks=[outlook])
    progress = Progress(
        days=8,
        days_needed=14,
        days_left=6,
        visitors=9_000,
        planned_sample=20_000,
        visitors_left=11_000,
        share=0.45,
        ends_on=None,
    )
    html = render_to_string("dashboard/report/progress.html", {"progress": progress, "report": report})
    words = " ".join(strip_tags(html).split())
    assert "Effects of 11.8% or more would have been found by now with 80% power" in words
    assert "chance of a win by the planned end: 34.0%" in words


def test_data_quality_warns_of_carts_that_differ_before_the_offer():
    check = BalanceCheck(
        variant="treatment",
        covariate="cart_value",
        control=4_210.0,
        treatment=4_730.0,
        corrected_p_value=2e-4,
        is_alarming=True,
    )
    report = make_report([])
    report = replace(report, health=replace(report.health, balance=[check]))
    html = render_to_string("dashboard/report/health.html", {"report": report, "page": page(report)})
    words = " ".join(unescape(strip_tags(html)).split())
    assert "Carts differed before the offer was seen: €47.30 in Treatment, €42.10 in control (p-value <0.001)" in words
    assert "Cart value before the offer in Treatment€42.10 in control€47.30" in words


def lookups_of_days(days: int, monkeypatch) -> int:
    """Draw the lift by day, and return how many names the template looked up for it."""
    points = [make_point(day, LIFT) for day in range(1, days + 1)]
    report = make_report([make_result("rpv", lift=LIFT)])
    report = replace(report, series=replace(report.series, points=points))
    shown = replace(page(report), view=goal_view(report))
    looked_up = []
    resolve = Variable._resolve_lookup  # type: ignore[attr-defined]

    def noted(variable, context):
        looked_up.append(variable)
        return resolve(variable, context)

    with monkeypatch.context() as patch:
        patch.setattr(Variable, "_resolve_lookup", noted)
        html = render_to_string("dashboard/report/series.html", {"page": shown, "report": report, "request": None})
    assert html.count('<th scope="row">') == days
    assert html.count("+5.0% to +15.0%</td>") == days
    return len(looked_up)


def test_lift_by_day_of_90_days_isnt_looked_up_cell_by_cell(monkeypatch):
    # three names a row: a row of seven cells, each looked up by its path, took a fifth of the time of a report
    assert lookups_of_days(22, monkeypatch) - lookups_of_days(12, monkeypatch) <= 3 * 10
