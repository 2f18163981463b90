"""What the page makes of a report."""

from dataclasses import replace

import pytest

from dashboard.report.choices import Choices
from dashboard.report.page import ReportPage
from dashboard.report.rows import segment_table
from dashboard.templatetags import figures
from experiments.models import Experiment, Status
from experiments.report import Range, Ratio, Report, Rule, SegmentResult
from tests.dashboard.report.reports import make_report, make_result, make_variant

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
    (group,) = segment_table(make_report([result], segments=[segment]), "treatment").groups
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
