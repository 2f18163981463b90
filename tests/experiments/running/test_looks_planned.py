"""A test's plan from its first look to its end, over stored snapshots."""

from datetime import timedelta
from math import sqrt
from typing import Any

import pytest

from experiments.models import Experiment, Exposure, Source, Status
from experiments.plan.scheduled_looks import BETWEEN_LOOKS
from experiments.report import Report
from experiments.running.looks import take_looks
from experiments.snapshots import analyse, take_snapshot
from experiments.statistics import error_spending_bounds
from experiments.statistics.sequential.error_spending import spending_bounds
from tests import factories
from tests.experiments.arrivals import arrive
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LEVEL = 0.05 * (1 - BETWEEN_LOOKS)


def look(experiment: Experiment, day: int) -> Report:
    """The day's look, taken by the daily job in the evening."""
    assert take_looks(NOON + timedelta(days=day, hours=11)) == 1
    return Report.from_json(experiment.snapshots.filter(is_look=True).latest("taken_at").report)


def planned(**fields: Any) -> Experiment:
    return factories.make_experiment(**{"planned_sample": 2_000, "attribution_window_days": 1} | fields)


def test_looks_carry_all_earlier_ones_and_their_bounds():
    experiment = planned()
    reports = []
    for day in range(4):
        arrive(experiment, day, 500)
        reports.append(look(experiment, day))
    looks = reports[-1].plan.looks
    assert [one.number for one in looks] == [1, 2, 3, 4]
    assert [one.information_fraction for one in looks] == [0.25, 0.5, 0.75, 1.0]
    buyers = [one.information for one in looks]
    wanted = spending_bounds(buyers, [LEVEL * t**3 for t in (0.25, 0.5, 0.75, 1.0)])
    assert [one.bound for one in looks] == pytest.approx(wanted)
    assert wanted == pytest.approx(error_spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=LEVEL), rel=0.02)
    assert [report.plan.looks for report in reports[:3]] == [looks[:1], looks[:2], looks[:3]]
    assert (reports[-1].plan.has_ended, reports[-2].plan.has_ended) == (True, False)
    assert reports[-1].plan.boundaries == []


def test_look_bound_on_the_lift_scale_says_the_same_as_z():
    experiment = planned()
    arrive(experiment, 0, 800, lift=0.12)
    [one] = look(experiment, 0).plan.looks
    assert one.lift is not None
    assert one.z is not None
    assert one.bound is not None
    assert one.ship_above is not None
    assert one.stop_below is not None
    assert (one.lift.estimate > one.ship_above) == (one.z > one.bound) == one.has_crossed
    assert one.stop_below < 0 < one.ship_above
    assert one.ship_above == pytest.approx(one.lift.estimate * one.bound / one.z, rel=0.1)


def test_look_at_the_goal_has_its_interval_at_the_bound_and_a_refresh_the_always_valid_one():
    experiment = planned()
    arrive(experiment, 0, 800)
    at_look = look(experiment, 0).metric("rpv", "treatment").sequential
    refreshed = analyse(experiment, now=NOON + timedelta(hours=12))
    between = refreshed.metric("rpv", "treatment").sequential
    assert at_look is not None
    assert between is not None
    assert (at_look.method, between.method) == ("group_sequential", "always_valid")
    assert (at_look.level, between.level) == pytest.approx((LEVEL, 0.05 * BETWEEN_LOOKS))
    assert (refreshed.plan.is_look, len(refreshed.plan.looks)) == (False, 1)
    guardrail = refreshed.metric("conversion", "treatment").sequential
    assert guardrail is not None
    assert guardrail.level == 0.05


def test_refresh_is_no_look_however_often():
    experiment = planned()
    arrive(experiment, 0, 800)
    for hour in range(3):
        take_snapshot(experiment, now=NOON + timedelta(hours=13 + hour))
    report = look(experiment, 1)
    assert [one.number for one in report.plan.looks] == [1]


def test_looks_that_were_missed_cost_nothing():
    experiment = planned()
    for day in range(3):
        arrive(experiment, day, 600)
    bound = look(experiment, 2).plan.looks[0].bound
    assert bound == pytest.approx(error_spending_bounds([0.9], alpha=LEVEL)[0])


def test_crossed_bound_stays_crossed_when_later_data_are_weaker():
    experiment = planned(planned_sample=4_000)
    for day in range(8):
        arrive(experiment, day, 200, lift=0.35)
        first = look(experiment, day)
    assert (first.verdict.code, first.verdict.variant) == ("ship", "treatment")
    [crossing] = first.plan.crossings
    for day in range(8, 12):
        arrive(experiment, day, 500, lift=-0.35)
    later = look(experiment, 11)
    assert later.verdict.code == "ship"
    [again] = later.plan.crossings
    assert (again.number, again.z) == (crossing.number, crossing.z)
    assert again.bound == pytest.approx(crossing.bound)
    assert again.z_now is not None
    assert again.z_now < again.bound
    assert "since_crossing" in {rule.code for rule in later.verdict.rules}


def test_visitors_that_were_erased_make_a_look_decide_nothing():
    experiment = planned()
    arrive(experiment, 0, 900)
    first = look(experiment, 0).plan.looks[0]
    Exposure.objects.filter(variant__key="treatment", revenue_minor=0).delete()
    second = look(experiment, 1).plan.looks[1]
    assert (second.bound, second.has_crossed) == (None, False)
    assert second.information_fraction < first.information_fraction
    assert second.spent == first.spent


def test_plan_that_grows_keeps_what_was_spent():
    experiment = planned(planned_sample=1_000)
    arrive(experiment, 0, 900)
    first = look(experiment, 0).plan.looks[0]
    assert first.spent == pytest.approx(LEVEL * 0.9**3)
    Experiment.objects.update(planned_sample=10_000)
    arrive(experiment, 1, 900)
    second = look(experiment, 1).plan.looks[1]
    assert (second.information_fraction, second.bound) == (0.18, None)
    assert second.spent == first.spent


def test_look_after_the_planned_sample_decides_nothing_more():
    experiment = planned()
    arrive(experiment, 0, 2_100)
    ended = look(experiment, 0)
    assert (ended.plan.has_ended, ended.plan.looks[0].information_fraction) == (True, 1.05)
    arrive(experiment, 1, 2_000, lift=0.4)
    late = look(experiment, 1)
    assert late.plan.looks[1].bound is None
    assert late.plan.crossings == []


def test_test_that_is_over_is_looked_at_once_more():
    experiment = planned()
    for day in range(8):
        arrive(experiment, day, 220, lift=0.3)
    Experiment.objects.update(status=Status.STOPPED, ended_at=NOON + timedelta(days=8))
    experiment.refresh_from_db()
    report = analyse(experiment, now=NOON + timedelta(days=12))
    assert (report.plan.is_look, report.plan.has_ended, len(report.plan.looks)) == (True, True, 1)
    assert report.verdict.code == "ship"
    assert report == analyse(experiment, now=NOON + timedelta(days=12))


def test_boundaries_ahead_go_on_daily_to_the_planned_sample():
    experiment = planned()
    for day in range(4):
        arrive(experiment, day, 250)
    report = look(experiment, 3)
    ahead = report.plan.boundaries
    assert [str(one.day) for one in ahead] == [f"2026-11-{day:02d}" for day in range(6, 6 + len(ahead))]
    assert ahead[-1].information_fraction == 1.0
    assert [one.bound for one in ahead] == sorted((one.bound for one in ahead), reverse=True)
    widths = [one.ship_above or 0.0 for one in ahead]
    assert widths == sorted(widths, reverse=True)
    [now] = report.plan.looks
    assert now.ship_above is not None
    assert now.bound is not None
    first = ahead[0]
    expected = now.ship_above * first.bound / now.bound * sqrt(0.5 / first.information_fraction)
    assert first.ship_above == pytest.approx(expected, rel=0.05)


def test_design_follows_from_plan_and_source():
    designs = [
        analyse(factories.make_experiment(**fields), now=NOON).plan.design
        for fields in ({"planned_sample": 100}, {}, {"planned_sample": 100, "source": Source.IMPORTED})
    ]
    assert designs == ["group_sequential", "always_valid", "fixed"]
