"""What products cost in a shop, as it delivers them."""

import json

import pytest

from checkout_widgets.models import PriceChange, Product
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from tests import factories


def deliver(connection, topic, body):
    queueing.keep(connection, topic=topic, external_id="", body=json.dumps(body).encode(), now=factories.NOON)
    delivery = connection.deliveries.latest("pk")
    process(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def variant(number: int, price: str, sku: str | None = None):
    return {"id": number, "price": price, "sku": sku, "compare_at_price": "99.00"}


def test_shopify_product_sets_the_price_of_each_variant(shopify):
    by_id = factories.make_product(shopify.store, sku="red", external_id="501", price_minor=1000)
    by_sku = factories.make_product(shopify.store, sku="blue", price_minor=1000)
    other = factories.make_product(factories.make_store(), sku="blue", price_minor=1000)
    body = {"id": 5, "variants": [variant(501, "8.50"), variant(502, "7.95", "blue"), variant(503, "1.00", "green")]}
    assert deliver(shopify, "products/update", body).status == "done"
    prices = dict(Product.objects.values_list("pk", "price_minor"))
    assert prices == {by_id.pk: 850, by_sku.pk: 795, other.pk: 1000}
    noted = PriceChange.objects.filter(product=by_id).order_by("pk").values_list("price_minor", flat=True)
    assert list(noted) == [1000, 850]


@pytest.mark.parametrize(
    ("body", "price_minor"),
    [
        ({"id": 7, "type": "simple", "sku": "TEA", "price": "12.5"}, 1250),
        ({"id": 7, "type": "variation", "sku": "", "price": "12.5"}, 1250),
        ({"id": 7, "type": "variable", "sku": "TEA", "price": "9"}, 1000),  # of its cheapest variation
        ({"id": 7, "type": "simple", "sku": "TEA", "price": ""}, 1000),
    ],
)
def test_woocommerce_product_sets_its_own_price(woocommerce, body, price_minor):
    product = factories.make_product(woocommerce.store, sku="TEA", external_id="7", price_minor=1000)
    deliver(woocommerce, "product.updated", body)
    product.refresh_from_db()
    assert product.price_minor == price_minor


def test_product_that_the_catalog_does_not_have_is_ignored(shopify):
    delivery = deliver(shopify, "products/create", {"variants": [variant(1, "2.00", "new")]})
    assert (delivery.status, Product.objects.exists()) == ("ignored", False)


@pytest.mark.parametrize("price", ["NaN", "-", "1e99", "-3"])
def test_product_with_a_price_that_is_none_is_given_up(woocommerce, price):
    factories.make_product(woocommerce.store, sku="TEA", price_minor=1000)
    delivery = deliver(woocommerce, "product.updated", {"id": 7, "type": "simple", "sku": "TEA", "price": price})
    assert delivery.status == "dead"
    assert Product.objects.get().price_minor == 1000
