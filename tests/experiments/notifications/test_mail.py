"""Who is told by e-mail, and what."""

from typing import Any

import pytest
from django.core import mail as outbox
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import audit
from experiments.models import AuditAction, Experiment, Status, Subscription, Topic
from experiments.notifications import mail, tasks
from experiments.running import lifecycle
from experiments.snapshots import take_snapshot
from tests import factories

pytestmark = pytest.mark.django_db


def queued(name: str) -> list[dict[str, Any]]:
    jobs = ProcrastinateJob.objects.filter(task_name__endswith=f".{name}").order_by("id")
    return [job.args for job in jobs]


def test_recipients_are_members_by_default_or_by_choice_each_once():
    store, other = factories.make_store(), factories.make_store()
    factories.make_user(store, email="default@shop.example")
    keen, deaf = (factories.make_user(store, email=f"{name}@shop.example") for name in ("keen", "deaf"))
    Subscription.objects.create(user=keen, store=store, topics=[Topic.LAUNCH, Topic.GUARDRAIL])
    Subscription.objects.create(user=deaf, store=store, topics=[])
    Subscription.objects.create(user=factories.make_user(email="gone@shop.example"), store=store)
    factories.make_user(other, email="stranger@shop.example")
    factories.make_user(store, email="left@shop.example", is_active=False)
    factories.make_user(store, email="")
    assert mail.recipients(store, Topic.GUARDRAIL) == ["default@shop.example", "keen@shop.example"]
    assert mail.recipients(store, Topic.LAUNCH) == ["keen@shop.example"]


def test_tell_queues_one_mail_for_each_reader_with_what_and_why(settings):
    settings.CONSOLE_URL = "https://offers.example"
    experiment = factories.make_experiment(name="Care balm")
    factories.make_user(experiment.store, email="ada@shop.example")
    factories.make_user(experiment.store, email="grace@shop.example")
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.GUARDRAIL,
        actor="guardrail",
        reason="B: conversion fell",
        at=factories.NOON,
    )
    tasks.tell.func(**queued("tell")[0])
    assert [job["address"] for job in queued("send_mail")] == ["ada@shop.example", "grace@shop.example"]
    tasks.send_mail.func(**queued("send_mail")[0])
    sent = outbox.outbox[0]
    assert (sent.to, sent.subject) == (["ada@shop.example"], "Care balm: guardrail crossed")
    assert sent.body == (
        "Guardrail crossed, 2 November 2026, 12:00 UTC.\n\nB: conversion fell\n\n"
        f"https://offers.example/tests/{experiment.store.slug}/{experiment.key}/\n"
    )


def test_record_of_what_nobody_is_told_queues_nothing():
    experiment = factories.make_experiment()
    audit.record(store=experiment.store, experiment=experiment, action=AuditAction.CHANGED, actor="ada")
    assert not queued("tell")


def test_pause_is_told_only_where_it_is_kept():
    experiment = factories.make_experiment(status=Status.STOPPED)
    with pytest.raises(lifecycle.LifecycleError):
        lifecycle.pause(experiment=experiment, actor="ada", reason="")
    assert not queued("tell")


def test_digest_says_how_each_running_test_stands():
    store = factories.make_store(name="Nordlicht")
    factories.make_user(store, email="ada@shop.example")
    looked = factories.make_experiment(store, name="Care balm")
    take_snapshot(looked, now=factories.NOON)
    factories.make_experiment(store, name="Fresh one")
    factories.make_experiment(store, name="Old one", status=Status.CONCLUDED)
    factories.make_experiment(name="Foreign one")
    tasks.send_digests.func(0)
    (job,) = queued("send_mail")
    assert (job["address"], job["subject"]) == ("ada@shop.example", "Nordlicht: running tests")
    text = str(job["text"])
    assert "Care balm\nNo visitors yet." in text
    assert "Fresh one\nNo look has been taken yet." in text
    assert "Old one" not in text
    assert "Foreign one" not in text
    assert Experiment.objects.count() == 4
