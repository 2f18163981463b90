"""The checklist says where an accepted offer would lead nowhere."""

import pytest

from journeys.life.checklist import checklist
from journeys.models import Journey
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db


def codes(journey: Journey) -> set[str]:
    return {check.code for check in checklist(journey, NOON) if check.state == "warn"}


def test_offers_that_lead_to_no_cart_are_warned_of_until_the_store_names_one():
    store = followups.make_sending_store(address="shop@example.com", postal_address="1 Main St")
    offer = factories.make_offer(store)
    journey = followups.make_journey(store, {"document": {"subject": "Hi", "offer": offer.key, "blocks": []}})
    assert "cart" in codes(journey)
    store.sender.accept_url = "https://shop.example/offer"
    store.sender.save()
    journey.refresh_from_db()
    assert "cart" not in codes(Journey.objects.get(pk=journey.pk))


def test_messages_without_an_offer_need_no_cart():
    store = followups.make_sending_store()
    assert "cart" not in codes(followups.make_journey(store, {"document": {"subject": "Hi", "blocks": []}}))
