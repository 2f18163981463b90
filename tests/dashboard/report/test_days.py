"""The section on days of exposure: its rows and their names."""

from dataclasses import replace
from datetime import date

from dashboard.report.days import day_section, listed_days
from experiments.report import DayEffect, DaySpan, Range, WithoutDays
from tests.dashboard.report.reports import make_report

SPAN = DaySpan(
    first_day=date(2026, 3, 2),
    last_day=date(2026, 3, 4),
    visitors=900,
    control=400.0,
    treatment=440.0,
    lift=Range(0.1, 0.02, 0.18),
)
LATER = replace(SPAN, first_day=date(2026, 3, 5), last_day=date(2026, 3, 15), lift=None)
EFFECT = DayEffect(variant="treatment", state="fading", metric="rpv", first=SPAN, later=LATER, thirds=[SPAN, LATER])
WITHOUT = WithoutDays(
    variant="treatment",
    days=[date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)],
    visitors=700,
    control=400.0,
    treatment=404.0,
    lift=Range(0.01, -0.05, 0.07),
    all_days=Range(0.1, 0.02, 0.18),
    p_value=0.7,
)


def test_section_has_the_first_days_the_later_ones_and_the_thirds():
    section = day_section(make_report([], by_day=[EFFECT]), "treatment")
    assert section is not None
    assert [(row.name, row.days) for row in section.rows] == [
        ("First days", "2 Mar to 4 Mar"),
        ("Since then", "5 Mar to 15 Mar"),
    ]
    assert [row.name for row in section.thirds] == ["2 Mar to 4 Mar", "5 Mar to 15 Mar"]
    assert section.rows[0].plot is not None
    assert (section.rows[1].plot, section.rows[1].effect.text) == (None, "—")


def test_section_shows_all_days_beside_those_left():
    section = day_section(make_report([], by_day=[EFFECT], without_days=[WITHOUT]), "treatment")
    assert section is not None
    names = [(row.name, row.days, row.visitors) for row in section.rows[2:]]
    assert names == [("All days", "", None), ("Without 3 days", "2 Mar to 3 Mar, 9 Mar", 700)]


def test_section_is_missing_in_reports_of_before():
    assert day_section(make_report([]), "treatment") is None


def test_listed_days_join_those_that_follow_each_other():
    assert listed_days([date(2026, 3, 9)]) == "9 Mar"
