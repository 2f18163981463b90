"""Tests that had begun go on by the rules that they began with."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from experiments.accounting import day_zones, rebuild, rollups
from experiments.models import (
    CovariateDay,
    Experiment,
    Exposure,
    ExposureDay,
    PlanVersion,
    Status,
    Store,
)
from experiments.plan.scheduled_looks import BETWEEN_LOOKS
from experiments.reading import covariates
from experiments.reading.aggregation import aggregates
from experiments.running import delays, lifecycle
from experiments.snapshots import analyse
from tests.upgrade import answers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("undone")]


def test_tests_keep_the_cap_that_they_began_with():
    caps = dict(Experiment.objects.exclude(cap_minor=None).values_list("key", "cap_minor"))
    assert caps == {"cart-cup": 9_000}
    assert not Experiment.objects.filter(is_cap_awaited=True).exists()


def test_running_tests_keep_the_plan_and_the_looks_that_they_began_with():
    assert set(Experiment.with_holdouts.values_list("plan_version", flat=True)) == {PlanVersion.DAILY}
    running = Experiment.objects.get(key="cart-cup")
    stored = running.snapshots.filter(is_look=True).latest("taken_at").report
    # a day later the worker estimates delays and looks, as it does since; the test is read as it always was
    tomorrow = answers.ASKED_AT + timedelta(days=1)
    assert delays.estimate_due(tomorrow) >= 1
    running.refresh_from_db()
    report = analyse(running, is_look=True, now=tomorrow)
    assert (report.plan.version, report.maturity) == (PlanVersion.DAILY, None)
    assert sum(variant.visitors for variant in report.variants) == report.visitors
    assert report.metric("rpv", "offer").control.denominator == report.variants[0].visitors
    earlier, now = report.plan.looks[:-1], report.plan.looks[-1]
    assert earlier
    for before, look in zip(stored["plan"]["looks"], earlier, strict=True):
        kept = msgspec.to_builtins(look)
        assert {name: kept[name] for name in before} == before
    # one bound for both directions, on any day, and what was spent grows by the plan that it began with
    assert (now.number, now.harm_bound, now.is_weekly) == (earlier[-1].number + 1, None, False)
    spent = running.alpha * (1 - BETWEEN_LOOKS) * min(now.information_fraction, 1.0) ** 3
    assert now.spent == pytest.approx(max(earlier[-1].spent, spent)) or now.z is None


def test_tests_are_adjusted_as_they_were_and_what_visitors_said_later_adds_no_sums():
    for test in Experiment.with_holdouts.all():
        assert (test.covariates, test.has_covariate_sums) == (["cart_value"], False), test.key
    assert not CovariateDay.objects.exists()
    # What pages began to say since isn't known of anybody exposed before.
    assert not Exposure.objects.exclude(cart_items=None, past_orders=None).exists()
    report = analyse(Experiment.objects.get(key="cart-cup"), now=answers.ASKED_AT)
    assert report.adjustment.covariates == ["cart_value"]
    for result in report.metrics:
        assert result.covariates == (["cart_value"] if result.is_adjusted else []), result.metric


def test_exposures_since_have_what_pages_say_and_days_count_them():
    test = Experiment.objects.get(key="cart-cup")
    Experiment.objects.filter(pk=test.pk).update(covariates=["cart_value", "cart_items"])
    seen = Exposure.objects.filter(experiment=test).order_by("visitor_id")
    assert seen.filter(pk=seen[0].pk).update(cart_items=3, past_orders=1) == 1
    rollups.refresh_each(test.pk, rollups.days_of(test))
    kept = CovariateDay.objects.filter(experiment=test)
    assert sum(day.visitors for day in kept) == seen.filter(is_automated=False).count()
    items = sum(day.sums[covariates.POSITIONS["items",]] for day in kept)
    assert items == 3


def test_tests_that_had_begun_keep_their_days_until_they_follow_their_store():
    lamps = Store.objects.get(slug="lamps")
    assert set(Experiment.with_holdouts.values_list("day_zone", flat=True)) == {"UTC"}
    Store.objects.filter(pk=lamps.pk).update(timezone="Pacific/Auckland")
    test = Experiment.objects.select_related("store").get(key="lamp-cart")
    before = aggregates(test)
    assert {report.day_zone for report in (analyse(test, now=answers.ASKED_AT),)} == {"UTC"}
    day_zones.change_zone(test)
    rollups.refresh_each(test.pk, rollups.days_of(test))
    after = aggregates(test)
    assert {key: arm.products for key, arm in after.items()} == {key: arm.products for key, arm in before.items()}
    for exposure in Exposure.objects.filter(experiment=test):
        day = exposure.exposed_at.astimezone(ZoneInfo("Pacific/Auckland")).date()
        assert ExposureDay.objects.filter(experiment=test, day=day, dimension="").exists()
    assert rebuild.rebuild(test).wrong == 0


def test_steps_of_a_tests_life_go_on():
    paused, running = (Experiment.objects.get(key=key) for key in ("cart-pot", "cart-cup"))
    lifecycle.resume(experiment=paused, actor="ben", reason="Repainted")
    lifecycle.stop(experiment=running, actor="ada", reason="Long enough")
    assert (paused.status, running.status) == (Status.RUNNING, Status.STOPPED)
    assert paused.plan_version == PlanVersion.DAILY
    assert running.ended_at == answers.ASKED_AT
