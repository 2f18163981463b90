"""Costs and stock of the demo's products."""

import pytest

from checkout_widgets.models import Product
from demo.costs_and_stock import take_stock
from demo.store.categories import SERVICE
from tests import factories

pytestmark = pytest.mark.django_db


def test_take_stock_gives_each_product_a_cost_below_its_price_and_all_but_services_a_stock():
    store = factories.make_store()
    for sku in ("22423", "22722", "20725"):
        factories.make_product(store, sku=sku, price_minor=1_000)
    factories.make_product(store, sku="COVER", price_minor=295, category=SERVICE)
    take_stock(store)
    found = {product.sku: product for product in Product.objects.all()}
    for product in found.values():
        assert product.cost_minor is not None
        assert 0.34 <= product.cost_minor / product.price_minor <= 0.55
    assert [found["22722"].stock, found["COVER"].stock] == [0, None]
    assert 40 <= (found["22423"].stock or 0) < 400


def test_take_stock_again_keeps_what_somebody_has_changed():
    store = factories.make_store()
    product = factories.make_product(store, sku="22423", price_minor=1_000)
    take_stock(store)
    Product.objects.filter(pk=product.pk).update(cost_minor=1, stock=None)
    take_stock(store)
    product.refresh_from_db()
    assert (product.cost_minor, product.stock) == (1, None)


def test_take_stock_leaves_other_stores_alone():
    store, other = factories.make_store(), factories.make_store(slug="other")
    factories.make_product(store, sku="22423")
    elsewhere = factories.make_product(other, sku="22423")
    take_stock(store)
    elsewhere.refresh_from_db()
    assert (elsewhere.cost_minor, elsewhere.stock) == (None, None)
