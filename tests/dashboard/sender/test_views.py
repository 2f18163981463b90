"""The sender's page: admins change it, everybody reads it, and nothing goes out before all is there."""

import pytest
from django.test import Client
from django.utils import timezone

from experiments.models import AuditAction, AuditEntry, Role, Status
from journeys.message_holdout import message_holdouts
from journeys.models import DomainState, Sender
from tests import factories

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Tea shop", "address": "hello@tea.example", "postal_address": "1 Quay Street", "weekly_cap": "1",
    "quiet_from": "21", "quiet_until": "8", "per_minute": "60", "holdout_share": "10",
}  # fmt: skip


def client_of(store, role: str = Role.ADMIN) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def test_admin_saves_the_sender_and_the_trail_says_so():
    store = factories.make_store()
    answer = client_of(store).post("/sender/", FIELDS)
    assert answer.status_code == 302
    sender = Sender.objects.get()
    assert (sender.name, sender.holdout_share, sender.is_on) == ("Tea shop", 0.1, False)
    entry = AuditEntry.objects.get(action=AuditAction.SENDER_CHANGED)
    assert entry.detail["holdout_share"] == [0.0, 0.1]
    experiment = message_holdouts(store).get()
    assert (experiment.key, experiment.status) == ("message-holdout", Status.RUNNING)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_read_it_and_change_nothing(role):
    store = factories.make_store()
    client = client_of(store, role)
    assert "Only admins" in client.get("/sender/").content.decode()
    for path in ("/sender/", "/sender/check/", "/sender/switch/"):
        assert client.post(path, FIELDS | {"on": "1"}).status_code == 403
    assert not Sender.objects.exists()


def test_wrong_field_is_named_and_nothing_is_saved():
    store = factories.make_store()
    answer = client_of(store).post("/sender/", FIELDS | {"address": "nobody", "holdout_share": "90"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Enter a valid email address" in page
    assert "Enter 50 or less." in page
    assert not Sender.objects.exists()


def test_sending_is_turned_on_only_when_all_is_there_and_off_always(settings):
    settings.EDGE_URL = "https://offers.example"
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = ["a key of the tests"], "another one"
    store = factories.make_store()
    client = client_of(store)
    client.post("/sender/", FIELDS)
    client.post("/sender/switch/", {"on": "1"})
    assert not Sender.objects.get().is_on
    ok = DomainState.OK
    Sender.objects.update(spf=ok, dkim=ok, dmarc=ok, checked_at=timezone.now())
    client.post("/sender/switch/", {"on": "1"})
    assert Sender.objects.get().is_on
    Sender.objects.update(dmarc=DomainState.WRONG)
    client.post("/sender/switch/", {"on": "0"})
    assert not Sender.objects.get().is_on
