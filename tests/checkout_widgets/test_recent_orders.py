"""How many orders lately had an offer's products."""

from datetime import timedelta
from typing import Any

import pytest

from checkout_widgets import recent_orders
from checkout_widgets.models import Offer
from experiments.models import Order, OrderStatus, Store
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.NOON


@pytest.fixture
def store() -> Store:
    return factories.make_store()


def order_of(store: Store, *skus: str, days: int = 1, **fields: Any) -> Order:
    lines = [{"sku": sku, "quantity": 1, "price_minor": 100} for sku in skus]
    return factories.make_order(store, lines=lines, placed_at=NOW - timedelta(days=days), **fields)


def test_count_takes_recent_orders_of_the_store_that_were_not_cancelled(store):
    offer = factories.make_offer(
        store, factories.make_product(store, sku="pot"), factories.make_product(store, sku="cup")
    )
    order_of(store, "pot")
    order_of(store, "pot", "cup", "pot")
    order_of(store, "cup", days=29)
    order_of(store, "cup", days=31)
    order_of(store, "cup", days=-1)
    order_of(store, "spoon")
    order_of(store, "pot", status=OrderStatus.CANCELLED)
    order_of(factories.make_store(), "pot")
    assert recent_orders.count(offers=Offer.objects.all(), now=NOW) == 1
    offer.refresh_from_db()
    assert offer.recent_orders == 3


def test_count_writes_only_what_changed(store, django_assert_num_queries):
    for _ in range(3):
        factories.make_offer(store, recent_orders=0)
    gone = factories.make_offer(store, recent_orders=7)
    with django_assert_num_queries(1):
        assert recent_orders.count(offers=Offer.objects.all(), now=NOW) == 1
    gone.refresh_from_db()
    assert gone.recent_orders == 0


@pytest.mark.parametrize(
    ("fields", "is_said"),
    [
        ({"social_proof": "{orders_30d} orders in the last 30 days"}, True),
        ({"translations": {"de": {"social_proof": "{orders_30d} Bestellungen"}}}, True),
        ({"social_proof": "Our best seller"}, False),
    ],
)
def test_said_are_the_offers_whose_copy_has_the_number(store, fields, is_said):
    widget = factories.make_widget(factories.make_experiment(store).variants.get(key="treatment"), **fields)
    assert list(recent_orders.offers_that_show_recent_orders()) == ([widget.offer] if is_said else [])
