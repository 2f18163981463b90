"""Whom a draft is for: edited with its reach in view."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import AuditAction, Experiment, Role, Status
from tests import factories

pytestmark = pytest.mark.django_db

PHONES = {"field": "device", "op": "is", "value": "phone"}
TYPED = {
    "targeting-kind": "all",
    "targeting-0-kind": "all",
    "targeting-0-0-field": "device",
    "targeting-0-0-op": "is",
    "targeting-0-0-text": "phone",
    "traffic_percent": "50",
    "priority": "3",
}


@pytest.fixture
def draft() -> Experiment:
    """A draft of a store whose pages asked yesterday: three in four on phones."""
    experiment = factories.make_live_experiment(status=Status.DRAFT, started_at=None)
    at = timezone.now() - timedelta(days=1)
    devices = ["phone"] * 75 + ["desktop"] * 25
    ranked = [Ranked(place / 100, Context(device=device)) for place, device in enumerate(devices)]
    decision_samples.add({SampleGroup(experiment.store_id, "cart", at.date()): ranked})
    key = CountKey(experiment.store_id, at.date(), "cart", None, "no_experiment")
    decision_counts.add({key: Count(4_000, at, at)})
    return experiment


def client_of(experiment: Experiment, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(experiment.store, role=role))
    return client


def url_of(experiment: Experiment, part: str = "") -> str:
    return f"/tests/{experiment.store.slug}/{experiment.key}/audience/{part}"


def test_audience_is_saved_with_an_entry_of_what_changed(draft):
    response = client_of(draft).post(url_of(draft), TYPED)
    assert response["Location"] == f"/tests/{draft.store.slug}/{draft.key}/launch/"
    draft.refresh_from_db()
    assert (draft.targeting, draft.traffic_share, draft.priority) == (PHONES, 0.5, 3)
    entry = draft.audit_entries.get(action=AuditAction.CHANGED)
    assert entry.detail == {"targeting": [{}, PHONES], "traffic_share": [1.0, 0.5], "priority": [0, 3]}


def test_reach_of_what_is_typed_is_shown_and_nothing_saved(draft):
    page = client_of(draft).post(url_of(draft, "reach/"), TYPED).content.decode()
    assert "1,500" in page  # half of three quarters of 4,000
    assert "Don&#x27;t match the targeting" in page
    draft.refresh_from_db()
    assert (draft.targeting, draft.traffic_share) == ({}, 1.0)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"targeting-0-0-text": ""}, "Group 1, condition 1"),
        ({"traffic_percent": "0"}, "greater than or equal to 1"),
        ({"traffic_percent": "nan"}, "Enter a number"),
        ({"priority": "101"}, "less than or equal to 100"),
    ],
)
def test_audience_that_cannot_be_read_is_named_and_not_saved(draft: Experiment, changed: Any, error: str):
    client = client_of(draft)
    response = client.post(url_of(draft), TYPED | changed)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert error in client.post(url_of(draft, "reach/"), TYPED | changed).content.decode()
    draft.refresh_from_db()
    assert draft.targeting == {}


def test_audience_of_a_test_that_has_started_stays(draft):
    Experiment.objects.filter(pk=draft.pk).update(started_at=timezone.now(), status=Status.RUNNING)
    response = client_of(draft).post(url_of(draft), TYPED)
    assert response["Location"] == f"/tests/{draft.store.slug}/{draft.key}/"
    draft.refresh_from_db()
    assert draft.targeting == {}


def test_audience_is_for_editors_of_the_store_alone(draft):
    viewer, stranger = client_of(draft, Role.VIEWER), Client()
    stranger.force_login(factories.make_user(factories.make_store(slug="other"), username="eve"))
    for part in ("", "reach/"):
        assert viewer.post(url_of(draft, part), TYPED).status_code == 403
        assert stranger.post(url_of(draft, part), TYPED).status_code == 404
    assert viewer.get(url_of(draft)).status_code == 403
