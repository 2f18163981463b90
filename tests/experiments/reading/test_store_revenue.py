"""What a store's orders came to."""

from datetime import timedelta

import pytest

from experiments.models import OrderStatus
from experiments.reading.store_revenue import goods_revenue
from tests import factories
from tests.factories import NOON


@pytest.mark.django_db
def test_revenue_is_of_the_goods_of_orders_that_count_in_the_time():
    store = factories.make_store(currency="EUR")
    lines = [{"sku": "tea", "quantity": 2, "price_minor": 1000}, {"sku": "cup", "quantity": 1, "price_minor": 500}]
    factories.make_order(store, lines=lines, discount_minor=300)
    factories.make_order(store, lines=lines, status=OrderStatus.CANCELLED)
    factories.make_order(store, lines=lines, currency="USD")
    factories.make_order(store, lines=lines, repeat_kind="renewal")
    factories.make_order(store, lines=lines, placed_at=NOON + timedelta(days=1))
    factories.make_order(factories.make_store(), lines=lines)
    assert goods_revenue(store, NOON, NOON + timedelta(days=1)) == 2200
    store.is_repeat_counted = True
    store.save()
    assert goods_revenue(store, NOON, NOON + timedelta(days=1)) == 4700
    assert goods_revenue(store, NOON - timedelta(days=1), NOON) == 0
