"""Test orders on the setup page."""

from datetime import timedelta

import pytest

from checkout_widgets.models import TrialOrder
from dashboard.setup.connections import connected_shops
from dashboard.setup.shop_systems import ShopChoice
from dashboard.setup.trial_orders import TrialLine, TrialOrders, TrialRow
from tests import factories
from tests.factories import NOON

LINE = {"sku": "mug", "quantity": 2, "price_minor": 1000, "discount_minor": 300, "known": True, "rejected": ""}


def test_line_says_what_to_know_of_it():
    assert (TrialLine(LINE).total_minor, TrialLine(LINE).remark) == (1700, "")
    assert "catalog" in TrialLine(LINE | {"known": False}).remark
    assert "another price" in TrialLine(LINE | {"rejected": "wrong_price"}).remark


@pytest.mark.django_db
def test_row_is_late_after_a_minute_and_failed_once_the_delivery_is():
    store = factories.make_store()
    trial = TrialOrder(store=store, source="shopify", sent_at=NOON)
    assert (TrialRow(trial, NOON).progress, TrialRow(trial, NOON).is_late) == ("waiting", False)
    assert TrialRow(trial, NOON + timedelta(minutes=2)).is_late
    trial.delivery = factories.make_delivery(store)
    assert TrialRow(trial, NOON).progress == "failed"


@pytest.mark.django_db
def test_ways_are_the_connections_that_are_on_the_stores_own_system_first():
    store = factories.make_store()
    factories.make_connection(store, kind="shopify")
    factories.make_connection(store, kind="woocommerce")
    trials = TrialOrders(store, NOON, ShopChoice.WOOCOMMERCE, connected_shops(store))
    assert trials.ways == [ShopChoice.WOOCOMMERCE, ShopChoice.SHOPIFY, ShopChoice.OTHER]
    assert not trials.is_connection_missing
    store.connections.filter(kind="woocommerce").update(is_active=False)
    off = TrialOrders(store, NOON, ShopChoice.WOOCOMMERCE, connected_shops(store))
    assert (off.ways, off.is_connection_missing) == ([ShopChoice.SHOPIFY, ShopChoice.OTHER], True)
