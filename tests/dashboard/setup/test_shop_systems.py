"""Which shop system a store uses."""

import pytest

from checkout_widgets.models import Connection
from dashboard.setup.shop_systems import ShopChoice, choose, chosen, guess
from experiments.models import Order
from tests import factories


@pytest.mark.parametrize(
    ("source", "system"),
    [
        ("api", ShopChoice.OTHER),
        ("shopify", ShopChoice.SHOPIFY),
        ("woocommerce", ShopChoice.WOOCOMMERCE),
        ("snippet", None),
    ],
)
def test_guess_is_where_the_newest_order_came_from(source, system):
    assert guess([], Order(source=source)) == system


def test_guess_without_orders_is_a_connection_that_is_on():
    off, on = Connection(kind="woocommerce", is_active=False), Connection(kind="shopify")
    assert guess([off, on], None) == ShopChoice.SHOPIFY
    assert guess([off], None) is None


@pytest.mark.django_db
def test_choice_is_the_stores_own_and_can_change():
    store = factories.make_store()
    assert chosen(store) is None
    choose(store, ShopChoice.OTHER, actor="ada")
    choose(store, ShopChoice.SHOPIFY, actor="ada")
    assert chosen(store) == ShopChoice.SHOPIFY
    assert chosen(factories.make_store()) is None
