"""What deliveries say of customers is kept, waits for its order, and never costs one."""

import json
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from checkout_widgets import customer_news
from checkout_widgets.models import Connection, Delivery, DeliveryStatus
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from experiments.models import Order, Rejection, Store
from journeys.models import Address, Contact, Shipment
from tests.checkout_widgets.webhooks.samples import SHOPIFY_ORDER, changed

RECEIVED = datetime(2026, 12, 2, tzinfo=UTC)
EVENT = {
    "id": 1,
    "fulfillment_id": 123456,
    "status": "delivered",
    "happened_at": "2026-12-01T09:30:00Z",
    "order_id": 5500000000001,
}


@pytest.fixture
def keep():
    """Keep a delivery without a queue and process it."""

    def keep(connection: Connection, topic: str, body: bytes) -> Delivery:
        with patch("checkout_widgets.webhooks.queueing.queue"):
            queueing.keep(connection, topic=topic, external_id="", body=body, now=RECEIVED)
        delivery = Delivery.objects.latest("pk")
        process(delivery.pk)
        delivery.refresh_from_db()
        return delivery

    return keep


def customers() -> list[str]:
    return list(Contact.objects.values_list("customer_key", flat=True))


def test_order_makes_a_contact_with_an_encrypted_address(store, shopify, keep):
    assert keep(shopify, "orders/paid", SHOPIFY_ORDER).status == DeliveryStatus.DONE
    assert customers() == ["i_7700000000001"]
    address = Address.objects.get()
    assert b"ada@example.com" not in bytes(address.value)
    assert Contact.objects.get().locale == "en-GB"


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "nobody", "contact_email": 7, "customer": {"id": 7, "email": []}},
        {"customer": {"id": 7, "email_marketing_consent": {"state": "subscribed", "consent_updated_at": "never"}}},
        {"customer_locale": {"a": 1}},
        {"fulfillments": [{"id": "x" * 99}]},
    ],
)
def test_bad_customer_data_never_loses_the_order_and_is_counted(store, shopify, keep, fields):
    delivery = keep(shopify, "orders/paid", changed(SHOPIFY_ORDER, **fields))
    assert delivery.status == DeliveryStatus.DONE
    assert Order.objects.get().total_minor == 14589
    assert Rejection.objects.get().code == "bad_customer"


def test_failure_while_the_customer_is_kept_never_loses_the_order_and_logs_no_address(store, shopify, keep, caplog):
    def fail(store: Store, news: customer_news.CustomerNews) -> None:
        Contact.objects.create(store=store, customer_key="half", seen_at=RECEIVED)
        raise ValueError(f"can't keep {news.address}")

    with patch.object(customer_news, "receivers", [fail]):
        delivery = keep(shopify, "orders/paid", SHOPIFY_ORDER)
    assert delivery.status == DeliveryStatus.DONE
    assert Order.objects.count() == 1
    assert customers() == []  # what was half written is undone
    assert "ValueError" in caplog.text
    assert "ada@" not in caplog.text


@pytest.mark.slow
def test_parcel_that_comes_before_its_order_waits_for_it(store, shopify, keep):
    early = keep(shopify, "fulfillment_events/create", json.dumps(EVENT).encode())
    assert (early.status, early.order_external_id) == (DeliveryStatus.FAILED, "5500000000001")
    keep(shopify, "orders/paid", SHOPIFY_ORDER)
    early.refresh_from_db()
    assert early.status == DeliveryStatus.DONE
    assert Shipment.objects.get().delivered_at is not None


def test_customer_without_an_order_is_kept_and_one_without_a_name_given_up(store, shopify, keep):
    keep(shopify, "customers/create", json.dumps({"id": 8, "email": "eve@shop.example"}).encode())
    assert customers() == ["i_8"]
    nobody = keep(shopify, "customers/update", b'{"email": 7}')
    assert nobody.status == DeliveryStatus.DEAD
    assert "email" in nobody.error
    assert Delivery.objects.filter(status=DeliveryStatus.FAILED).count() == 0
