"""What each store no longer keeps of contacts."""

from datetime import timedelta

import pytest

from journeys.contacts.retention import forget_old
from journeys.models import Contact, ContactRetention
from tests import factories
from tests.factories import NOON

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
