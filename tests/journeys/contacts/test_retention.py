"""What each store no longer keeps of contacts."""

from datetime import timedelta

import pytest

from journeys.contacts import retention
from journeys.contacts.retention import forget_old
from journeys.models import Contact, ContactRetention, MessageEvent
from tests import factories
from tests.factories import NOON
from tests.journeys.messages import make_message, make_step

pytestmark = pytest.mark.django_db


def test_idle_contacts_go_by_their_stores_setting_and_whoever_ordered_since_stays():
    store, patient = factories.make_store(), factories.make_store()
    ContactRetention.objects.create(store=store, idle_contact_days=90)
    for of_store in (store, patient):
        factories.make_contact(of_store, customer_key="i_idle", seen_at=NOON - timedelta(days=91))
        factories.make_contact(of_store, customer_key="i_seen", seen_at=NOON - timedelta(days=89))
        factories.make_contact(of_store, customer_key="i_buys", seen_at=NOON - timedelta(days=91))
        factories.make_order(of_store, customer_key="i_buys", placed_at=NOON - timedelta(days=1))
    forget_old(NOON)
    kept = set(Contact.objects.filter(store=store).values_list("customer_key", flat=True))
    assert kept == {"i_seen", "i_buys"}
    assert Contact.objects.filter(store=patient).count() == 3


def test_events_go_in_batches_and_what_another_store_keeps_is_passed_over_once(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    store, patient = factories.make_store(), factories.make_store()
    ContactRetention.objects.create(store=store, message_event_days=30)
    for of_store in (store, patient):
        message = make_message(make_step(of_store))
        for day in range(5):
            MessageEvent.objects.create(message=message, kind="clicked", at=NOON - timedelta(days=40 + day))
        MessageEvent.objects.create(message=message, kind="clicked", at=NOON - timedelta(days=29))
    forget_old(NOON)
    assert MessageEvent.objects.filter(message__store=store).count() == 1
    assert MessageEvent.objects.filter(message__store=patient).count() == 6
