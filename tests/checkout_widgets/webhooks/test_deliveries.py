"""Deliveries end in the same orders and outcomes, whatever order they arrive in and however often."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.tokens import sign_acceptance
from checkout_widgets.models import Delivery
from checkout_widgets.webhooks import queueing
from checkout_widgets.webhooks.deliveries import process
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from experiments.customer_keys import guest_key
from experiments.models import Exposure, Order, Rejection
from tests import factories
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, money_set, shopify_line, woocommerce_line

RECEIVED = datetime(2026, 12, 2, tzinfo=UTC)
PLACED = datetime(2026, 11, 20, 10, 15, tzinfo=UTC)


@pytest.fixture
def keep():
    """Keep a delivery without a queue and process it."""

    def keep(connection, topic, body, *, at=RECEIVED) -> Delivery:
        with patch("checkout_widgets.webhooks.queueing.queue"):
            queueing.keep(connection, topic=topic, external_id="", body=body, now=at)
        delivery = Delivery.objects.latest("pk")
        process(delivery.pk)
        delivery.refresh_from_db()
        return delivery

    return keep


@pytest.fixture
def exposure(store) -> Exposure:
    """The visitor of the Shopify sample, exposed an hour before the order."""
    experiment = factories.make_experiment(store, key="cable-test", attribution_window_days=30)
    return factories.make_exposure(
        experiment.variants.get(key="treatment"),
        visitor_id="v_01JD7Q3M8K2R5T9WXYZ4ABCDEF",
        exposed_at=PLACED - timedelta(hours=1),
    )


def outcome(exposure: Exposure) -> tuple[int, int, int, int]:
    exposure.refresh_from_db()
    return exposure.orders, exposure.revenue_minor, exposure.refunded_minor, exposure.upsell_minor


def contents(order: Order) -> tuple[Any, ...]:
    return (
        order.status,
        list(order.lines.values_list("sku", "quantity", "price_minor", "discount_minor", "experiment_key")),
        list(order.refunds.order_by("external_id").values_list("external_id", "amount_minor")),
    )


def test_process_shopify_order_and_refund_fill_the_outcome(shopify, keep, exposure):
    assert keep(shopify, "orders/paid", samples.SHOPIFY_ORDER).status == "done"
    assert outcome(exposure) == (1, 11582, 0, 0)  # 138.99 of goods less 23.17 of tax
    delivery = keep(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    assert (delivery.status, delivery.order_external_id, delivery.error) == ("done", "5500000000001", "")
    assert outcome(exposure) == (1, 11582, 832, 0)
    order = Order.objects.get()
    assert (order.source, order.visitor_id, order.external_id) == ("shopify", exposure.visitor_id, "5500000000001")


def test_process_order_takes_costs_from_the_catalogue(store, shopify, keep, exposure):
    factories.make_product(store, sku="TH-200", cost_minor=5000)
    factories.make_product(store, sku="CBL-2M", cost_minor=400)
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    exposure.refresh_from_db()
    assert exposure.margin_minor == 11582 - 5000 - 400  # one of each


@pytest.mark.slow
def test_process_refund_is_valued_as_the_orders_prices_are_kept(store, shopify, keep, exposure):
    body = changed(samples.SHOPIFY_ORDER, taxes_included=False)
    keep(shopify, "orders/paid", body)
    keep(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    assert outcome(exposure) == (1, 13899, 999, 0)


def test_process_refund_of_an_order_from_the_stores_own_back_end(store, shopify, keep, exposure):
    order = OrderData(
        "5500000000001", PLACED, PLACED, "EUR", (LineData("CBL-2M", 1, 1490),), 1490, 1490, exposure.visitor_id
    )
    record_order(store, order)
    keep(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    assert outcome(exposure) == (1, 1490, 999, 0)


@pytest.mark.slow
def test_process_refund_before_its_order_waits_for_it(shopify, keep, exposure):
    refund = keep(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    assert (refund.status, refund.attempts) == ("failed", 1)
    assert refund.error == "Order 5500000000001 has not arrived yet."
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    refund.refresh_from_db()
    assert (refund.status, refund.error) == ("done", "")
    assert outcome(exposure) == (1, 11582, 832, 0)


REFUND_IN_ORDER = {
    "id": 890000000001,
    "created_at": "2026-12-01T14:03:11+00:00",
    "refund_line_items": [
        {
            "quantity": 1,
            "line_item": shopify_line("14.90", sku="CBL-2M"),
            "subtotal_set": money_set("9.99"),
            "total_tax_set": money_set("1.67"),
        }
    ],
}
VERSIONS = [
    ("orders/create", changed(samples.SHOPIFY_ORDER, financial_status="pending")),
    ("orders/paid", changed(samples.SHOPIFY_ORDER, updated_at="2026-11-20T10:16:00Z")),
    ("refunds/create", samples.SHOPIFY_REFUND),
    (
        "orders/updated",
        changed(samples.SHOPIFY_ORDER, updated_at="2026-12-01T14:03:12Z", refunds=[REFUND_IN_ORDER]),
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_process_any_order_of_arrival_ends_the_same(shopify, keep, exposure, order):
    for index in [*order, *order]:
        keep(shopify, *VERSIONS[index])
    assert outcome(exposure) == (1, 11582, 832, 0)
    assert contents(Order.objects.get()) == (
        "paid",
        [("TH-200", 1, 10750, 0, ""), ("CBL-2M", 1, 1241, 409, "")],
        [("890000000001", 832)],
    )
    assert not Delivery.objects.exclude(status="done").exists()


@pytest.mark.slow
def test_process_version_from_before_the_refund_that_comes_late_keeps_it(shopify, keep, exposure):
    keep(shopify, *VERSIONS[0])
    keep(shopify, *VERSIONS[2])
    keep(shopify, *VERSIONS[1])
    assert outcome(exposure) == (1, 11582, 832, 0)


@pytest.mark.slow
def test_process_cancelled_order_counts_no_longer(shopify, keep, exposure):
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    later = "2026-11-21T00:00:00Z"
    keep(shopify, "orders/cancelled", changed(samples.SHOPIFY_ORDER, updated_at=later, cancelled_at=later))
    assert outcome(exposure) == (0, 0, 0, 0)
    keep(shopify, "orders/updated", samples.SHOPIFY_ORDER)
    assert outcome(exposure) == (0, 0, 0, 0)


@pytest.mark.slow
def test_process_same_order_by_webhook_and_by_api_is_one_order_newest_first(store, shopify, keep, exposure):
    newer = OrderData(
        "5500000000001", PLACED, PLACED + timedelta(days=1), "EUR", (LineData("TH-200", 1, 5000),), 5000, 5000
    )
    record_order(store, newer)
    keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    assert (Order.objects.get().source, outcome(exposure)) == ("api", (0, 0, 0, 0))
    keep(shopify, "orders/updated", changed(samples.SHOPIFY_ORDER, updated_at="2026-11-22T00:00:00Z"))
    assert (Order.objects.get().source, outcome(exposure)) == ("shopify", (1, 11582, 0, 0))


def test_process_order_in_another_currency_is_stored_and_says_that_it_does_not_count(woocommerce, keep):
    delivery = keep(woocommerce, "order.created", changed(samples.WOOCOMMERCE_ORDER, currency="USD"))
    assert delivery.status == "done"
    assert delivery.error == "It is in USD and doesn't count: the store's currency is EUR."
    assert Order.objects.get().currency == "USD"


def test_process_test_order_is_ignored(shopify, keep):
    delivery = keep(shopify, "orders/paid", changed(samples.SHOPIFY_ORDER, test=True))
    assert (delivery.status, delivery.error) == ("ignored", "It is a test order.")
    assert not Order.objects.exists()


@pytest.mark.slow
def test_process_woocommerce_order_with_refund_keeps_the_time_it_was_first_seen(woocommerce, keep):
    keep(woocommerce, "order.created", samples.WOOCOMMERCE_ORDER)
    for minute in (1, 2):
        body = changed(
            samples.WOOCOMMERCE_ORDER,
            date_modified_gmt=f"2026-11-22T10:0{minute}:00",
            refunds=[{"id": 2052, "total": "-11.99"}],
        )
        keep(woocommerce, "order.updated", body)
    refund = Order.objects.get().refunds.get()
    assert (refund.external_id, refund.amount_minor) == ("2052", 999)
    assert refund.refunded_at == datetime(2026, 11, 22, 10, 1, tzinfo=UTC)


@pytest.mark.slow
def test_process_woocommerce_deletion_cancels_and_restoring_brings_back(woocommerce, keep):
    keep(woocommerce, "order.created", samples.WOOCOMMERCE_ORDER)
    assert keep(woocommerce, "order.deleted", b'{"id": 2051}').status == "done"
    order = Order.objects.get()
    assert (order.status, order.lines.count()) == ("cancelled", 2)
    keep(woocommerce, "order.updated", changed(samples.WOOCOMMERCE_ORDER, status="completed"))
    assert Order.objects.get().status == "cancelled"
    restored = changed(samples.WOOCOMMERCE_ORDER, date_modified_gmt="2026-12-03T00:00:00")
    keep(woocommerce, "order.restored", restored)
    assert Order.objects.get().status == "paid"
    keep(woocommerce, "order.deleted", b'{"id": 2051}', at=RECEIVED + timedelta(days=9))
    assert Order.objects.get().status == "cancelled"


def test_process_woocommerce_deletion_before_the_order_wins(woocommerce, keep):
    keep(woocommerce, "order.deleted", b'{"id": 2051}')
    keep(woocommerce, "order.created", samples.WOOCOMMERCE_ORDER)
    assert Order.objects.get().status == "cancelled"


def test_process_woocommerce_draft_is_ignored(woocommerce, keep):
    delivery = keep(woocommerce, "order.created", changed(samples.WOOCOMMERCE_ORDER, status="checkout-draft"))
    assert (delivery.status, Order.objects.count()) == ("ignored", 0)


@pytest.fixture
def token(store, exposure) -> str:
    """The visitor accepted the cable for 9.99."""
    offer = factories.make_offer(store, factories.make_product(store, sku="CBL-2M"), price_minor=999)
    acceptance = factories.make_acceptance(offer, exposure.experiment, visitor_id=exposure.visitor_id)
    return sign_acceptance(live_configuration.refresh().by_site_key[store.site_key], acceptance)


def accepted(token: str, **fields: Any) -> bytes:
    properties = [{"name": "_offerlift_acceptance", "value": token}]
    line = {"sku": "CBL-2M", "tax": "1.67", "discount": "4.91"} | fields
    return changed(samples.SHOPIFY_ORDER, line_items=[shopify_line("14.90", properties=properties, **line)])


def test_process_accepted_offer_counts_at_what_was_paid_for_it(shopify, keep, exposure, token):
    keep(shopify, "orders/paid", accepted(token))
    assert outcome(exposure) == (1, 832, 0, 832)
    exposure.refresh_from_db()
    assert exposure.has_accepted


def test_process_token_of_a_cart_counts_for_its_product_and_is_none_of_the_others_business(
    shopify, keep, exposure, token
):
    lines = [shopify_line("14.90", sku="CBL-2M", tax="1.67", discount="4.91"), shopify_line("1.00", sku="OTHER")]
    attributes = [{"name": "_offerlift_acceptance", "value": token}]
    keep(shopify, "orders/paid", changed(samples.SHOPIFY_ORDER, line_items=lines, note_attributes=attributes))
    stored = Order.objects.get().lines.order_by("position").values_list("sku", "experiment_key", "refused_code")
    assert list(stored) == [("CBL-2M", "cable-test", ""), ("OTHER", "", "")]
    assert not Rejection.objects.exists()


def test_process_who_accepted_is_not_the_visitor_of_an_order_that_names_none(shopify, keep, exposure, token):
    keep(shopify, "orders/paid", changed(accepted(token), note_attributes=[]))
    order = Order.objects.get()
    assert (order.visitor_id, order.lines.get().experiment_key) == ("", "cable-test")
    assert outcome(exposure)[0] == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"discount": "5.00"}, "wrong_price"),
        ({"sku": "OTHER"}, "wrong_product"),
    ],
)
def test_process_token_for_another_line_is_listed_and_the_order_kept(shopify, keep, exposure, token, fields, code):
    keep(shopify, "orders/paid", accepted(token, **fields))
    assert outcome(exposure)[0] == 1
    assert outcome(exposure)[3] == 0
    assert list(Rejection.objects.values_list("source", "code", "count")) == [("orders", code, 1)]
    assert [line.refused_code for line in Order.objects.with_refused_tokens().get().lines.all()] == [code]


@pytest.mark.parametrize("forged", ["eyJhbGciOiJub25lIn0.e30.", "nonsense"])
def test_process_forged_token_is_listed_and_the_order_kept(shopify, keep, exposure, token, forged):
    keep(shopify, "orders/paid", accepted(forged))
    assert outcome(exposure)[3] == 0
    assert list(Rejection.objects.values_list("source", "code")) == [("orders", "bad_token")]


def test_process_woocommerce_accepted_line_may_be_paid_with_tax_or_without(woocommerce, keep, exposure, token):
    meta = [{"key": "_offerlift_acceptance", "value": token}]
    line = woocommerce_line("8.33", "8.33", total_tax="1.66", sku="CBL-2M", meta_data=meta)
    keep(woocommerce, "order.created", changed(samples.WOOCOMMERCE_ORDER, line_items=[line], meta_data=[]))
    assert Order.objects.get().lines.get().experiment_key == "cable-test"


def test_process_nonsense_is_given_up_at_once_with_the_reason(shopify, keep):
    delivery = keep(shopify, "orders/paid", b'{"id": "x"}')
    assert (delivery.status, delivery.attempts) == ("dead", 1)
    assert "Expected `int`, got `str` - at `$.id`" in delivery.error


@pytest.mark.slow
def test_process_unexpected_failure_is_tried_again_then_given_up_and_can_be_retried(shopify, keep, caplog):
    with patch("checkout_widgets.webhooks.deliveries.record_order", side_effect=RuntimeError("out of luck")):
        delivery = keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
        assert delivery.status == "failed"
        # where, and not what: the text may quote the order
        assert delivery.error.startswith("RuntimeError in ")
        assert "out of luck" not in delivery.error
        answers = [process(delivery.pk) for _ in range(9)]
    assert answers == [True] * 7 + [False, False]  # with the one above, 9 attempts; the last call makes none
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("dead", 9)
    assert queueing.try_again(Delivery.objects.all()) == 1
    assert ProcrastinateJob.objects.get().args == {"delivery_id": delivery.pk}
    assert process(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.error) == ("done", 1, "")
    assert queueing.try_again(Delivery.objects.all()) == 0


def test_process_delivery_that_is_gone_or_done_does_nothing(shopify, keep):
    delivery = keep(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    assert process(delivery.pk) is False
    delivery.refresh_from_db()
    assert delivery.attempts == 1
    delivery.delete()
    assert process(1) is False


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_processes_what_was_delivered_and_queues_again_what_must_wait(shopify, deliver):
    deliver(shopify, "refunds/create", samples.SHOPIFY_REFUND)
    call_command("worker", until_empty=True)
    assert Delivery.objects.get().status == "failed"
    job = ProcrastinateJob.objects.get(task_name="checkout_widgets.tasks.process_delivery")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    deliver(shopify, "orders/paid", samples.SHOPIFY_ORDER)
    call_command("worker", until_empty=True)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("customer", "email", "key"),
    [({"id": 77}, "ada@example.com", "i_77"), (None, "ADA@example.com", "guest"), ({"id": None}, None, "")],
)
def test_shopify_order_has_the_key_of_the_customer_else_of_the_address(store, keep, customer, email, key):
    body = changed(samples.SHOPIFY_ORDER, customer=customer, email=email, contact_email=None)
    assert keep(factories.make_connection(store), "orders/paid", body).status == "done"
    expected = guest_key(store.pk, "ada@example.com") if key == "guest" else key
    assert Order.objects.get().customer_key == expected


@pytest.mark.parametrize(
    ("customer_id", "billing", "key"),
    [
        (12, {"email": "lin@example.com"}, "i_12"),
        (0, {"email": "lin@example.com"}, "guest"),
        (0, [], ""),
        (0, None, ""),
    ],
)
def test_woocommerce_order_has_the_key_of_the_customer_else_of_the_address(store, keep, customer_id, billing, key):
    connection = factories.make_connection(store, kind="woocommerce")
    body = changed(samples.WOOCOMMERCE_ORDER, customer_id=customer_id, billing=billing)
    assert keep(connection, "order.created", body).status == "done"
    expected = guest_key(store.pk, "lin@example.com") if key == "guest" else key
    assert Order.objects.get().customer_key == expected
