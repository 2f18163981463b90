"""Every shop system that a store can connect is read, and knows the steps of each of its topics."""

import pytest

from checkout_widgets.models import ConnectionKind
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from checkout_widgets.webhooks.shop_systems.shop_system import DeliveryTopic, Event, ShopSystem


def test_every_kind_of_connection_has_a_shop_system():
    assert set(SHOP_SYSTEMS) == set(ConnectionKind.values)


@pytest.mark.parametrize("kind", SHOP_SYSTEMS)
def test_shop_system_with_a_topic_for_refunds_reads_them(kind):
    system = SHOP_SYSTEMS[kind]
    events = {topic.event for topic in system.topics.values()}
    is_read = type(system).read_refund is not ShopSystem.read_refund
    assert (Event.REFUND in events) is is_read
    assert {Event.ORDER, Event.DELETION} <= events


# What may have to be done again on the ground of the same body.
UNVERSIONED = (Event.DELETION, Event.PRODUCT_DELETION, Event.ERASURE, Event.SHOP_ERASURE)


def test_topics_are_those_that_the_documents_name():
    topics = {kind: sorted(system.topics) for kind, system in SHOP_SYSTEMS.items()}
    assert topics == {
        "shopify": [
            "customers/create",
            "customers/data_request",
            "customers/delete",
            "customers/merge",
            "customers/redact",
            "customers/update",
            "customers_email_marketing_consent/update",
            "fulfillment_events/create",
            "fulfillments/create",
            "fulfillments/update",
            "order_transactions/create",
            "orders/cancelled",
            "orders/create",
            "orders/delete",
            "orders/paid",
            "orders/updated",
            "products/create",
            "products/update",
            "refunds/create",
            "returns/approve",
            "returns/cancel",
            "returns/close",
            "returns/decline",
            "returns/reopen",
            "returns/request",
            "shop/redact",
        ],
        "woocommerce": [
            "customer.deleted",
            *("order.created", "order.deleted", "order.restored", "order.updated"),
            *("product.created", "product.deleted", "product.restored", "product.updated"),
        ],
    }


@pytest.mark.parametrize("kind", SHOP_SYSTEMS)
def test_only_a_deletion_that_can_be_undone_says_no_version(kind):
    for topic in SHOP_SYSTEMS[kind].topics.values():
        assert topic.is_versioned or topic.event in UNVERSIONED
    assert SHOP_SYSTEMS["shopify"].topics["orders/delete"].is_versioned
    assert not SHOP_SYSTEMS["woocommerce"].topics["order.deleted"].is_versioned


def test_topic_that_nobody_reads_is_none():
    assert SHOP_SYSTEMS["shopify"].recognize_topic("themes/update") is None
    assert SHOP_SYSTEMS["shopify"].recognize_topic("products/update") == DeliveryTopic(Event.PRODUCT)
