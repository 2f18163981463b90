"""How long data of contacts is kept: nothing is saved before the page has shown what it deletes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from experiments.models import AuditEntry, Store
from journeys.contacts import retention
from journeys.models import Contact, ContactRetention
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/contacts/tea/retention/"
NEW = {"send_point_days": "365", "message_event_days": "100", "idle_contact_days": "200"}


@pytest.fixture
def store() -> Store:
    store = factories.make_store(slug="tea")
    for days in (100, 201, 300, 1_100):
        factories.make_contact(store, seen_at=timezone.now() - timedelta(days=days))
    factories.make_contact(factories.make_store(), seen_at=timezone.now() - timedelta(days=1_100))
    return store


def signed_in(store: Store, role: str) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role=role))
    return client


def test_new_days_are_saved_once_the_page_has_shown_what_goes(store):
    admin = signed_in(store, "admin")
    assert "1 contacts, with all" in admin.get(URL).text
    page = admin.post(URL, NEW).text
    assert "3 contacts, with all" in page
    assert 'name="seen" value="365-100-200"' in page
    assert not ContactRetention.objects.exists()
    # Changed since: shown once more, and not saved.
    assert "1 contacts, with all" in admin.post(URL, NEW | {"idle_contact_days": "500", "seen": "365-100-200"}).text
    assert not ContactRetention.objects.exists()
    assert admin.post(URL, NEW | {"seen": "365-100-200"})["Location"] == URL
    assert ContactRetention.objects.get(store=store).idle_contact_days == 200
    entry = AuditEntry.objects.get()
    assert entry.action == "retention_changed"
    assert entry.detail == {
        "send_point_days": [730, 365],
        "message_event_days": [400, 100],
        "idle_contact_days": [1_095, 200],
    }
    retention.forget_old(timezone.now())
    assert Contact.objects.filter(store=store).count() == 1  # as the page said: three of four


def test_days_beyond_their_limits_are_refused_with_them(store):
    answer = signed_in(store, "admin").post(URL, {"send_point_days": "9", "message_event_days": "x", "seen": ""})
    assert answer.status_code == 422
    assert "Enter 90 or more." in answer.text
    assert not ContactRetention.objects.exists()


def test_more_than_are_counted_are_said_to_be_more(store, monkeypatch):
    monkeypatch.setattr("dashboard.contacts.retention.MOST_COUNTED", 2)
    monkeypatch.setattr("journeys.contacts.retention.MOST_COUNTED", 2)
    assert "More than 2 contacts" in signed_in(store, "admin").post(URL, NEW).text


def test_days_are_the_admins_of_the_store_alone(store):
    for role in ("viewer", "editor"):
        assert signed_in(store, role).get(URL).status_code == 403
    assert signed_in(factories.make_store(), "admin").get(URL).status_code == 404
