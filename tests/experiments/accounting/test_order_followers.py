"""What the apps above do with orders: in the orders' own transaction, and only for what was stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from experiments.accounting import order_followers
from experiments.accounting.order_followers import StoredOrders
from experiments.accounting.orders import record_orders
from experiments.models import Order
from tests import factories
from tests.experiments.accounting.orders_of_shops import plain_order
from tests.factories import NOON

SEEN: list[StoredOrders] = []


def note(stored: StoredOrders) -> None:
    SEEN.append(stored)


def refuse(stored: StoredOrders) -> None:
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def followers(monkeypatch):
    SEEN.clear()
    monkeypatch.setattr(order_followers, "followers", [])
    order_followers.register(f"{__name__}.note")


@pytest.mark.django_db
def test_followers_get_what_was_stored_and_not_what_was_stale():
    store = factories.make_store()
    first, second = plain_order("1"), plain_order("2")
    record_orders(store, [first, second], "shopify")
    stale = replace(first, updated_at=NOON - timedelta(hours=1))
    record_orders(store, [stale], "shopify")
    rows = dict(Order.objects.values_list("pk", "external_id"))
    (stored,) = SEEN
    assert (stored.store_id, stored.source) == (store.pk, "shopify")
    assert {rows[row_id]: version for row_id, version in stored.versions.items()} == {"1": first, "2": second}


@pytest.mark.django_db(transaction=True)
def test_followers_write_in_the_orders_own_transaction():
    order_followers.register(f"{__name__}.refuse")
    with pytest.raises(RuntimeError):
        record_orders(factories.make_store(), [plain_order("1")])
    assert not Order.objects.exists()


def test_follower_registered_twice_is_called_once():
    order_followers.register(f"{__name__}.note")
    assert order_followers.followers == [f"{__name__}.note"]
