"""The watch over running tests."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from experiments import snapshots
from experiments.models import AuditAction, Experiment, Exposure, PlanVersion, Status, WidgetEvent
from experiments.running import guardrails, lifecycle
from tests import factories
from tests.experiments.copying import copy_exposures
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)


def add(experiment: Experiment, key: str, visitors: int, buyers: int) -> None:
    variant = experiment.variants.get(key=key)
    rows = []
    for number in range(visitors):
        row = {
            "experiment_id": experiment.pk,
            "store_id": experiment.store_id,
            "variant_id": variant.pk,
            "visitor_id": f"{key}-{number}",
            "exposed_at": NOON + timedelta(seconds=number),
        }
        if number < buyers:
            row |= {"orders": 1, "revenue_minor": 5000 + number % 7, "items": 1, "has_converted": True}
        rows.append(row)
    copy_exposures(rows)


def add_events(experiment: Experiment, key: str, kind: str, visitors: int) -> None:
    variant = experiment.variants.get(key=key)
    WidgetEvent.objects.bulk_create(
        WidgetEvent(
            store_id=experiment.store_id,
            event_id=uuid4(),
            month=NOON.date().replace(day=1),
            type=kind,
            experiment=experiment,
            variant=variant,
            visitor_id=f"{key}-{number}",
            moment=experiment.moment,
            occurred_at=NOON,
            received_at=NOON,
        )
        for number in range(visitors)
    )


def running(**fields: Any) -> Experiment:
    return factories.make_experiment(started_at=NOON, **fields)


def test_watch_conversion_that_fell_beyond_chance_pauses_the_test_and_says_why():
    experiment = running()
    add(experiment, "control", 3000, 900)
    add(experiment, "treatment", 3000, 450)
    assert guardrails.watch_all(LATER) == 1
    experiment.refresh_from_db()
    assert experiment.status == Status.PAUSED
    breach = experiment.audit_entries.get(action=AuditAction.GUARDRAIL)
    assert (breach.actor, breach.detail["metric"], breach.detail["variant"]) == ("guardrail", "conversion", "treatment")
    paused = experiment.audit_entries.get(action=AuditAction.PAUSED)
    assert paused.reason == breach.reason == guardrails.why_paused(experiment)
    assert "Treatment: the change in conversion is" in paused.reason
    assert "and the limit is \N{MINUS SIGN}2%." in paused.reason


@pytest.mark.parametrize(
    ("delays", "paused"),
    [
        ({}, 1),  # nobody knows the store's delays: all visitors are read, and harm is seen at once
        ({"hours": 24, "orders": 500}, 1),
        ({"hours": 6 * 24, "orders": 500}, 0),  # nobody's outcome is mature, and orders that come late are no harm
    ],
)
def test_watch_by_the_weekly_plan_waits_for_delays_that_are_known_alone(delays, paused):
    experiment = running(plan_version=PlanVersion.WEEKLY, delays=delays)
    add(experiment, "control", 3000, 900)
    add(experiment, "treatment", 3000, 450)
    assert guardrails.watch_all(LATER) == paused


@pytest.mark.slow
def test_watch_where_the_store_does_not_allow_a_pause_only_says_so_and_only_once():
    experiment = running(is_pausing_on_harm=False)
    add(experiment, "control", 3000, 900)
    add(experiment, "treatment", 3000, 450)
    assert [guardrails.watch_all(LATER + timedelta(hours=hour)) for hour in range(3)] == [0, 0, 0]
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING
    assert experiment.audit_entries.filter(action=AuditAction.GUARDRAIL).count() == 1


@pytest.mark.slow
def test_watch_test_resumed_after_a_breach_is_not_paused_by_the_same_again():
    experiment = running()
    add(experiment, "control", 3000, 900)
    add(experiment, "treatment", 3000, 450)
    guardrails.watch_all(LATER)
    experiment.refresh_from_db()
    lifecycle.resume(experiment=experiment, actor="ada", reason="It was the payment provider")
    assert guardrails.why_paused(experiment) == ""
    lifecycle.pause(experiment=experiment, actor="ada", reason="For the sale")
    assert guardrails.why_paused(experiment) == ""
    lifecycle.resume(experiment=experiment, actor="ada", reason="It is over")
    assert guardrails.watch_all(LATER + timedelta(hours=1)) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("visitors", "buyers", "now"),
    [((3000, 3000), (900, 450), NOON + timedelta(hours=23)), ((300, 300), (99, 20), LATER)],
    ids=["first day", "too few buyers"],
)
def test_watch_too_early_says_nothing(visitors, buyers, now):
    experiment = running()
    for key, shown, bought in zip(("control", "treatment"), visitors, buyers, strict=True):
        add(experiment, key, shown, bought)
    assert guardrails.watch_all(now) == 0
    assert not experiment.audit_entries.exists()


def test_watch_harmless_test_goes_on_with_its_ramp():
    ramp = [{"share": 0.05, "days": 2}]
    experiment = running(ramp_plan=ramp, ramped_at=NOON)
    add(experiment, "control", 1000, 300)
    add(experiment, "treatment", 1000, 290)
    assert guardrails.watch_all(LATER) == 0
    experiment.refresh_from_db()
    assert experiment.served_share == 1.0
    assert [entry.action for entry in experiment.audit_entries.all()] == [AuditAction.RAMPED]


def test_watch_harmful_test_is_not_ramped_up():
    experiment = running(ramp_plan=[{"share": 0.05, "days": 2}], ramped_at=NOON, is_pausing_on_harm=False)
    add(experiment, "control", 3000, 900)
    add(experiment, "treatment", 3000, 450)
    guardrails.watch_all(LATER)
    experiment.refresh_from_db()
    assert experiment.served_share == 0.05


@pytest.mark.slow
def test_watch_broken_split_is_said_once_and_holds_the_ramp():
    experiment = running(ramp_plan=[{"share": 0.05, "days": 2}], ramped_at=NOON)
    add(experiment, "control", 3000, 300)
    add(experiment, "treatment", 2400, 240)
    for hour in range(2):
        assert guardrails.watch_all(LATER + timedelta(hours=hour)) == 0
    experiment.refresh_from_db()
    assert (experiment.status, experiment.served_share) == (Status.RUNNING, 0.05)
    assert experiment.audit_entries.get().action == AuditAction.SAMPLE_RATIO
    # the verdict agrees with what was done
    assert snapshots.analyse(experiment, now=LATER + timedelta(hours=2)).verdict.code == "invalid"


@pytest.mark.slow
def test_watch_split_that_is_uneven_for_a_single_look_alone_goes_on_and_the_verdict_agrees():
    experiment = running(ramp_plan=[{"share": 0.05, "days": 2}], ramped_at=NOON)
    add(experiment, "control", 2500, 300)
    add(experiment, "treatment", 2260, 280)
    guardrails.watch_all(LATER)
    report = snapshots.analyse(experiment, now=LATER)
    assert report.health.sample_ratio.p_value is not None
    assert report.health.sample_ratio.p_value < 0.001
    assert not experiment.audit_entries.filter(action=AuditAction.SAMPLE_RATIO).exists()
    assert report.verdict.code != "invalid"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["error", "skipped"])
def test_watch_treatment_that_fails_technically_pauses_the_test(kind):
    experiment = running()
    add(experiment, "control", 2000, 400)
    add(experiment, "treatment", 2000, 400)
    add_events(experiment, "control", kind, 10)
    add_events(experiment, "treatment", kind, 200)
    assert guardrails.watch_all(LATER) == 1
    breach = experiment.audit_entries.get(action=AuditAction.GUARDRAIL)
    assert breach.detail["metric"] == kind


@pytest.mark.slow
def test_watch_refunds_that_rose_beyond_chance_pause_the_test_although_nobody_made_them_a_guardrail():
    experiment = running()
    add(experiment, "control", 3000, 1500)
    add(experiment, "treatment", 3000, 1500)
    refunded = [f"treatment-{number}" for number in range(300)]
    Exposure.objects.filter(visitor_id__in=refunded).update(refunded_minor=1_000)
    assert guardrails.watch_all(LATER) == 1
    breach = experiment.audit_entries.get(action=AuditAction.GUARDRAIL)
    assert breach.detail["metric"] == "refunded_share"
    assert "the change in refunded share of buyers is +1" in breach.reason
    assert "and the limit is +1 pt." in breach.reason


@pytest.mark.slow
def test_watch_failure_costs_no_other_test_its_turn(caplog):
    broken, harmful = running(), running()
    add(harmful, "control", 3000, 900)
    add(harmful, "treatment", 3000, 450)
    analyse = snapshots.analyse

    def fail_once(experiment: Experiment, **options: Any) -> Any:
        return 1 / 0 if experiment == broken else analyse(experiment, **options)

    with patch("experiments.snapshots.analyse", fail_once):
        assert guardrails.watch_all(LATER) == 1
    assert f"The guardrails of {broken.key} can't be watched" in caplog.text
