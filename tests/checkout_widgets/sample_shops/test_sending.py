"""A test order goes the way of every order, and counts nowhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Delivery, TrialOrder
from checkout_widgets.sample_shops.sending import TrialRefused, send_by_api, send_by_webhook
from checkout_widgets.webhooks import read_again
from checkout_widgets.webhooks.deliveries import process
from experiments.models import Order
from tests import factories
from tests.table_contents import contents

pytestmark = pytest.mark.django_db
# What a test order may leave behind: what was understood of it, and the webhook that brought it, with its job.
OWN_TABLES = {
    "checkout_widgets_trialorder",
    "checkout_widgets_delivery",
    "procrastinate_jobs",
    "procrastinate_events",
}


def delivery_of(trial: TrialOrder) -> Delivery:
    """The webhook that brought it."""
    assert trial.delivery
    return trial.delivery


@pytest.fixture
def store():
    store = factories.make_store(slug="tea", currency="EUR")
    factories.make_product(store, sku="mug", external_id="118", price_minor=990)
    variant = factories.make_experiment(store, key="mug-test").variants.get(key="treatment")
    factories.make_exposure(variant, visitor_id="v_me", exposed_at=timezone.now() - timedelta(hours=1))
    live_configuration.refresh()
    return store


@pytest.fixture
def send(store):
    """Send a test order and let the worker read it."""

    def send(kind: str, visitor_id: str = "") -> TrialOrder:
        if kind == "api":
            return send_by_api(store, visitor_id=visitor_id, sent_by="ada")
        connection = store.connections.filter(kind=kind).first() or factories.make_connection(store, kind=kind)
        trial = send_by_webhook(connection, visitor_id=visitor_id, sent_by="ada")
        assert trial.is_waiting
        assert not process(delivery_of(trial).pk)
        trial.refresh_from_db()
        return trial

    return send


@pytest.mark.parametrize(
    ("kind", "goods", "tax", "shipping", "total", "skus"),
    [
        ("woocommerce", 2803, 625, 490, 3918, ["mug"]),
        # 139.90 less 4.91 of goods without 23.17 of tax, 6.90 of shipping without 1.15
        ("shopify", 11582, 2432, 575, 14589, ["mug", "CBL-2M"]),
        ("api", 990, 0, 0, 990, ["mug"]),
    ],
)
def test_send_shows_what_was_understood(send, kind, goods, tax, shipping, total, skus):
    trial = send(kind, "v_me")
    understood = trial.understood
    assert [understood[name] for name in ("goods_minor", "tax_minor", "shipping_minor", "total_minor")] == [
        *(goods, tax, shipping, total)
    ]
    assert [line["sku"] for line in understood["lines"]] == skus
    assert understood["lines"][0]["known"]
    assert (understood["visitor_id"], understood["would_count"]) == ("v_me", True)
    assert (trial.sent_by, trial.source, trial.is_waiting, trial.problem) == ("ada", kind, False, "")


@pytest.mark.parametrize("kind", ["woocommerce", "shopify", "api"])
def test_send_changes_nothing_that_is_counted(store, send, kind):
    if kind != "api":
        factories.make_connection(store, kind=kind)
    factories.make_order(store, visitor_id="v_me", source="snippet")
    before = contents(without=OWN_TABLES)
    trial = send(kind, "v_me")
    assert contents(without=OWN_TABLES) == before
    assert Order.objects.count() == 1
    store.refresh_from_db()
    assert store.first_signed_at is None
    # Nor later: nothing makes an order of the delivery that is kept.
    read_again.read_again(store)
    assert not Delivery.objects.retryable().exists()
    assert Order.objects.count() == 1
    TrialOrder.objects.filter(pk=trial.pk).remove()
    assert not Delivery.objects.exists()


def test_send_without_a_visitor_takes_one_who_was_never_here(send):
    trial = send("woocommerce")
    assert trial.visitor_id.startswith("v_test-")
    assert (trial.understood["would_count"], trial.understood["reason"]) == (False, "not_exposed")


def test_order_with_a_forged_mark_is_an_order(store, send):
    connection = factories.make_connection(store, kind="woocommerce")
    trial = send_by_webhook(connection, visitor_id="v_me", sent_by="ada")
    delivery = delivery_of(trial)
    delivery.body = bytes(delivery.body).replace(f"{store.pk}:{trial.pk}".encode(), b"1:forged")
    delivery.save()
    process(delivery.pk)
    assert Order.objects.get().total_minor == 3918


def test_test_order_that_was_removed_is_still_none(store, send):
    connection = factories.make_connection(store, kind="woocommerce")
    trial = send_by_webhook(connection, visitor_id="v_me", sent_by="ada")
    delivery = delivery_of(trial)
    trial.delete()
    assert not process(delivery.pk)
    assert not Order.objects.exists()
    assert Delivery.objects.get().status == "ignored"


def test_send_to_a_connection_that_is_switched_off_is_refused_and_leaves_nothing(store):
    connection = factories.make_connection(store, kind="shopify", is_active=False)
    with pytest.raises(TrialRefused, match="No store here signs"):
        send_by_webhook(connection, visitor_id="", sent_by="ada")
    assert not TrialOrder.objects.exists()
