"""What the overview says to look at first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checkout_widgets.models import DeliveryStatus
from dashboard.overview.alerts import alerts_of
from experiments import audit
from experiments.assignment.targeting import Context
from experiments.decisions import samples as decision_samples
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import AuditAction, DecisionDay, Experiment, Exposure, Status, Store
from experiments.running import guardrails
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def ask(store: Store, at=NOON - HOUR) -> None:
    DecisionDay.objects.create(
        store=store, day=at.date(), moment="cart", reason="served", count=1, first_at=at, last_at=at
    )


def texts(store: Store, reports=None) -> list[str]:
    tests = list(Experiment.objects.filter(store=store, status__in=(Status.RUNNING, Status.PAUSED)))
    return [alert.text for alert in alerts_of(store, tests, reports or {}, NOON)]


def note(experiment: Experiment, action: AuditAction, actor: str, reason: str = "", at=NOON) -> None:
    audit.record(store=experiment.store, experiment=experiment, action=action, actor=actor, reason=reason, at=at)


@pytest.fixture
def experiment(db) -> Experiment:
    """A running test of a store whose pages ask, with a visitor."""
    experiment = factories.make_experiment(name="Mug")
    ask(experiment.store)
    factories.make_exposure(experiment.variants.get(is_control=True), exposed_at=NOON - HOUR)
    return experiment


def test_quiet_programme_has_nothing_to_look_at(experiment):
    assert texts(experiment.store) == []
    assert texts(factories.make_store()) == []


def test_broken_split_is_an_alert(experiment):
    report = analyse(experiment)
    broken = replace(report.health, sample_ratio=replace(report.health.sample_ratio, is_alarming=True))
    (text,) = texts(experiment.store, {experiment.pk: replace(report, health=broken)})
    assert "Sample ratio mismatch in “Mug”" in text


def test_pause_by_a_guardrail_is_an_alert_until_somebody_resumes(experiment):
    note(experiment, AuditAction.GUARDRAIL, guardrails.ACTOR, "Conversion fell.", NOON - 2 * HOUR)
    (text,) = texts(experiment.store)
    assert text == "“Mug” crossed a guardrail and is still running. Conversion fell."
    note(experiment, AuditAction.PAUSED, guardrails.ACTOR, "Conversion fell.", NOON - HOUR)
    assert texts(experiment.store) == ["“Mug” was paused because it crossed a guardrail. Conversion fell."]
    note(experiment, AuditAction.RESUMED, "ada", "It was a holiday.")
    assert texts(experiment.store) == []


def test_pause_by_a_person_is_none(experiment):
    note(experiment, AuditAction.PAUSED, "ada", "Sale begins.")
    assert texts(experiment.store) == []


@pytest.mark.parametrize(("hours", "is_silent"), [(23, False), (24, True)])
def test_silence_of_a_day_is_an_alert(hours, is_silent):
    store = factories.make_store()
    factories.make_experiment(store)
    ask(store, NOON - hours * HOUR)
    assert bool(texts(store)) is is_silent


def test_test_that_is_given_to_pages_and_exposes_nobody_for_a_day_is_an_alert():
    experiment = factories.make_live_experiment(name="Mug", started_at=NOON - 30 * HOUR)
    ask(experiment.store)
    DecisionDay.objects.update(experiment=experiment)
    (text,) = texts(experiment.store)
    assert text == (
        "“Mug” was sent to pages in the last 24 hours, but no visitor was exposed. Check that the page has a slot for "
        "this moment (Cart), and that nothing blocks the snippet."
    )
    exposure = factories.make_exposure(experiment.variants.get(is_control=True), exposed_at=NOON - 25 * HOUR)
    assert texts(experiment.store) == [text]
    Exposure.objects.filter(pk=exposure.pk).update(exposed_at=NOON - 23 * HOUR)
    assert texts(experiment.store) == []


def test_test_that_another_one_leaves_nothing_is_an_alert_that_names_it():
    behind = factories.make_live_experiment(name="Mug", started_at=NOON - 30 * HOUR)
    first = factories.make_live_experiment(
        behind.store, name="Cake stand", key="stand", priority=5, started_at=NOON - HOUR
    )
    ask(behind.store)
    DecisionDay.objects.update(experiment=first)
    decision_samples.add({SampleGroup(behind.store_id, "cart", NOON.date()): [Ranked(0.5, Context())]})
    (text,) = texts(behind.store)
    assert text == (
        "“Mug” got no visitors in the last 24 hours. What happens to most requests: Go to “Cake stand”, which comes "
        "first."
    )


def test_silence_without_a_running_test_is_none():
    store = factories.make_store()
    ask(store, NOON - timedelta(days=30))
    factories.make_experiment(store, status=Status.PAUSED)
    assert texts(store) == []


def test_deliveries_given_up_or_waiting_are_alerts(experiment):
    factories.make_delivery(experiment.store)
    factories.make_delivery(experiment.store, DeliveryStatus.PENDING, received_at=NOON - timedelta(minutes=6))
    factories.make_delivery(factories.make_store())
    dead, late = texts(experiment.store)
    assert dead.startswith("1 delivery from your shop system couldn't be read")
    assert "the worker isn't running" in late
