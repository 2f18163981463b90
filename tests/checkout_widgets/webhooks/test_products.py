"""What products cost in a shop and how many there are, as it delivers them."""

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


def woo(**fields):
    usual = {"id": 7, "type": "simple", "sku": "", "price": "10", "status": "publish", "stock_status": "instock"}
    return usual | {"manage_stock": False, "stock_quantity": None, "backorders": "no"} | fields


@pytest.mark.parametrize(
    ("fields", "before", "stock"),
    [
        ({"manage_stock": True, "stock_quantity": 3}, None, 3),
        ({"manage_stock": "parent", "stock_quantity": 3.9}, 9, 3),
        ({"manage_stock": True, "stock_quantity": -2, "stock_status": "outofstock"}, 9, 0),
        ({"manage_stock": True, "stock_quantity": -2, "backorders": "notify", "stock_status": "onbackorder"}, 9, 9),
        ({"manage_stock": True, "stock_quantity": -2, "backorders": "yes", "stock_status": "onbackorder"}, 0, None),
        ({"stock_status": "outofstock"}, None, 0),
        ({}, 0, None),  # not counted, and there again
        ({}, 9, 9),  # counted by somebody else, such as a feed
        ({"status": "draft"}, 9, 0),
        ({"status": "trash"}, None, 0),
        ({"offerlift_sold": False}, 9, 0),  # its parent isn't published
        ({"status": None, "stock_status": None}, 9, 9),
        ({"manage_stock": True, "stock_quantity": 1e30}, 9, 2**31 - 1),
    ],
)
def test_woocommerce_product_says_how_many_there_are(woocommerce, fields, before, stock):
    product = factories.make_product(woocommerce.store, sku="TEA", external_id="7", price_minor=1000, stock=before)
    assert deliver(woocommerce, "product.updated", woo(**fields)).status == "done"
    product.refresh_from_db()
    assert (product.price_minor, product.stock, product.is_active) == (1000, stock, True)


def test_woocommerce_product_has_the_price_that_the_cart_shows(woocommerce):
    product = factories.make_product(woocommerce.store, sku="TEA", external_id="7", price_minor=1000)
    deliver(woocommerce, "product.updated", woo(price="10", offerlift_price="11.90", offerlift_base_currency="EUR"))
    product.refresh_from_db()
    assert product.price_minor == 1190
    deliver(woocommerce, "product.updated", woo(offerlift_price="9999", offerlift_base_currency="JPY"))
    product.refresh_from_db()
    assert product.price_minor == 1190


def test_woocommerce_product_brings_its_variations_along(woocommerce):
    small = factories.make_product(woocommerce.store, sku="S", external_id="8", price_minor=1000)
    large = factories.make_product(woocommerce.store, sku="L", external_id="9", price_minor=1000)
    variations = [woo(id=8, price="12"), woo(id=9, offerlift_sold=False)]
    deliver(woocommerce, "product.updated", woo(type="variable", price="12", offerlift_variations=variations))
    assert list(Product.objects.order_by("external_id").values_list("pk", "price_minor", "stock")) == [
        (small.pk, 1200, None),
        (large.pk, 1000, 0),
    ]


def test_deleted_woocommerce_product_is_none_to_be_had_until_it_is_restored(woocommerce):
    product = factories.make_product(woocommerce.store, sku="TEA", external_id="7", price_minor=1000)
    number = factories.make_product(woocommerce.store, sku="77", price_minor=1000)
    assert deliver(woocommerce, "product.deleted", {"id": 7}).status == "done"
    assert deliver(woocommerce, "product.deleted", {"id": 77}).status == "ignored"  # a number, and no SKU
    assert dict(Product.objects.values_list("pk", "stock")) == {product.pk: 0, number.pk: None}
    deliver(woocommerce, "product.restored", woo())
    product.refresh_from_db()
    assert product.stock is None
