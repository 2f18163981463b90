"""Whatever stands in any field of a body, it is read or refused with a reason."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from checkout_widgets.webhooks.shop_systems import shopify_refunds
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from experiments.accounting.order_data import BadOrder
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed
from tests.checkout_widgets.webhooks.shop_systems.reading import BASIS, SHOPIFY, WOOCOMMERCE, nothing_accepted

HOSTILE: list[Any] = [
    None,
    True,
    "",
    "x",
    "\x00",
    "-1",
    "1e9999",
    "NaN",
    -1,
    0,
    10**18,
    10**30,
    1e308,
    [],
    {},
    [None],
    "é" * 70,
]
PAID_BACK = [{"total": "-1.00", "total_tax": "-0.19", "quantity": -1, "sku": "SER-30"}]
ITEMIZED = {"id": 1, "amount": "2.00", "line_items": PAID_BACK, "shipping_lines": PAID_BACK, "fee_lines": PAID_BACK}
WOOCOMMERCE_REFUNDED = changed(
    samples.WOOCOMMERCE_ORDER,
    lambda body: body["line_items"][0].update(meta_data=[{"key": "_offerlift_acceptance", "value": "eyJ"}]),
    refunds=[{"id": 1, "total": "-1.00"}],
    offerlift_refunds=[ITEMIZED],
    fee_lines=[{"total": "-1.00", "total_tax": "-0.19"}],
)


READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "shopify order": (
        samples.SHOPIFY_ORDER,
        lambda body: SHOPIFY.read_order(SHOPIFY.parse_order(body), nothing_accepted),
    ),
    "shopify refund": (
        samples.SHOPIFY_REFUND,
        lambda body: shopify_refunds.refund_data(SHOPIFY.parse_refund(body), is_tax_included=bool, basis=BASIS),
    ),
    "woocommerce order": (
        WOOCOMMERCE_REFUNDED,
        lambda body: WOOCOMMERCE.read_order(WOOCOMMERCE.parse_order(body), nothing_accepted),
    ),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every field and element of a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def put(value: Any, path: tuple[Any, ...], hostile: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = hostile


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_hostile_value_anywhere_is_read_or_refused_with_a_reason(name):
    body, read = READERS[name]
    reasons, were_read = [], 0
    for path in places(json.loads(body)):
        for hostile in HOSTILE:
            changed_body = json.loads(body)
            put(changed_body, path, hostile)
            try:
                read(json.dumps(changed_body).encode())
                were_read += 1
            except (BadPayload, BadOrder) as error:
                reasons.append(str(error))
    assert all(reasons)
    assert min(were_read, len(reasons)) > 100


@pytest.mark.parametrize("text", [rb'"\ud800"', b'"\xff"'])
def test_hostile_text_that_is_no_unicode_is_refused(text):
    body = samples.SHOPIFY_ORDER.replace(b'"sku": "TH-200"', b'"sku": ' + text)
    assert body != samples.SHOPIFY_ORDER
    with pytest.raises((BadPayload, BadOrder)):
        SHOPIFY.read_order(SHOPIFY.parse_order(body), nothing_accepted)
