"""The deliverability page: empty, with messages, and paused."""

import pytest
from django.utils import timezone

from journeys.models import CustomerMessage, MessageEvent, MessageState, Sender
from tests import factories
from tests.journeys.messages import make_sender

pytestmark = pytest.mark.django_db
URL = "/sender/deliverability/?store=tea"


@pytest.fixture
def store(client):
    store = factories.make_store(slug="tea")
    client.force_login(factories.make_user(store))
    return store


def test_page_without_messages_says_what_to_do(client, store):
    page = client.get(URL).content.decode()
    assert "No messages were sent in this period" in page
    assert "/journeys/?store=tea" in page


def test_page_of_a_paused_sender_says_why_and_what_to_do(client, store, settings):
    settings.MESSAGE_PROVIDER = "postmark"
    settings.EDGE_URL = "https://edge.example"
    make_sender(store, is_on=False, paused_at=timezone.now(), paused_for="complaints")
    now = timezone.now()
    message = CustomerMessage.objects.create(
        store=store, contact=factories.make_contact(store), answered_act="preferences_saved", planned_at=now,
        send_by=now, next_attempt_at=now, state=MessageState.SENT, sent_at=now,
    )  # fmt: skip
    MessageEvent.objects.create(message=message, kind="complained", at=now)
    page = client.get(URL).content.decode()
    assert "Sending is paused" in page
    assert "People mark unexpected messages as spam" in page
    assert "https://edge.example/v1/message-events/postmark" in page
    assert "1 sent, 1 with a problem" in page


def test_turning_a_paused_sender_on_counts_anew(client, store, settings):
    settings.EDGE_URL = "https://edge.example"
    client.force_login(factories.make_user(store, role="admin"))
    Sender.objects.filter(store=store).delete()
    make_sender(store, is_on=False, paused_at=timezone.now(), paused_for="complaints", checked_at=timezone.now())
    client.post("/sender/switch/?store=tea", {"on": "1"})
    sender = Sender.objects.get(store=store)
    assert (sender.is_on, sender.paused_for, sender.counted_since is not None) == (True, "", True)


def test_link_of_an_email_leads_to_the_stores_page(client, store):
    assert client.get("/sender/tea/deliverability/").url == URL
