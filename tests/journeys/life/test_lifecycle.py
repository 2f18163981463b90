"""A journey is launched with the tests of its steps, pauses at once, goes on, and ends; each is in the audit trail."""

import pytest

from experiments.models import AuditEntry, Experiment, Status
from journeys.checks.claims import why_not
from journeys.life import lifecycle, step_tests, versions
from journeys.life.lifecycle import JourneyLaunchRefused, JourneyStepError
from journeys.models import CustomerMessage, JourneyStatus, JourneyStep, JourneyVersion, Run
from journeys.planning.rounds import plan_due
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db
DOCUMENT = {"subject": "Care for it", "blocks": [{"kind": "text", "id": "b1", "text": "Wash it by hand."}]}
OTHER = {"subject": "Keep it well", "blocks": [{"kind": "text", "id": "b1", "text": "Wash it by hand."}]}


@pytest.fixture
def store():
    return followups.make_sending_store(address="shop@example.com", postal_address="1 Main St")


def make_draft(store, *steps):
    journey = followups.make_journey(store, *[{"document": DOCUMENT} | step for step in steps or ({},)])
    journey.status, journey.started_at = JourneyStatus.DRAFT, None
    journey.save()
    journey.versions.update(launched_at=None)
    return journey


def launch(journey, now=NOON):
    lifecycle.launch(journey=journey, actor="ada", override_reason="Few customers yet", now=now)
    journey.refresh_from_db()


def actions(store):
    return list(AuditEntry.objects.filter(store=store, experiment=None).order_by("pk").values_list("action", flat=True))


def test_launch_freezes_the_version_and_starts_the_tests_of_its_steps(store):
    journey = make_draft(store, {"control_percent": 30}, {"control_percent": 0})
    launch(journey)
    version = journey.versions.get()
    assert (journey.status, journey.started_at, version.launched_at) == ("running", NOON, NOON)
    first, second = version.steps.order_by("position")
    assert second.experiment is None
    experiment = first.experiment
    assert (experiment.status, experiment.unit, experiment.moment) == ("running", "customer", "follow_up")
    assert experiment.attribution_window_days == 30
    assert [(v.key, v.weight, v.is_control) for v in experiment.variants.all()] == [
        ("control", 30, True),
        ("treatment", 70, False),
    ]
    entry = AuditEntry.objects.get(action="journey_launched")
    assert (entry.actor, entry.reason, entry.detail["journey"]) == ("ada", "Few customers yet", journey.key)


@pytest.mark.slow
def test_two_messages_without_a_silent_control_are_both_sent(store):
    document = DOCUMENT | {"variants": {"short": OTHER}}
    journey = make_draft(store, {"document": document})
    launch(journey)
    for _ in range(30):
        followups.make_run(journey, followups.make_contact(store))
    plan_due(NOON)
    sent = CustomerMessage.objects.values_list("send_point__variant__key", flat=True)
    assert set(sent) == {"control", "short"}
    assert len(sent) == 30
    step = followups.step_of(journey)
    assert (step.document_of("control"), step.document_of("short")) == (DOCUMENT, OTHER)


def test_launch_is_refused_with_the_checks_that_block(store):
    journey = make_draft(store, {"document": {}})
    store.sender.is_on = False
    store.sender.save()
    with pytest.raises(JourneyLaunchRefused) as refused:
        launch(journey)
    assert {check.code for check in refused.value.checks} == {"message", "sender"}
    assert not Experiment.objects.exists()


def test_launch_with_warnings_needs_a_reason(store):
    with pytest.raises(JourneyLaunchRefused, match="give a reason"):
        lifecycle.launch(journey=make_draft(store), actor="ada", now=NOON)


@pytest.mark.slow
def test_pause_stops_planning_and_planned_messages_at_once_and_resume_goes_on(store):
    journey = make_draft(store, {"control_percent": 1}, {"wait_hours": 48})
    launch(journey)
    contacts = [followups.make_contact(store) for _ in range(5)]
    for contact in contacts[:-1]:
        followups.make_run(journey, contact)
    plan_due(NOON)
    followups.make_run(journey, contacts[-1])
    lifecycle.pause(journey=journey, actor="ada", reason="Too many complaints")
    assert plan_due(NOON) == 0
    message = CustomerMessage.objects.earliest("pk")
    assert why_not(message, NOON).retry_at is not None
    assert Experiment.objects.get().status == Status.PAUSED
    lifecycle.resume(journey=journey, actor="ada")
    assert why_not(message, NOON).may_go_out
    assert plan_due(NOON) == 1
    assert actions(store) == ["journey_launched", "journey_paused", "journey_resumed"]


def test_end_ends_the_runs_and_stops_the_tests(store):
    journey = make_draft(store, {"control_percent": 50})
    launch(journey)
    followups.make_run(journey, followups.make_contact(store))
    lifecycle.end(journey=journey, actor="ada", reason="Season over", now=NOON)
    assert (Run.objects.get().ended_reason, Experiment.objects.get().status) == ("journey_ended", "stopped")
    with pytest.raises(JourneyStepError):
        lifecycle.resume(journey=journey, actor="ada")


def test_editing_a_running_journey_makes_the_next_version_and_runs_stay_on_theirs(store):
    journey = make_draft(store, {"control_percent": 50})
    launch(journey)
    run = followups.make_run(journey, followups.make_contact(store))
    following = versions.editable_version(lifecycle.locked_journey(journey))
    assert versions.editable_version(journey) == following
    step = following.steps.get()
    before = versions.compared_values(step)
    test = step.experiment
    assert test is not None
    assert test.status == Status.RUNNING
    step.window_end = 20
    versions.part_from_changed_test(step, before)
    assert step.experiment == test
    step.document = OTHER
    versions.part_from_changed_test(step, before)
    step.save()
    assert following.steps.filter(experiment=None).count() == 1
    launch(journey, NOON + DAY)
    assert journey.started_at == NOON
    assert Experiment.objects.count() == 2
    run.refresh_from_db()
    assert run.version.number == 1
    launched = versions.launched_version(journey)
    assert launched is not None
    assert launched.number == 2


def test_step_test_of_a_draft_follows_the_step_until_its_start(store):
    journey = make_draft(store, {"control_percent": 50})
    version = journey.versions.get()
    step_tests.ensure_tests(version, "ada")
    JourneyStep.objects.update(control_percent=20)
    (experiment,) = step_tests.ensure_tests(version, "ada")
    assert list(experiment.variants.values_list("key", "weight")) == [("control", 20), ("treatment", 80)]


def test_discard_draft_goes_back_to_what_runs_or_removes_what_never_ran(store):
    running, never = make_draft(store), make_draft(store)
    launch(running)
    versions.editable_version(running)
    lifecycle.discard_draft(journey=running, actor="ada")
    lifecycle.discard_draft(journey=never, actor="ada")
    assert JourneyVersion.objects.get().journey == running


def test_another_stores_journey_is_not_paused_along(store):
    journey, other = make_draft(store), make_draft(factories.make_store())
    launch(journey)
    lifecycle.pause(journey=journey, actor="ada", reason="")
    other.refresh_from_db()
    assert other.status == "draft"
