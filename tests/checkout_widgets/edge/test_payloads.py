"""The bounds of what a body may hold: the last value that is taken, and the first that isn't."""

from typing import Any

import msgspec
import pytest

from checkout_widgets.edge import body_reading, payloads
from checkout_widgets.edge.responses import ApiError

CART = {"currency": "EUR", "total_minor": 6670}


def decide(**fields: Any) -> dict[str, Any]:
    return {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"], **fields}


def with_item(**fields: Any) -> dict[str, Any]:
    return decide(cart=CART | {"items": [fields]})


@pytest.mark.parametrize(
    ("taken", "refused", "field"),
    [
        (decide(visitor_id="v" * 64), decide(visitor_id="v" * 65), "visitor_id"),
        (
            decide(cart=CART | {"total_minor": 10**12}),
            decide(cart=CART | {"total_minor": 10**12 + 1}),
            "cart.total_minor",
        ),
        (decide(cart=CART | {"total_minor": 0}), decide(cart=CART | {"total_minor": -1}), "cart.total_minor"),
        (decide(cart=CART | {"items": [{}] * 500}), decide(cart=CART | {"items": [{}] * 501}), "cart.items"),
        (with_item(sku="x" * 64), with_item(sku="x" * 65), "cart.items[0].sku"),
        (with_item(quantity=10**6), with_item(quantity=10**6 + 1), "cart.items[0].quantity"),
        (decide(page={"path": "/" * 2_000}), decide(page={"path": "/" * 2_001}), "page.path"),
        (decide(locale="x" * 35), decide(locale="x" * 36), "locale"),
    ],
)
def test_field_is_taken_up_to_its_bound_and_refused_by_name_beyond(taken, refused, field):
    body_reading.read(payloads.decide, msgspec.json.encode(taken))
    with pytest.raises(ApiError) as error:
        body_reading.read(payloads.decide, msgspec.json.encode(refused))
    assert error.value.body["error"]["field"] == field
