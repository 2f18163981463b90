"""Test orders have the shape of what shop systems really send."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.models import Product
from checkout_widgets.sample_shops.bodies import api_order, shopify_order, woocommerce_order
from checkout_widgets.sample_shops.sample_order import SampleOrder
from experiments.models import Store
from tests.checkout_widgets.webhooks import samples

RECORDED = json.loads((samples.FOLDER / "woocommerce_recorded.json").read_text())
PRODUCT = Product(sku="23166", external_id="118", title="Jar", price_minor=3335)


def sample(*products: Product, currency: str = "EUR") -> SampleOrder:
    store = Store(currency=currency, timezone="Europe/Berlin", slug="tea")
    at = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
    return SampleOrder(store, 9 * 10**15, at, "v_test-1", "the mark", products)


def shape(value: Any) -> Any:
    """The fields of a body, without the attributes of visitors, which are the store's own."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items() if name not in ("meta_data", "note_attributes")}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value).__name__


def test_woocommerce_order_has_the_shape_of_a_recorded_one():
    (recorded,) = [case["body"] for case in RECORDED if case["name"] == "plain"]
    order = json.loads(woocommerce_order(sample(PRODUCT)))
    assert shape(order) == shape(recorded)
    assert (order["id"], order["date_created"], order["date_created_gmt"]) == (
        9_000_000_000_000_000,
        "2026-11-29T11:00:00",
        "2026-11-29T10:00:00",
    )
    (line,) = order["line_items"]
    assert (line["sku"], line["product_id"], line["name"]) == ("23166", 118, "Jar")


def test_shopify_order_has_the_shape_of_the_sample_in_the_shops_own_currency():
    order = json.loads(shopify_order(sample(PRODUCT)))
    assert shape(order) == shape(json.loads(samples.SHOPIFY_ORDER))
    assert order["total_price_set"]["presentment_money"] == {"amount": "145.89", "currency_code": "EUR"}
    assert [line["sku"] for line in order["line_items"]] == ["23166", "CBL-2M"]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "28"), ("KWD", "28.030"), ("USD", "28.03")])
def test_amounts_have_the_decimals_of_the_currency(currency, amount):
    order = json.loads(woocommerce_order(sample(currency=currency)))
    assert (order["currency"], order["line_items"][0]["total"]) == (currency, amount)


def test_product_without_a_number_has_none():
    named = Product(sku="a", external_id="gid-7", title="A", price_minor=1)
    assert json.loads(woocommerce_order(sample(named)))["line_items"][0]["product_id"] == 0
    assert json.loads(shopify_order(sample(named)))["line_items"][0]["variant_id"] is None


def test_api_order_is_of_the_first_product_and_says_that_it_is_a_test():
    order = json.loads(api_order(sample(PRODUCT)))
    assert order["lines"] == [{"sku": "23166", "quantity": 1, "price_minor": 3335}]
    assert (order["total_minor"], order["test"]) == (3335, True)
    assert json.loads(api_order(sample()))["total_minor"] == 5000
