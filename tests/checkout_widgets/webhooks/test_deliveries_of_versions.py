"""Versions of one second, restorations and deletions: nothing is lost, and no two clocks are compared."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from unittest.mock import patch

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.models import Delivery
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from experiments.models import Order
from tests import factories
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, money_set, shopify_line
from tests.factories import NOON

SECOND = "2026-11-22T10:00:00"
REFUND = {"id": 2052, "total": "-11.99"}
DELETED = b'{"id": 2051}'


def woo(**fields) -> bytes:
    return changed(samples.WOOCOMMERCE_ORDER, **{"date_modified_gmt": SECOND} | fields)


@pytest.fixture
def keep():
    live_configuration.refresh()

    def keep(connection, topic, body, at=NOON, delivery_id="") -> Delivery:
        with patch("checkout_widgets.webhooks.queueing.queue"):
            queueing.keep(connection, topic=topic, external_id=delivery_id, body=body, now=at)
        delivery = Delivery.objects.latest("pk")
        process(delivery.pk)
        delivery.refresh_from_db()
        return delivery

    return keep


@pytest.fixture(autouse=True)
def configuration(store, woocommerce, shopify):
    return live_configuration.refresh()


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_versions_of_one_second_end_in_the_furthest_with_all_refunds(woocommerce, keep, order):
    versions = [woo(status="pending"), woo(status="processing"), woo(status="processing", refunds=[REFUND])]
    for index in order:
        keep(woocommerce, "order.updated", versions[index])
    stored = Order.objects.get()
    assert (stored.status, [refund.amount_minor for refund in stored.refunds.all()]) == ("paid", [999])


def test_refund_that_a_newer_version_does_not_have_is_taken_back(woocommerce, keep):
    keep(woocommerce, "order.updated", woo(refunds=[REFUND]))
    keep(woocommerce, "order.updated", woo(date_modified_gmt="2026-11-22T10:00:01", refunds=[]))
    assert not Order.objects.get().refunds.exists()


@pytest.mark.slow
def test_shopify_refund_of_the_same_second_as_a_version_without_it_stays(shopify, keep):
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    keep(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    keep(shopify, "orders/updated", changed(samples.SHOPIFY_ORDER, updated_at="2026-12-01T14:03:11Z"))
    assert Order.objects.get().refunds.get().amount_minor == 832


# what arrives, at which second of ours -> the status in the end
RESTORED = woo(status="completed")
ARRIVALS = [("order.created", woo(), 0), ("order.deleted", DELETED, 1), ("order.restored", RESTORED, 2)]


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_restoration_beats_an_earlier_deletion_in_whatever_order_the_worker_takes_them(woocommerce, keep, order):
    for index in [*order, *order]:
        topic, body, second = ARRIVALS[index]
        keep(woocommerce, topic, body, NOON + timedelta(seconds=second))
    assert Order.objects.get().status == "paid"


@pytest.mark.slow
def test_deletion_after_a_restoration_cancels_again(woocommerce, keep):
    for second, (topic, body) in enumerate(
        [("order.created", woo()), ("order.deleted", DELETED), ("order.restored", RESTORED), ("order.deleted", DELETED)]
    ):
        keep(woocommerce, topic, body, NOON + timedelta(seconds=second), delivery_id=f"d{second}")
    assert Order.objects.get().status == "cancelled"


@pytest.mark.slow
def test_copy_of_a_deletion_that_comes_after_the_restoration_is_no_second_one(woocommerce, keep):
    keep(woocommerce, "order.created", woo())
    keep(woocommerce, "order.deleted", DELETED, NOON, delivery_id="abc")
    keep(woocommerce, "order.restored", RESTORED, NOON + timedelta(seconds=1))
    keep(woocommerce, "order.deleted", DELETED, NOON + timedelta(seconds=2), delivery_id="abc")
    assert Order.objects.get().status == "paid"


@pytest.mark.slow
@pytest.mark.parametrize("hours", [-48, 0, 48])
def test_restoration_counts_whatever_the_shops_clock_says(woocommerce, keep, hours):
    """``date_modified_gmt`` is the shop's clock, and may be hours before or after ours."""
    at = datetime(2026, 11, 22, 10, tzinfo=UTC) + timedelta(hours=hours)
    keep(woocommerce, "order.created", woo())
    keep(woocommerce, "order.deleted", DELETED, at)
    assert Order.objects.get().status == "cancelled"
    keep(woocommerce, "order.restored", RESTORED, at + timedelta(seconds=1))
    assert Order.objects.get().status == "paid"


@pytest.mark.slow
def test_order_in_the_trash_is_deleted_until_it_is_restored(woocommerce, keep):
    keep(woocommerce, "order.created", woo())
    keep(woocommerce, "order.updated", woo(status="trash"), NOON + timedelta(seconds=1))
    assert Order.objects.get().status == "cancelled"
    keep(woocommerce, "order.restored", RESTORED, NOON + timedelta(seconds=2))
    assert Order.objects.get().status == "paid"


@pytest.mark.slow
def test_restored_order_that_was_cancelled_stays_cancelled(woocommerce, keep):
    keep(woocommerce, "order.created", woo(status="cancelled"))
    keep(woocommerce, "order.deleted", DELETED, NOON)
    keep(woocommerce, "order.restored", woo(status="cancelled", number="x"), NOON + timedelta(seconds=1))
    assert Order.objects.get().status == "cancelled"


def test_order_deleted_by_an_older_version_of_the_program_can_be_restored(store, woocommerce, keep):
    """It holds the arrival of the deletion as its version, which is later than any of the shop's."""
    arrival = datetime(2026, 11, 22, 10, 0, 0, 500_000, tzinfo=UTC)
    factories.make_order(store, external_id="2051", source="woocommerce", status="cancelled", updated_at=arrival)
    keep(woocommerce, "order.restored", RESTORED, arrival + timedelta(hours=1))
    assert Order.objects.get().status == "paid"


def test_deletion_before_its_order_is_a_placeholder_that_any_version_fills(woocommerce, keep):
    keep(woocommerce, "order.deleted", DELETED, NOON)
    keep(woocommerce, "order.created", woo())
    order = Order.objects.get()
    assert (order.status, order.lines.count(), order.placed_at.isoformat()) == (
        "cancelled",
        2,
        "2026-11-21T18:42:10+00:00",
    )


def test_shopify_line_without_sku_is_stored_under_the_catalogues(store, shopify, keep):
    factories.make_product(store, sku="CAT-7", external_id="700", cost_minor=300)
    line = shopify_line("12.00", sku=None, variant_id=700, product_id=70, tax="2.00")
    keep(shopify, "orders/paid", changed(samples.SHOPIFY_ORDER, line_items=[line], taxes_included=True))
    stored = Order.objects.get().lines.get()
    assert (stored.sku, stored.price_minor, stored.cost_minor) == ("CAT-7", 1000, 300)
    refund = changed(
        samples.SHOPIFY_REFUND,
        refund_line_items=[
            {
                "quantity": 1,
                "line_item": line,
                "subtotal_set": money_set("12.00"),
                "total_tax_set": money_set("2.00"),
            }
        ],
    )
    keep(shopify, "refunds/create", refund)
    assert Order.objects.get().refunds.get().amount_minor == 1000


def test_unpaid_order_says_on_its_delivery_that_it_does_not_count(woocommerce, keep):
    delivery = keep(woocommerce, "order.created", woo(status="pending"))
    assert (delivery.status, delivery.error) == ("done", "The order isn't paid yet. It counts once it is paid.")
    delivery = keep(woocommerce, "order.created", woo(status="on-hold"))
    assert delivery.error == ""


@pytest.mark.slow
def test_shopify_order_that_is_deleted_is_cancelled(shopify, keep):
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    assert keep(shopify, "orders/delete", b'{"id": 5500000000001}').status == "done"
    assert Order.objects.get().status == "cancelled"
    keep(shopify, "orders/updated", changed(samples.SHOPIFY_ORDER, updated_at="2026-12-02T00:00:00Z"))
    assert Order.objects.get().status == "cancelled"
