"""The life of an experiment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from experiments.models import (
    AuditAction,
    AuditEntry,
    ChosenMetric,
    CustomMetric,
    Decision,
    Experiment,
    PlanVersion,
    Source,
    Status,
)
from experiments.models.experiment_values import validate_ramp_plan
from experiments.running import lifecycle
from experiments.running.lifecycle import NEXT, STATUS_AFTER, Conclusion, LifecycleError
from tests import factories

pytestmark = pytest.mark.django_db
RAMP = [{"share": 0.05, "days": 2}, {"share": 0.25, "days": 3}]


def draft(**fields: Any) -> Experiment:
    return factories.make_experiment(**{"status": Status.DRAFT, "started_at": None} | fields)


def refused(code: str, step: Callable[..., Any], **arguments: Any) -> None:
    with pytest.raises(LifecycleError) as raised:
        step(**arguments)
    assert raised.value.code == code


def test_start_runs_a_draft_and_keeps_who_did_it():
    experiment = draft()
    entry = lifecycle.start(experiment=experiment, actor="ada", reason="Approved", now=factories.NOON)
    assert (experiment.status, experiment.started_at) == (Status.RUNNING, factories.NOON)
    assert (entry.action, entry.actor, entry.reason) == (AuditAction.STARTED, "ada", "Approved")
    assert (entry.store, entry.experiment, entry.at) == (experiment.store, experiment, factories.NOON)
    assert entry.detail == {"status": ["draft", "running"]}


def test_start_gives_a_test_the_newest_rules_and_a_pause_keeps_the_old_ones():
    experiment = draft()
    lifecycle.start(experiment=experiment, actor="ada")
    assert experiment.plan_version == PlanVersion.SHARED
    older = factories.make_experiment(plan_version=PlanVersion.DAILY, status=Status.PAUSED)
    lifecycle.resume(experiment=older, actor="ada", reason="Mended")
    assert older.plan_version == PlanVersion.DAILY


def test_start_without_control_treatment_or_visitors_of_its_own_is_refused():
    experiment = draft()
    experiment.variants.filter(is_control=True).delete()
    refused("no_control", lifecycle.start, experiment=experiment, actor="ada")
    refused("no_treatment", lifecycle.start, experiment=draft(treatments=0), actor="ada")
    refused("imported", lifecycle.start, experiment=draft(source=Source.IMPORTED), actor="ada")
    assert not AuditEntry.objects.exists()


@pytest.mark.slow
def test_only_the_steps_that_may_follow_are_taken():
    for present in Status:
        for action, to in STATUS_AFTER.items():
            experiment = factories.make_experiment(status=present)
            if to in NEXT[present]:
                lifecycle.change_status(experiment, action, actor="ada")
                assert experiment.status == to
            else:
                refused("not_allowed", lifecycle.change_status, experiment=experiment, action=action, actor="ada")
                assert experiment.status == present


def test_every_status_can_be_reached_by_a_step():
    assert set(STATUS_AFTER.values()) == set(Status)


def test_two_who_stop_at_once_stop_once():
    experiment = factories.make_experiment()
    late = type(experiment).objects.get(pk=experiment.pk)
    lifecycle.stop(experiment=experiment, actor="ada", reason="Enough")
    refused("not_allowed", lifecycle.stop, experiment=late, actor="grace", reason="Enough")
    assert [entry.actor for entry in experiment.audit_entries.all()] == ["ada"]


def test_schedule_starts_by_itself_when_its_time_has_come():
    experiment, broken = draft(), draft()
    starts_at = timezone.now() + timedelta(days=1)
    for one in (broken, experiment):
        lifecycle.schedule(experiment=one, actor="ada", starts_at=starts_at)
    broken.variants.all().delete()
    assert lifecycle.start_due(starts_at - timedelta(minutes=1)) == 0
    assert lifecycle.start_due(starts_at + timedelta(minutes=1)) == 1
    experiment.refresh_from_db()
    broken.refresh_from_db()
    assert (experiment.status, broken.status) == (Status.RUNNING, Status.DRAFT)
    refusal = broken.audit_entries.get(action=AuditAction.UNSCHEDULED)
    assert (refusal.actor, refusal.reason) == (
        lifecycle.SCHEDULE,
        "Add a control: without one there is nothing to compare with.",
    )
    assert refusal.reason_translations == {
        "de": "Fügen Sie eine Kontrollgruppe hinzu: Ohne sie gibt es nichts, womit verglichen werden kann."
    }
    assert experiment.started_at == starts_at + timedelta(minutes=1)
    assert experiment.audit_entries.get(action=AuditAction.STARTED).actor == lifecycle.SCHEDULE


def test_refused_start_names_a_metric_without_products_in_the_readers_language():
    experiment = draft()
    lifecycle.schedule(experiment=experiment, actor="ada", starts_at=timezone.now() + timedelta(days=1))
    metric = CustomMetric.objects.create(store=experiment.store, key="tea", name="Tea", categories=["Tea"])
    ChosenMetric.objects.create(experiment=experiment, metric=metric, name="Tea", counted="revenue")
    assert lifecycle.start_due(timezone.now() + timedelta(days=2)) == 0
    refusal = experiment.audit_entries.get(action=AuditAction.UNSCHEDULED)
    assert refusal.reason == "“Tea” has no products: its categories are empty."
    assert refusal.reason_translations == {"de": "„Tea“ hat keine Produkte: Die Kategorien sind leer."}


def test_schedule_in_the_past_is_refused():
    refused("past_start", lifecycle.schedule, experiment=draft(), actor="ada", starts_at=factories.NOON)


def test_unschedule_makes_a_draft_again():
    experiment = draft()
    lifecycle.schedule(experiment=experiment, actor="ada", starts_at=timezone.now() + timedelta(days=1))
    lifecycle.unschedule(experiment=experiment, actor="ada")
    assert (experiment.status, experiment.starts_at) == (Status.DRAFT, None)


def test_a_test_whose_end_has_come_stops_by_itself():
    experiment = factories.make_experiment(ends_at=factories.NOON)
    assert lifecycle.stop_due(factories.NOON - timedelta(seconds=1)) == 0
    assert lifecycle.stop_due(factories.NOON) == 1
    experiment.refresh_from_db()
    assert experiment.status == Status.STOPPED
    assert experiment.ended_at is not None


def test_pause_and_resume_keep_the_start():
    experiment = factories.make_experiment(ramp_plan=RAMP, ramped_at=factories.NOON)
    lifecycle.pause(experiment=experiment, actor="ada", reason="The payment page is slow")
    assert experiment.status == Status.PAUSED
    refused("not_allowed", lifecycle.start, experiment=experiment, actor="ada")
    later = factories.NOON + timedelta(days=9)
    lifecycle.resume(experiment=experiment, actor="ada", reason="Fixed", now=later)
    assert (experiment.status, experiment.started_at, experiment.ramped_at) == (Status.RUNNING, factories.NOON, later)


def test_ramp_serves_each_share_for_its_days_and_ends_at_the_planned_one():
    experiment = draft(ramp_plan=RAMP, traffic_share=0.8)
    lifecycle.start(experiment=experiment, actor="ada", now=factories.NOON)
    assert experiment.served_share == 0.05
    assert lifecycle.step_ramp(experiment=experiment, now=factories.NOON + timedelta(days=1)) is None
    second = factories.NOON + timedelta(days=2)
    entry = lifecycle.step_ramp(experiment=experiment, now=second)
    assert entry is not None
    assert entry.detail == {"served_share": [0.05, 0.25]}
    assert lifecycle.step_ramp(experiment=experiment, now=second + timedelta(days=2)) is None
    lifecycle.step_ramp(experiment=experiment, now=second + timedelta(days=3))
    assert experiment.served_share == 0.8
    assert lifecycle.step_ramp(experiment=experiment, now=second + timedelta(days=30)) is None


def test_ramp_ended_early_serves_the_planned_share_at_once():
    experiment = draft(ramp_plan=RAMP, traffic_share=0.8)
    refused("no_ramp", lifecycle.end_ramp, experiment=experiment, actor="ada", reason="It went well")
    lifecycle.start(experiment=experiment, actor="ada", now=factories.NOON)
    later = factories.NOON + timedelta(hours=5)
    entry = lifecycle.end_ramp(experiment=experiment, actor="ada", reason="It went well", now=later)
    assert (entry.actor, entry.reason, entry.detail) == ("ada", "It went well", {"served_share": [0.05, 0.8]})
    assert (experiment.served_share, experiment.ramped_at, experiment.status) == (0.8, later, Status.RUNNING)
    assert (experiment.ramp_plan, experiment.ramp_step) == (RAMP[:1], 1), "what came before is still known"
    refused("no_ramp", lifecycle.end_ramp, experiment=experiment, actor="ada", reason="Again")


def test_conclude_rolls_out_a_treatment_of_its_own_alone():
    experiment, other = factories.make_experiment(), factories.make_experiment()
    for variant in (None, experiment.variants.get(is_control=True), other.variants.get(is_control=False)):
        refused(
            "no_variant",
            lifecycle.conclude,
            experiment=experiment,
            actor="ada",
            conclusion=Conclusion(decision=Decision.ROLL_OUT, rolled_out_variant=variant),
        )
    undecided = Conclusion(decision=Decision.UNDECIDED)
    refused("no_decision", lifecycle.conclude, experiment=experiment, actor="ada", conclusion=undecided)
    winner = experiment.variants.get(is_control=False)
    conclusion = Conclusion(
        decision=Decision.ROLL_OUT,
        rolled_out_variant=winner,
        learning="Reasons sell",
        next_step="Try it at payment",
    )
    entry = lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion)
    assert (experiment.status, experiment.rolled_out_variant) == (Status.CONCLUDED, winner)
    assert (experiment.learning, experiment.next_step) == ("Reasons sell", "Try it at payment")
    assert entry.detail == {"status": ["running", "concluded"], "decision": "roll_out", "variant": winner.key}


def test_conclude_that_keeps_control_rolls_nothing_out():
    experiment = factories.make_experiment()
    variant = experiment.variants.get(is_control=False)
    conclusion = Conclusion(decision=Decision.KEEP_CONTROL, rolled_out_variant=variant)
    lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion)
    assert experiment.rolled_out_variant is None


@pytest.mark.parametrize(
    "plan",
    [
        None,
        {},
        [1],
        [{"share": 0.5}],
        [{"share": 0, "days": 1}],
        [{"share": True, "days": 1}],
        [{"share": 0.5, "days": 0}],
        [{"share": 0.5, "days": 1.5}],
        [{"share": 0.5, "days": 1}, {"share": 0.1, "days": 1}],
        [{"share": 0.5, "days": 1, "more": 1}],
    ],
    ids=str,
)
def test_ramp_plan_that_cant_be_followed_is_refused(plan):
    with pytest.raises(ValidationError):
        validate_ramp_plan(plan)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unit", "moment", "code"),
    [
        ("customer", "follow_up", None),
        ("visitor", "cart", None),
        ("customer", "cart", "wrong_unit"),
        ("visitor", "follow_up", "undelivered"),
    ],
)
def test_start_of_a_unit_at_a_moment_that_does_not_reach_it_is_refused(unit, moment, code):
    experiment = factories.make_experiment(status="draft", started_at=None, unit=unit, moment=moment)
    if code is None:
        lifecycle.start(experiment=experiment, actor="ada")
        assert experiment.status == "running"
        return
    with pytest.raises(LifecycleError) as raised:
        lifecycle.start(experiment=experiment, actor="ada")
    assert raised.value.code == code
