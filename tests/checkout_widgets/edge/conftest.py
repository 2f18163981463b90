"""The cast of the edge's tests: a store, a running test, and the shopper's browser."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from checkout_widgets.edge import live_configuration
from experiments.models import Experiment, Store
from tests import factories

SHOP = "https://shop.example"
Post = Callable[..., Any]


@pytest.fixture
def store(db: None) -> Store:
    return factories.make_store(
        slug="shop", site_key="pk_shop", secret_key="sk_shop_0123456789abcdef0123456789abcdef", allowed_origins=[SHOP]
    )


@pytest.fixture
def experiment(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="cart-accessory", salt="salt")


@pytest.fixture
def post(client: Client) -> Post:
    """Send a body, a dict as JSON or bytes as they are, the way the snippet does."""

    def send(path: str, body: Any, *, refresh: bool = True, **headers: str) -> Any:
        if refresh:
            live_configuration.refresh()
        data = body if isinstance(body, bytes) else json.dumps(body)
        return client.post(path, data, content_type="text/plain;charset=UTF-8", headers=headers)

    return send


@pytest.fixture
def decide(post: Post) -> Callable[..., dict[str, Any]]:
    """The decision at the cart for a visitor; ``body`` overrides the request's fields."""

    def ask(visitor_id: str | None = "v_1", *, key: str = "pk_shop", **body: Any) -> dict[str, Any]:
        response = post("/v1/decide", {"key": key, "visitor_id": visitor_id, "moments": ["cart"]} | body)
        assert response.status_code == 200, response.content
        decision: dict[str, Any] = response.json()["decisions"][0]
        return decision

    return ask


@pytest.fixture
def visitor_in(
    experiment: Experiment, decide: Callable[..., dict[str, Any]]
) -> Callable[[str], tuple[str, dict[str, Any]]]:
    """A visitor whom the running test puts into the variant, and their decision."""

    def find(variant: str) -> tuple[str, dict[str, Any]]:
        for number in range(100):
            decision = decide(f"v_{number}")
            if decision["variant"] == variant:
                return f"v_{number}", decision
        raise AssertionError(f"100 visitors and none in {variant}")

    return find


@pytest.fixture
def body(visitor_in: Callable[[str], tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """What the snippet sends to accept the offer that the running test's treatment was shown."""
    visitor_id, decision = visitor_in("treatment")
    token = decision["exposure_token"]
    return {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": token, "idempotency_key": "first"}


def iso(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


@pytest.fixture
def order():
    at = iso()
    return {
        "external_id": "5501",
        "visitor_id": "v_1",
        "customer_id": None,
        "placed_at": at,
        "updated_at": at,
        "currency": "EUR",
        "status": "paid",
        "subtotal_minor": 7660,
        "discount_minor": 0,
        "tax_minor": 1223,
        "shipping_minor": 490,
        "total_minor": 8150,
        "lines": [
            {"sku": "23166", "quantity": 2, "price_minor": 3335},
            {"sku": "23084", "quantity": 1, "price_minor": 990},
        ],
        "refunds": [],
    }


@pytest.fixture
def send(store, post):
    def send(body):
        return post("/v1/orders", body, Authorization=f"Bearer {store.secret_key}")

    return send


@pytest.fixture
def accepted(post, visitor_in):
    """A visitor of the treatment who was exposed and accepted: (visitor id, order line)."""
    visitor_id, decision = visitor_in("treatment")
    token = decision["exposure_token"]
    event = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "exposure", "at": iso(), "exposure_token": token}
    post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
    body = {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": token, "idempotency_key": "a"}
    answer = post("/v1/accept", body).json()
    return visitor_id, answer["lines"][0] | {"acceptance_token": answer["acceptance_token"]}


@pytest.fixture
def following() -> Iterator[None]:
    """Follow the configuration with the thread, as in production."""
    with override_settings(EDGE_POLL_SECONDS=0.5):
        yield
        live_configuration.forget()
