"""What Shopify's deliveries say of customers: bodies as its documentation shows them, and a recorded order."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.customer_news import ConsentNews
from checkout_widgets.webhooks.shop_systems import shopify_customers
from checkout_widgets.webhooks.shop_systems.shopify import Shopify
from tests.checkout_widgets.webhooks.samples import SHOPIFY_ORDER, changed

RECEIVED = datetime(2026, 12, 2, tzinfo=UTC)
# As https://shopify.dev/docs/api/webhooks/latest shows them.
CONSENT: dict[str, Any] = {
    "customer_id": 706405506930370084,
    "email_address": "bob@biller.example",
    "email_marketing_consent": {
        "state": "subscribed",
        "opt_in_level": "confirmed_opt_in",
        "consent_updated_at": "2026-11-30T19:00:00-05:00",
    },
}
CUSTOMER = {
    "id": 706405506930370084,
    "created_at": "2021-12-31T19:00:00-05:00",
    "updated_at": "2026-11-30T19:00:00-05:00",
    "email": "bob@biller.example",
    "default_address": {"country_code": "CA"},
}
FULFILLMENT = {
    "id": 123456,
    "order_id": 820982911946154508,
    "status": "success",
    "created_at": "2026-11-28T19:00:00-05:00",
    "updated_at": "2026-11-28T19:00:01-05:00",
    "tracking_company": "UPS",
    "shipment_status": None,
    "email": "jon@example.com",
    "tracking_url": "https://www.ups.example/track?number=1Z",
}
FULFILLMENT_EVENT = {
    "id": 1234567,
    "fulfillment_id": 123456,
    "status": "delivered",
    "happened_at": "2026-12-01T09:30:00-05:00",
    "estimated_delivery_at": None,
    "order_id": 820982911946154508,
}


def read(topic: str, body: dict[str, Any]) -> Any:
    return Shopify().read_customer(topic, json.dumps(body).encode(), RECEIVED)


def test_order_names_its_customer_and_says_nothing_of_consent_that_nobody_was_asked_for():
    news = read("orders/paid", json.loads(SHOPIFY_ORDER))
    assert (news.order_external_id, news.customer_id) == ("5500000000001", "7700000000001")
    assert (news.address, news.locale, news.country) == ("ada@example.com", "en-GB", "GB")
    assert news.consents == ()  # "not subscribed" since never: nobody said so
    assert news.unread == ()


def test_order_with_the_box_in_the_checkout_ticked_is_an_opt_in_of_that_moment():
    body = json.loads(changed(SHOPIFY_ORDER, buyer_accepts_marketing=True))
    [consent] = read("orders/create", body).consents
    at = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)
    assert consent == ConsentNews(basis="opt_in", said_at=at, source="shopify_checkout")


@pytest.mark.parametrize(
    ("state", "basis"),
    [
        ("subscribed", "opt_in"),
        ("SUBSCRIBED", "opt_in"),
        ("unsubscribed", "none"),
        ("not_subscribed", "none"),
        ("pending", "none"),
        ("redacted", "none"),
        ("invalid", "none"),
    ],
)
def test_consent_that_is_not_confirmed_is_none(state, basis):
    body = CONSENT | {"email_marketing_consent": CONSENT["email_marketing_consent"] | {"state": state}}
    news = read("customers_email_marketing_consent/update", body)
    [consent] = news.consents
    assert (consent.basis, consent.wording) == (basis, "confirmed_opt_in")
    assert consent.said_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert (news.customer_id, news.address) == ("706405506930370084", "bob@biller.example")


def test_consent_with_a_state_that_nobody_knows_says_nothing_and_is_named():
    body = CONSENT | {"email_marketing_consent": CONSENT["email_marketing_consent"] | {"state": "maybe"}}
    news = read("customers_email_marketing_consent/update", body)
    assert news.consents == ()
    assert news.unread == ("email_marketing_consent.state",)


def test_customer_of_an_older_api_version_brings_the_consent_along():
    news = read("customers/update", CUSTOMER | {"email_marketing_consent": CONSENT["email_marketing_consent"]})
    assert (news.address, news.country, len(news.consents)) == ("bob@biller.example", "CA", 1)
    assert read("customers/update", CUSTOMER).consents == ()


def test_fulfillment_is_a_parcel_and_its_event_says_when_it_arrived():
    [parcel] = read("fulfillments/create", FULFILLMENT).shipments
    assert (parcel.external_id, parcel.delivered_at) == ("123456", None)
    assert parcel.shipped_at == datetime(2026, 11, 29, tzinfo=UTC)
    assert parcel.tracking_url == "https://www.ups.example/track?number=1Z"
    [arrived] = read("fulfillment_events/create", FULFILLMENT_EVENT).shipments
    assert (arrived.external_id, arrived.delivered_at) == ("123456", datetime(2026, 12, 1, 14, 30, tzinfo=UTC))
    assert read("fulfillments/update", FULFILLMENT | {"status": "cancelled"}).shipments == ()


def test_order_that_lists_parcels_brings_them_along():
    body = json.loads(changed(SHOPIFY_ORDER, fulfillments=[FULFILLMENT | {"shipment_status": "delivered"}]))
    [parcel] = read("orders/updated", body).shipments
    assert parcel.delivered_at == datetime(2026, 11, 29, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("topic", "status", "is_open"),
    [("returns/request", "requested", True), ("returns/approve", "open", True), ("returns/close", "closed", False)],
)
def test_return_is_a_problem_until_it_is_over(topic, status, is_open):
    news = read(topic, {"id": 945000954, "status": status, "order": {"id": 820982911946154508}})
    [problem] = news.frictions
    assert (problem.kind, problem.external_id, problem.closed_at is None) == ("return", "945000954", is_open)
    assert news.order_external_id == "820982911946154508"


@pytest.mark.parametrize(("status", "is_open"), [("failure", True), ("error", True), ("success", False)])
def test_payment_that_failed_is_a_problem_until_one_goes_through(status, is_open):
    body = {"id": 1, "order_id": 82, "status": status, "created_at": "2026-11-30T00:00:00Z"}
    [problem] = read("order_transactions/create", body).frictions
    assert (problem.kind, problem.external_id, problem.closed_at is None) == ("payment", "order:82", is_open)


def test_every_topic_of_customers_is_recognized():
    system = Shopify()
    assert {topic for topic in shopify_customers.READERS if system.recognize_topic(topic) is None} == set()


def test_body_full_of_nonsense_is_read_to_nothing():
    for topic, reader in shopify_customers.READERS.items():
        news = reader(
            CustomerFields({"customer": 7, "email": {}, "fulfillments": "x", "id": [], "order": "y"}), RECEIVED
        )
        assert (news.address, news.consents, news.shipments) == ("", (), ()), topic
