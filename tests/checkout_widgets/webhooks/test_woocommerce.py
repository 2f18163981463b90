"""WooCommerce's bodies -> orders without tax, to the cent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.webhooks import woocommerce
from checkout_widgets.webhooks.payloads import BadPayload
from experiments.accounting.order_data import LineData, OrderData
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, woocommerce_line

MODIFIED = datetime(2026, 11, 21, 18, 42, 14, tzinfo=UTC)


def nothing_accepted(*_: Any) -> tuple[str, str]:
    return "", ""


def order_data(body: bytes, experiment_of=nothing_accepted) -> OrderData:
    return woocommerce.order_data(woocommerce.read_order(body), experiment_of)


def with_lines(*lines: Any, **fields: Any) -> bytes:
    return changed(samples.WOOCOMMERCE_ORDER, line_items=list(lines), **fields)


def test_order_data_sample_is_worked_out_by_hand():
    data = order_data(samples.WOOCOMMERCE_ORDER)
    assert data == OrderData(
        external_id="2051",
        visitor_id="v_01JD9S0V1N6P4H7K8QRSTUVWX2",
        customer_id="",
        placed_at=datetime(2026, 11, 21, 18, 42, 10, tzinfo=UTC),
        updated_at=MODIFIED,
        currency="EUR",
        status="paid",
        lines=(LineData("SER-30", 1, 3900, "", 500), LineData("PLAN-2Y", 1, 999)),
        subtotal_minor=4899,
        discount_minor=500,
        tax_minor=978,
        shipping_minor=490,
        total_minor=5867,
    )
    assert data.subtotal_minor - data.discount_minor + data.tax_minor + data.shipping_minor == data.total_minor


def test_order_data_total_that_does_not_divide_evenly_keeps_the_sum_exact():
    data = order_data(with_lines(woocommerce_line("10.00", "9.00", 3)))
    assert data.lines == (LineData("TEA", 2, 333, "", 67), LineData("TEA", 1, 334, "", 33))
    assert (data.subtotal_minor, data.discount_minor) == (1000, 100)


def test_order_data_price_raised_by_hand_has_no_discount():
    data = order_data(with_lines(woocommerce_line("10.00", "12.00")))
    assert (data.subtotal_minor, data.discount_minor) == (1200, 0)


def test_order_data_more_decimals_than_the_currency_are_rounded():
    data = order_data(with_lines(woocommerce_line("10.0050", "10.0051")))
    assert data.subtotal_minor == 1001


@pytest.mark.parametrize(("quantity", "counted"), [(0.5, 1), (2.0, 2), (0, 1)])
def test_order_data_quantity_that_is_no_whole_number_counts_as_one(quantity, counted):
    data = order_data(with_lines(woocommerce_line("10.00", "10.00", quantity)))
    assert sum(line.quantity for line in data.lines) == counted
    assert data.subtotal_minor == 1000


@pytest.mark.parametrize(
    ("status", "date_paid_gmt", "expected"),
    [
        ("pending", None, "pending"),
        ("on-hold", None, "pending"),
        ("processing", None, "paid"),
        ("completed", None, "paid"),
        ("refunded", None, "paid"),
        ("cancelled", "2026-11-21T18:42:14", "cancelled"),
        ("failed", None, "cancelled"),
        ("trash", None, "cancelled"),
        ("in-packing", None, "pending"),
        ("in-packing", "2026-11-21T18:42:14", "paid"),
    ],
)
def test_order_data_status(status, date_paid_gmt, expected):
    body = changed(samples.WOOCOMMERCE_ORDER, status=status, date_paid_gmt=date_paid_gmt)
    assert order_data(body).status == expected


def test_order_data_customer_and_missing_change_date():
    data = order_data(changed(samples.WOOCOMMERCE_ORDER, customer_id=12, date_modified_gmt=None))
    assert (data.customer_id, data.updated_at) == ("12", data.placed_at)


def test_order_data_accepted_line_is_checked_at_both_prices_a_shop_may_show():
    asked = []

    def experiment_of(*question: Any) -> tuple[str, str]:
        asked.append(question)
        return "care-test", ""

    meta = [{"key": "_offerlift_acceptance", "value": "eyJ"}]
    body = with_lines(
        woocommerce_line("20.00", "19.98", 2, total_tax="4.00", meta_data=meta), woocommerce_line("1", "1")
    )
    data = order_data(body, experiment_of)
    assert asked == [("eyJ", "TEA", 2, {999, 1199}, "v_01JD9S0V1N6P4H7K8QRSTUVWX2")]
    assert [line.experiment_key for line in data.lines] == ["care-test", ""]


@pytest.mark.parametrize(
    ("totals", "amounts"),
    [
        (["-11.99"], [999]),  # the plan with its tax
        (["-58.67"], [4399]),  # everything
        (["-52.79"], [4399]),  # everything but the shipping
        (["-11.99", "-46.68"], [999, 3400]),  # one after the other
        (["-58.67", "-1.00"], [4399, 0]),  # more than was paid
        ([], []),
    ],
)
def test_order_data_refunds_pay_back_goods_first_and_without_tax(totals, amounts):
    refunds = [{"id": 3000 + index, "total": total, "reason": ""} for index, total in enumerate(totals)]
    data = order_data(changed(samples.WOOCOMMERCE_ORDER, refunds=refunds))
    assert [refund.amount_minor for refund in data.refunds] == amounts
    assert {refund.at for refund in data.refunds} <= {MODIFIED}


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft"])
def test_is_draft_while_the_shopper_fills_in_the_checkout(status):
    assert woocommerce.read_order(changed(samples.WOOCOMMERCE_ORDER, status=status)).is_draft
    assert not woocommerce.read_order(samples.WOOCOMMERCE_ORDER).is_draft


@pytest.mark.parametrize(("body", "expected"), [(b"webhook_id=7", True), (b"webhook_id=7&x=1", False), (b"{}", False)])
def test_is_ping(body, expected):
    assert woocommerce.is_ping(body) is expected


@pytest.mark.parametrize(
    "body",
    [
        b"webhook_id=7",
        changed(samples.WOOCOMMERCE_ORDER, date_created_gmt=None),
        changed(samples.WOOCOMMERCE_ORDER, total="a lot"),
        with_lines(woocommerce_line("10.00", "NaN")),
    ],
)
def test_order_data_nonsense_is_refused_with_a_reason(body):
    with pytest.raises(BadPayload, match=r".{5}"):
        order_data(body)
