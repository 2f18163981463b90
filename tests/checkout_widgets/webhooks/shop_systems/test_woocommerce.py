"""WooCommerce's bodies -> orders without tax, to the cent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce
from experiments.accounting.order_data import LineData, OrderData
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, woocommerce_line

SYSTEM = WooCommerce()
MODIFIED = datetime(2026, 11, 21, 18, 42, 14, tzinfo=UTC)


def nothing_accepted(*_: Any) -> Accepted:
    return NO_TOKEN


def order_data(body: bytes, read_token=nothing_accepted) -> OrderData:
    return SYSTEM.read_order(SYSTEM.parse_order(body), read_token)


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
        ("on-hold", None, "on_hold"),
        ("processing", None, "paid"),
        ("completed", None, "paid"),
        ("refunded", None, "paid"),
        ("cancelled", "2026-11-21T18:42:14", "cancelled"),
        ("failed", None, "cancelled"),
        ("trash", None, "cancelled"),
        ("in-packing", None, "on_hold"),
        ("on-hold", "2026-11-21T18:42:14", "on_hold"),
        ("pending", "2026-11-21T18:42:14", "pending"),
        ("in-packing", "2026-11-21T18:42:14", "paid"),
    ],
)
def test_order_data_status(status, date_paid_gmt, expected):
    body = changed(samples.WOOCOMMERCE_ORDER, status=status, date_paid_gmt=date_paid_gmt)
    assert order_data(body).status == expected


def test_order_data_customer_and_missing_change_date():
    data = order_data(changed(samples.WOOCOMMERCE_ORDER, customer_id=12, date_modified_gmt=None))
    assert (data.customer_id, data.updated_at) == ("12", data.placed_at)


CREATED_AT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noted", "placed_at"),
    [
        ("2026-11-21T18:41:00Z", datetime(2026, 11, 21, 18, 41, tzinfo=UTC)),
        ("2026-11-21T19:41:00+01:00", datetime(2026, 11, 21, 18, 41, tzinfo=UTC)),
        ("2026-11-21T18:41:00", datetime(2026, 11, 21, 18, 41, tzinfo=UTC)),
        ("2026-10-21T18:41:00Z", CREATED_AT),  # of the order that this one is a copy of
        ("2027-11-21T18:41:00Z", CREATED_AT),
        ("yesterday", CREATED_AT),
        ("", CREATED_AT),
        (["2026-11-21T18:41:00Z"], CREATED_AT),
    ],
    ids=str,
)
def test_order_data_is_placed_when_the_plugin_says_within_the_orders_life(noted, placed_at):
    """The block checkout creates the order at 18:30, when it is opened; it is changed last at 18:42:14."""
    meta = [{"key": "_offerlift_placed_at", "value": noted}]
    body = changed(samples.WOOCOMMERCE_ORDER, date_created_gmt="2026-11-21T18:30:00", meta_data=meta)
    assert order_data(body).placed_at == placed_at


def test_order_data_accepted_line_of_a_shop_that_rounds_taxes_at_the_subtotal_may_be_off_by_one():
    # 7.89 with 20% tax is 6.575 and 1.315: written as 6.58 and 1.32, which is 7.90 together
    seen: list[SoldLine] = []

    def read_token(_: str, line: SoldLine) -> Accepted:
        seen.append(line)
        return NO_TOKEN

    tax = {"subtotal_tax": "1.32", "total_tax": "1.32"}
    token = [{"key": "_offerlift_acceptance", "value": "t"}]
    for price in (6.575, 6.58):
        line = woocommerce_line("6.58", "6.58") | tax | {"meta_data": token, "price": price}
        order_data(with_lines(line), read_token)
    assert [sorted(line.totals) for line in seen] == [[658, 789, 790, 791], [658, 790]]


def test_order_data_accepted_line_is_checked_at_both_prices_a_shop_may_show():
    asked = []

    def read_token(*question: Any) -> Accepted:
        asked.append(question)
        return Accepted("care-test")

    meta = [{"key": "_offerlift_acceptance", "value": "eyJ"}]
    body = with_lines(
        woocommerce_line("20.00", "19.98", 2, subtotal_tax="4.00", total_tax="4.00", meta_data=meta),
        woocommerce_line("1", "1"),
    )
    data = order_data(body, read_token)
    # 20.00 and 19.98, and either with its tax
    assert asked == [("eyJ", SoldLine("TEA", 2, {2000, 2400, 1998, 2398}, is_sku_known=False))]
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
def test_reason_to_ignore_while_the_shopper_fills_in_the_checkout(status):
    draft = SYSTEM.parse_order(changed(samples.WOOCOMMERCE_ORDER, status=status))
    assert draft.reason_to_ignore == "The shopper is still filling in the checkout."
    assert SYSTEM.parse_order(samples.WOOCOMMERCE_ORDER).reason_to_ignore == ""


@pytest.mark.parametrize(("body", "expected"), [(b"webhook_id=7", True), (b"webhook_id=7&x=1", False), (b"{}", False)])
def test_is_ping(body, expected):
    assert SYSTEM.is_ping(body) is expected


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


def test_order_data_null_where_a_list_belongs_is_an_empty_list():
    nulls = dict.fromkeys(("fee_lines", "refunds", "offerlift_refunds", "meta_data"))
    data = order_data(with_lines(woocommerce_line("10.00", "10.00", meta_data=None), **nulls))
    assert (data.lines, data.refunds, data.visitor_id) == ((LineData("TEA", 1, 1000),), (), "")
    assert order_data(changed(samples.WOOCOMMERCE_ORDER, line_items=None)).lines == ()


def test_order_data_object_where_php_lost_a_list_is_its_members():
    meta = {"1": {"key": "offerlift_visitor", "value": "v_1"}, "3": {"key": "x", "value": None}}
    assert order_data(changed(samples.WOOCOMMERCE_ORDER, meta_data=meta)).visitor_id == "v_1"


@pytest.mark.parametrize(("fee", "discount"), [("-10.00", 1000), ("-99.00", 2803), ("4.00", 0)])
def test_order_data_fee_below_zero_is_a_discount_of_goods_at_most(fee, discount):
    line = woocommerce_line("28.03", "28.03", total_tax="5.32")
    data = order_data(with_lines(line, fee_lines=[{"total": fee, "total_tax": "0.00"}]))
    assert (data.subtotal_minor, data.discount_minor) == (2803, discount)


def meta_of(key: str, value: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value}]


@pytest.mark.parametrize(
    ("fields", "kind", "first"),
    [
        ({}, "", ""),
        ({"created_via": ""}, "", ""),
        ({"meta_data": meta_of("_subscription_renewal", "77")}, "renewal", ""),
        ({"created_via": "subscription"}, "renewal", ""),
        ({"meta_data": meta_of("_subscription_switch", "77")}, "", ""),
        ({"meta_data": meta_of("_offerlift_copy_of", "2050")}, "copy", "2050"),
        ({"parent_id": 2050}, "copy", "2050"),
        ({"parent_id": 2050, "meta_data": meta_of("_subscription_renewal", "77")}, "renewal", "2050"),
    ],
)
def test_order_data_renewals_and_copies_are_known_by_what_plugins_leave(fields, kind, first):
    data = order_data(changed(samples.WOOCOMMERCE_ORDER, **fields))
    assert (data.repeat_kind, data.first_external_id) == (kind, first)


@pytest.mark.parametrize(
    ("total", "currency", "tolerance"),
    [
        ("47", "EUR", 50),
        ("47.0", "EUR", 5),
        ("47.00", "EUR", 0),
        ("47.000", "EUR", 0),
        ("47", "JPY", 0),
        ("4", "KWD", 500),
    ],
)
def test_tolerance_is_half_the_last_decimal_of_the_shop(total, currency, tolerance):
    line = woocommerce_line(total, total)
    order = SYSTEM.parse_order(with_lines(line, total=total, currency=currency))
    assert order.tolerance_minor == tolerance


# 10.00 of tea with 0.70 tax, and 20.00 of shirts with 3.80: 30.00 and 34.50
TWO_LINES = (
    woocommerce_line("10.00", "10.00", total_tax="0.70"),
    woocommerce_line("20.00", "20.00", total_tax="3.80", sku="SHIRT"),
)


def itemized(amount: str, *, lines: Any = (), shipping: Any = (), fees: Any = ()) -> dict[str, Any]:
    return {"id": 9, "amount": amount, "line_items": list(lines), "shipping_lines": list(shipping), "fee_lines": fees}


@pytest.mark.parametrize(
    ("refund", "goods", "alone"),
    [
        # the shirts; of the body alone 23.80 x 30.00 / 34.50
        (
            itemized("23.80", lines=[{"total": "-20.00", "total_tax": "-3.80", "quantity": -2, "sku": "SHIRT"}]),
            2000,
            2070,
        ),
        # the shipping
        (itemized("5.83", shipping=[{"total": "-4.90", "total_tax": "-0.93"}]), 0, 507),
        # an amount alone, as the body says it
        (itemized("6.90"), 600, 600),
        # the tea and 6.90 beyond it, of the 20.00 (23.80 with tax) that are left: 5.80
        (itemized("17.60", lines=[{"total": "-10.00", "total_tax": "-0.70", "quantity": -1}]), 1580, 1530),
        # the shirts less 10% for putting them back
        (itemized("21.42", lines=[{"total": "-20.00", "total_tax": "-3.80", "quantity": -2}]), 1800, 1863),
        # more than there ever was
        (itemized("99.00", lines=[{"total": "-80.00", "total_tax": "-19.00", "quantity": -2}]), 3000, 3000),
    ],
)
def test_order_data_refund_with_the_shops_lines_and_from_the_body_alone(refund, goods, alone):
    total = [{"id": 9, "total": f"-{refund['amount']}"}]
    known = order_data(with_lines(*TWO_LINES, refunds=total, offerlift_refunds=[refund]))
    assert [one.amount_minor for one in known.refunds] == [goods]
    unknown = order_data(with_lines(*TWO_LINES, refunds=total))
    assert [one.amount_minor for one in unknown.refunds] == [alone]


def test_order_data_refund_that_the_order_does_not_have_any_more_is_not_there():
    data = order_data(with_lines(*TWO_LINES, refunds=[], offerlift_refunds=[itemized("6.90")]))
    assert data.refunds == ()


def test_order_data_refunds_one_after_the_other_leave_nothing_when_all_is_paid_back():
    lines = [{"total": "-10.00", "total_tax": "-0.70", "quantity": -1}]
    totals = [{"id": 9, "total": "-10.70"}, {"id": 10, "total": "-29.63"}]
    data = order_data(with_lines(*TWO_LINES, refunds=totals, offerlift_refunds=[itemized("10.70", lines=lines)]))
    assert [one.amount_minor for one in data.refunds] == [1000, 2000]
