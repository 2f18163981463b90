"""What is said of a customer ends in the same contact, parcels and silence, whatever comes first."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from checkout_widgets.customer_news import CustomerNews, FrictionNews, ShipmentNews
from checkout_widgets.edge import loading
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.models import AuditEntry
from journeys.contacts import shipments
from journeys.contacts.recording import record_news
from journeys.models import Contact, Friction, Shipment
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store():
    return factories.make_store()


def parcel(hours: int, **fields: Any) -> CustomerNews:
    at = NOW + hours * HOUR
    news = ShipmentNews(external_id="p", updated_at=at, **fields)
    return CustomerNews(source="shopify", said_at=at, order_external_id="1", shipments=(news,))


@pytest.mark.slow
def test_parcel_is_the_same_in_every_order_of_arrival(store):
    told = [
        parcel(0, shipped_at=NOW),
        parcel(1, expected_at=NOW + DAY),
        parcel(2, expected_at=NOW + 2 * DAY),
        parcel(3, delivered_at=NOW + 3 * HOUR),
    ]
    for number, order in enumerate(permutations(told)):
        of_store = factories.make_store()
        factories.make_order(of_store, external_id="1", customer_key="i_1")
        for news in order:
            record_news(of_store, news)
        shipment = Shipment.objects.get(order__store=of_store)
        assert shipment.shipped_at == NOW, number
        assert (shipment.expected_at, shipment.delivered_at) == (NOW + 2 * DAY, NOW + 3 * HOUR), number


def test_problem_silences_the_contacts_browsers_and_ids_on_the_page_and_tells_a_person(store):
    factories.make_order(store, external_id="1", customer_key="i_7", customer_id="7", visitor_id="v_seven")
    ticket = FrictionNews(kind="ticket", external_id="t", opened_at=NOW, updated_at=NOW)
    record_news(store, CustomerNews(source="api", said_at=NOW, order_external_id="1", frictions=(ticket,)))
    silenced = loading.load().by_site_key[store.site_key].silenced
    until = NOW + timedelta(days=60)
    assert silenced == {visitor_digest(store.pk, "v_seven"): until, customer_digest(store.pk, "7"): until}
    assert AuditEntry.objects.get().detail == {"problem": "ticket", "contact": Contact.objects.get().pk, "order": "1"}


def test_parcel_without_a_promise_arrives_by_the_stores_usual_time_and_a_broken_promise_is_a_problem(store):
    for number in range(shipments.FEWEST):
        order = factories.make_order(store)
        sent = NOW - timedelta(days=20)
        days = timedelta(days=2 + number % 3)  # 2, 3 and 4 days: the median is 3
        Shipment.objects.create(
            order=order, external_id="p", source="x", shipped_at=sent, delivered_at=sent + days, updated_at=NOW
        )
    for external_id, expected in (("none", None), ("late", NOW - 2 * DAY)):
        factories.make_order(store, external_id=external_id, customer_key=f"i_{external_id}")
        news = ShipmentNews(external_id="p", updated_at=NOW, shipped_at=NOW - timedelta(days=5), expected_at=expected)
        said = CustomerNews(source="x", said_at=NOW, order_external_id=external_id, shipments=(news,))
        record_news(store, said)
    shipments.look_after(store, NOW)
    estimated = Shipment.objects.get(order__external_id="none")
    assert (estimated.is_estimated, estimated.delivered_at) == (True, NOW - 2 * DAY)
    assert Friction.objects.get().kind == "late"
    assert Shipment.objects.get(order__external_id="late").delivered_at is None
