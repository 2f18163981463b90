"""Connections on the setup page."""

from datetime import timedelta

import pytest

from checkout_widgets.models import TrialOrder
from dashboard.setup.connections import connected_shops
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_connected_shops_have_their_last_delivery_but_no_test_order(django_assert_num_queries):
    store = factories.make_store()
    factories.make_connection(
        store,
        kind="woocommerce",
        site_address="https://shop.example",
        site_versions={"plugin": "1.0.0", "woocommerce": "10.5.2"},
        connected_at=NOON,
    )
    factories.make_delivery(store, "done", received_at=NOON, topic="order.created")
    factories.make_delivery(store, received_at=NOON + timedelta(hours=1), topic="order.updated")
    trial = factories.make_delivery(store, "ignored", received_at=NOON + timedelta(hours=2))
    TrialOrder.objects.create(store=store, source="woocommerce", delivery=trial)
    factories.make_delivery(factories.make_store(), received_at=NOON + timedelta(hours=3))
    with django_assert_num_queries(1):
        (shop,) = connected_shops(store)
        described = (shop.name, shop.versions, shop.is_by_plugin, shop.last_topic, shop.last_at, shop.has_failed)
    expected = ("WooCommerce", "Offerlift 1.0.0, WooCommerce 10.5.2", True)
    assert described == (*expected, "order.updated", NOON + timedelta(hours=1), True)


def test_connection_without_deliveries_has_none():
    store = factories.make_store()
    factories.make_connection(store)
    (shop,) = connected_shops(store)
    assert (shop.last_at, shop.last_topic, shop.is_by_plugin, shop.versions) == (None, "", False, "")
