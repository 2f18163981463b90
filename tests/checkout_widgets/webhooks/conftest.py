"""A store with a connection to each shop system."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from checkout_widgets.models import Connection
from checkout_widgets.webhooks.shop_systems.signatures import sign
from experiments.models import Store
from tests import factories

HEADERS = {
    "shopify": ("X-Shopify-Topic", "X-Shopify-Hmac-Sha256", "X-Shopify-Webhook-Id"),
    "woocommerce": ("X-WC-Webhook-Topic", "X-WC-Webhook-Signature", "X-WC-Webhook-Delivery-ID"),
}
Deliver = Callable[..., Any]


@pytest.fixture
def store(db: None) -> Store:
    return factories.make_store(slug="shop", currency="EUR")


@pytest.fixture
def shopify(store: Store) -> Connection:
    return factories.make_connection(store, kind="shopify")


@pytest.fixture
def woocommerce(store: Store) -> Connection:
    return factories.make_connection(store, kind="woocommerce")


@pytest.fixture
def deliver(client: Client) -> Deliver:
    """Send a body as the connection's shop system does, signed with its secret unless told otherwise."""

    def send(connection: Connection, topic: str, body: bytes, signature: str | None = None, delivery: str = "1") -> Any:
        names = HEADERS[connection.kind]
        values = (topic, sign(connection.secret, body) if signature is None else signature, delivery)
        return client.post(
            f"/v1/webhooks/{connection.kind}/{connection.store.slug}",
            body,
            content_type="application/json",
            headers=dict(zip(names, values, strict=True)),
        )

    return send
