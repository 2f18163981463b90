"""Launching with a second person's approval."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from checkout_widgets.launching import LaunchRefused, launch_or_ask
from checkout_widgets.launching.approved_launch import launch_as_approved
from checkout_widgets.models import Widget
from experiments.models import Approval, AuditAction, AuditEntry, Experiment, Status, Store
from experiments.running.approvals import requests
from tests import factories
from tests.checkout_widgets.launching.drafts import ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiment(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON)  # what the draft's shop sent is an hour old then
    experiment = ready()
    Store.objects.filter(pk=experiment.store_id).update(approval_rules=["launch"])
    experiment.store.refresh_from_db()
    for name in ("ada", "ben"):
        factories.make_user(experiment.store, username=name)
    return experiment


def member(experiment: Experiment, name: str) -> User:
    return experiment.store.memberships.get(user__username=name).user


def test_launch_or_ask_asks_and_launches_as_approved(experiment):
    asked = launch_or_ask(experiment=experiment, user=member(experiment, "ada"))
    assert isinstance(asked, Approval)
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT
    requests.approve(approval=asked, user=member(experiment, "ben"))
    launch_as_approved(asked, "ada")
    experiment.refresh_from_db()
    assert experiment.status == Status.RUNNING
    assert experiment.audit_entries.get(action=AuditAction.STARTED).detail["approved_by"] == "ben"


@pytest.mark.slow
def test_schedule_is_approved_with_its_time_whatever_zone_it_was_typed_in(experiment):
    starts_at = (factories.NOON + timedelta(days=1)).astimezone(ZoneInfo("Asia/Tokyo"))
    asked = launch_or_ask(experiment=experiment, user=member(experiment, "ada"), starts_at=starts_at)
    assert isinstance(asked, Approval)
    requests.approve(approval=asked, user=member(experiment, "ben"))
    launch_as_approved(asked, "ada")
    experiment.refresh_from_db()
    assert (experiment.status, experiment.starts_at) == (Status.SCHEDULED, starts_at)


@pytest.mark.slow
def test_launch_with_other_settings_than_approved_asks_again(experiment):
    asked = launch_or_ask(experiment=experiment, user=member(experiment, "ada"))
    assert isinstance(asked, Approval)
    requests.approve(approval=asked, user=member(experiment, "ben"))
    experiment.ramp_plan = [{"share": 0.05, "days": 2}]
    again = launch_or_ask(experiment=experiment, user=member(experiment, "ada"), fields=("ramp_plan",))
    assert isinstance(again, Approval)
    assert again != asked


def test_ask_for_what_the_checklist_blocks_is_refused_and_asks_nobody(experiment):
    Widget.objects.all().delete()
    with pytest.raises(LaunchRefused):
        launch_or_ask(experiment=experiment, user=member(experiment, "ada"))
    assert not Approval.objects.exists()


def test_launch_or_ask_without_the_rule_launches(experiment):
    experiment.store.approval_rules = []
    experiment.store.save()
    entry = launch_or_ask(experiment=experiment, user=member(experiment, "ada"))
    assert isinstance(entry, AuditEntry)
    assert experiment.status == Status.RUNNING
