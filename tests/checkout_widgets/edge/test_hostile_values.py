"""Whatever stands in any field of any endpoint's body: it is taken, or refused for good; "try again" never helps."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.edge import decision_counter
from experiments.models import DecisionSample
from tests import hostile
from tests.checkout_widgets.edge.conftest import Post

NOW = datetime.now(UTC).isoformat()
DECIDE: dict[str, Any] = {
    "key": "pk_shop",
    "visitor_id": "v_1",
    "moments": ["cart", "nowhere"],
    "page": {"path": "/cart", "query": "utm_source=x"},
    "locale": "de-DE",
    "device": "phone",
    "cart": {
        "currency": "EUR",
        "total_minor": 6670,
        "items": [{"sku": "23166", "quantity": 2, "price_minor": 3335, "category": "kitchen"}],
    },
    "visitor": {"customer_id": "c", "customer_type": "new", "orders": 0, "country": "DE", "tags": ["vip"]},
    "history": {"shown_session": 0, "shown_today": 0, "declined_at": "2020-01-01T00:00:00Z", "friction": []},
    "consent": {"measurement": True},
    "automation": False,
    "preview": None,
}
ORDER: dict[str, Any] = {
    "external_id": "5501",
    "visitor_id": "v_1",
    "customer_id": "c",
    "placed_at": NOW,
    "updated_at": NOW,
    "currency": "EUR",
    "status": "paid",
    "subtotal_minor": 7660,
    "discount_minor": None,
    "tax_minor": 1223,
    "shipping_minor": 490,
    "total_minor": 8150,
    "lines": [{"sku": "a", "quantity": 2, "price_minor": 3335, "discount_minor": 1, "cost_minor": 1}],
    "refunds": [{"external_id": "r1", "amount_minor": 990, "at": NOW, "lines": [{"sku": "a", "quantity": 1}]}],
}
CONVERT: dict[str, Any] = {
    "key": "pk_shop",
    "visitor_id": "v_1",
    "order": {
        "id": "5501",
        "currency": "EUR",
        "total_minor": 8150,
        "lines": [{"sku": "a", "quantity": 1, "price_minor": 8150}],
        "acceptance_tokens": [],
    },
}


@pytest.fixture
def bodies(post: Post, body: dict[str, Any]) -> dict[str, Any]:
    """A good body for each endpoint."""
    event = {
        "id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11",
        "type": "exposure",
        "at": NOW,
        "exposure_token": body["exposure_token"],
        "props": {"text": "x", "number": 1, "list": ["x"]},
    }
    batch = {"key": "pk_shop", "visitor_id": body["visitor_id"], "sent_at": NOW, "events": [event]}
    token = post("/v1/accept", body | {"idempotency_key": "redeemed"}).json()["acceptance_token"]
    return {
        "/v1/decide": DECIDE,
        "/v1/events": batch,
        "/v1/accept": body | {"quantity": 1, "locale": "de"},
        "/v1/acceptances/redeem": {"acceptance_token": token, "reference": "5501"},
        "/v1/orders": ORDER | {"lines": [ORDER["lines"][0] | {"acceptance_token": token}]},
        "/v1/convert": CONVERT | {"order": CONVERT["order"] | {"acceptance_tokens": [token]}},
    }


PATHS = ["/v1/decide", "/v1/events", "/v1/accept", "/v1/acceptances/redeem", "/v1/orders", "/v1/convert"]
FINAL = {200, 400, 401, 403, 409, 413}
SECRET = {"/v1/acceptances/redeem", "/v1/orders"}


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_hostile_value_in_any_field_is_taken_or_refused_for_good(store, post, bodies, path):
    headers = {"Authorization": f"Bearer {store.secret_key}"} if path in SECRET else {}
    statuses, wrong = [], []
    for place in hostile.places(bodies[path]):
        for value in hostile.ALL:
            answer = post(path, hostile.put(bodies[path], place, value), refresh=False, **headers)
            error = answer.json().get("error", {})
            is_named = error.get("code") != "bad_field" or error["field"].startswith(str(place[0]))
            if answer.status_code not in FINAL or not is_named:
                wrong.append((place, value, answer.status_code, error))
            statuses.append(answer.status_code)
    assert wrong == []
    assert statuses.count(200) > 0
    assert statuses.count(400) > 5


@pytest.mark.slow
def test_hostile_values_in_questions_keep_no_sample_from_being_written(post, experiment):
    for place in hostile.places(DECIDE):
        for value in hostile.ALL:
            post("/v1/decide", hostile.put(DECIDE, place, value), refresh=False)
    decision_counter.current().flush()
    assert DecisionSample.objects.filter(moment="cart").exists()
