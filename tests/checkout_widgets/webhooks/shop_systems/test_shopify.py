"""Shopify's bodies -> orders in the shop's currency, without tax, to the cent."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine
from checkout_widgets.webhooks.shop_systems import shopify, shopify_refunds
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.shopify import Shopify
from experiments.accounting.order_data import BadOrder, LineData, OrderData, RefundData
from experiments.accounting.refunded_goods import Basis
from tests.checkout_widgets.webhooks import samples
from tests.checkout_widgets.webhooks.samples import changed, money_set, shopify_line

SYSTEM = Shopify()
BASIS = Basis(goods_minor=11582, tax_minor=2432, shipping_minor=575, total_minor=14589)


def nothing_accepted(*_: Any) -> Accepted:
    return NO_TOKEN


def order_data(body: bytes, read_token=nothing_accepted) -> OrderData:
    return SYSTEM.read_order(SYSTEM.parse_order(body), read_token)


def with_lines(*lines: Any, **fields: Any) -> bytes:
    return changed(samples.SHOPIFY_ORDER, line_items=list(lines), **fields)


def test_order_data_sample_is_worked_out_by_hand():
    data = order_data(samples.SHOPIFY_ORDER)
    assert data == OrderData(
        external_id="5500000000001",
        visitor_id="v_01JD7Q3M8K2R5T9WXYZ4ABCDEF",
        customer_id="7700000000001",
        placed_at=datetime(2026, 11, 20, 10, 15, 0, tzinfo=UTC),
        updated_at=datetime(2026, 11, 20, 10, 15, 6, tzinfo=UTC),
        currency="EUR",
        status="paid",
        # 129.00 with 21.50 tax; 14.90 less 4.91 is 9.99, with 1.67 tax: 8.32 of 9.99, so 12.41 of 14.90
        lines=(LineData("TH-200", 1, 10750), LineData("CBL-2M", 1, 1241, "", 409)),
        subtotal_minor=11991,
        discount_minor=409,
        tax_minor=2432,
        shipping_minor=575,  # 6.90 with 1.15 tax
        total_minor=14589,
        presentment_currency="GBP",
        presentment_total_minor=12402,
    )
    assert data.subtotal_minor - data.discount_minor + data.tax_minor + data.shipping_minor == data.total_minor


def test_order_data_tax_on_top_leaves_prices_as_they_are():
    body = with_lines(shopify_line("10.00", 3, tax="2.40", discount="3.00"), taxes_included=False)
    data = order_data(body)
    assert data.lines == (LineData("TEA", 3, 1000, "", 300),)
    assert (data.subtotal_minor, data.discount_minor, data.shipping_minor) == (3000, 300, 690)


def test_order_data_tax_that_does_not_divide_evenly_keeps_the_sum_exact():
    # 3 x 4.00 with 2.00 tax in it: 10.00 without, which is 3.33 + 3.33 + 3.34
    data = order_data(with_lines(shopify_line("4.00", 3, tax="2.00"), taxes_included=True))
    assert data.lines == (LineData("TEA", 2, 333), LineData("TEA", 1, 334))
    assert data.subtotal_minor == 1000


def test_order_data_given_away_is_worth_nothing():
    data = order_data(with_lines(shopify_line("4.00", 2, discount="8.00"), taxes_included=True))
    assert data.subtotal_minor - data.discount_minor == 0


def test_order_data_gift_cards_and_tips_are_not_goods():
    body = with_lines(
        shopify_line("50.00", gift_card=True),
        shopify_line("5.00", tip={"payment_method": "card"}),
        shopify_line("5.00", tip_payment_gateway="shopify_payments"),
        shopify_line("5.00", tip_payment_method="visa"),
        shopify_line("9.00", quantity=0),
        shopify_line("7.00"),
    )
    assert order_data(body).lines == (LineData("TEA", 1, 700),)


def test_order_data_yen_has_no_decimals():
    line = shopify_line("0") | {
        "price_set": money_set("1500", "JPY"),
        "tax_lines": [],
        "discount_allocations": [{"amount_set": money_set("300", "JPY")}],
    }
    data = order_data(with_lines(line, currency="JPY", taxes_included=False, shipping_lines=[]))
    assert (data.currency, data.subtotal_minor, data.discount_minor) == ("JPY", 1500, 300)


@pytest.mark.parametrize("customer", [None, {}, {"id": None}])
def test_order_data_without_a_known_customer(customer):
    assert order_data(changed(samples.SHOPIFY_ORDER, customer=customer)).customer_id == ""


@pytest.mark.parametrize(
    ("financial_status", "cancelled_at", "status"),
    [
        ("pending", None, "on_hold"),
        ("authorized", None, "on_hold"),
        (None, None, "on_hold"),
        ("expired", None, "pending"),
        ("paid", None, "paid"),
        ("partially_paid", None, "paid"),
        ("partially_refunded", None, "paid"),
        ("refunded", None, "paid"),
        ("voided", None, "cancelled"),
        ("paid", "2026-11-20T11:00:00+00:00", "cancelled"),
    ],
)
def test_order_data_status(financial_status, cancelled_at, status):
    body = changed(samples.SHOPIFY_ORDER, financial_status=financial_status, cancelled_at=cancelled_at)
    assert order_data(body).status == status


@pytest.mark.parametrize(
    ("attributes", "visitor_id"),
    [
        ([{"name": "offerlift_visitor", "value": "v_1"}], "v_1"),
        ([{"name": "_offerlift_visitor", "value": "v_1"}], "v_1"),
        ([{"name": "gift", "value": "yes"}], ""),
        ([{"name": "offerlift_visitor", "value": None}], ""),
        ([{"name": "offerlift_visitor", "value": "not a visitor\x00"}], ""),
        ([{"name": "offerlift_visitor", "value": "v" * 65}], ""),
        ([], ""),
    ],
)
def test_order_data_visitor_comes_from_the_carts_attributes(attributes, visitor_id):
    assert order_data(changed(samples.SHOPIFY_ORDER, note_attributes=attributes)).visitor_id == visitor_id


def test_order_data_visitor_comes_from_a_line_where_the_cart_says_none():
    line = shopify_line("1.00", properties=[{"name": "offerlift_visitor", "value": "v_line"}])
    assert order_data(with_lines(line, note_attributes=[])).visitor_id == "v_line"


def test_order_data_accepted_line_is_checked_at_the_price_that_was_paid():
    asked = []

    def read_token(*question: Any) -> Accepted:
        asked.append(question)
        return Accepted("cable-test")

    token = [{"name": "_offerlift_acceptance", "value": "eyJ"}]
    body = with_lines(
        shopify_line("14.90", 2, tax="3.34", discount="9.82", properties=token), shopify_line("1.00", properties=None)
    )
    data = order_data(body, read_token)
    assert asked == [("eyJ", SoldLine("TEA", 2, {2980, 1998}, is_sku_known=False))]
    assert [line.experiment_key for line in data.lines] == ["cable-test", ""]


def kept_with_cart(*tokens: object, namespace: str = "app--4711--offerlift") -> dict[str, Any]:
    """What our app has kept in the cart's metafield, which Shopify copies to the order."""
    return {"metafields": [{"namespace": namespace, "key": "acceptances", "value": json.dumps(tokens)}]}


def test_order_data_line_that_lost_its_token_is_read_by_the_carts():
    asked = []

    def read_token(token: str, line: SoldLine) -> Accepted:
        asked.append((token, line.is_token_of_cart))
        return Accepted("cable-test") if token == "eyJ2" else NO_TOKEN

    own = shopify_line("5.00", properties=[{"name": "_offerlift_acceptance", "value": "eyJ3"}])
    body = with_lines(shopify_line("14.90"), own, **kept_with_cart("eyJ1", "eyJ2", "eyJ3", 7))
    data = order_data(body, read_token)
    assert [line.experiment_key for line in data.lines] == ["cable-test", ""]
    assert asked == [("eyJ1", True), ("eyJ2", True), ("eyJ3", False)]  # what is a line's own is of no other


@pytest.mark.parametrize(
    "kept",
    [
        kept_with_cart("eyJ", namespace="custom"),
        kept_with_cart("eyJ", namespace="app--4711--offerlift2"),
        {"metafields": [{"namespace": "offerlift", "key": "acceptances", "value": "{}"}]},
        {"metafields": [{"namespace": "offerlift", "key": "acceptances", "value": "[" * 100_000}]},
        {"metafields": [{"namespace": None, "key": 1}, {}]},
    ],
    ids=["another's", "another app's", "no list", "nested too deeply", "without a name"],
)
def test_order_data_metafields_of_others_and_broken_ones_are_no_tokens(kept):
    def read_token(*question: Any) -> Accepted:
        raise AssertionError(question)

    assert len(order_data(with_lines(shopify_line("14.90"), **kept), read_token).lines) == 1


def test_refund_data_sample_with_tax_in_its_prices():
    refund = SYSTEM.parse_refund(samples.SHOPIFY_REFUND)
    assert refund.order_id == 5500000000001
    data = shopify_refunds.refund_data(refund, is_tax_included=lambda _line: True, basis=BASIS)
    at = datetime(2026, 12, 1, 14, 3, 11, tzinfo=UTC)
    assert data == RefundData("890000000001", 832, at, ({"sku": "CBL-2M", "quantity": 1},))
    assert shopify_refunds.refund_data(refund, is_tax_included=lambda _line: False, basis=BASIS).amount_minor == 999


@pytest.mark.parametrize(
    ("kind", "amount", "refunded"),
    [
        # 5.00 x (115.82 + 5.75) / (115.82 + 5.75 + 24.32) = 4.17 without tax
        ("refund_discrepancy", "-5.00", 999 + 417),
        ("refund_discrepancy", "3.00", 999 - 250),
        ("shipping_refund", "-6.90", 999),
    ],
)
def test_refund_data_adjustments_count_without_their_tax_but_those_of_shipping(kind, amount, refunded):
    body = changed(samples.SHOPIFY_REFUND, order_adjustments=[{"kind": kind, "amount_set": money_set(amount)}])
    data = shopify_refunds.refund_data(SYSTEM.parse_refund(body), is_tax_included=lambda _line: False, basis=BASIS)
    assert data.amount_minor == refunded


def test_refund_data_adjustment_that_says_its_own_tax_is_taken_at_its_word():
    adjustment = {"kind": "refund_discrepancy", "amount_set": money_set("-5.00"), "tax_amount_set": money_set("-0.80")}
    body = changed(samples.SHOPIFY_REFUND, refund_line_items=None, order_adjustments=[adjustment])
    data = shopify_refunds.refund_data(SYSTEM.parse_refund(body), is_tax_included=lambda _line: False, basis=BASIS)
    assert data.amount_minor == 420


def test_order_data_refunds_inside_an_order_follow_its_taxes():
    refund = {"id": 1, "created_at": "2026-12-01T00:00:00Z", "refund_line_items": [], "order_adjustments": []}
    refund["refund_line_items"] = [
        {
            "quantity": 1,
            "line_item": shopify_line("12.00"),
            "subtotal_set": money_set("12.00"),
            "total_tax_set": money_set("2.00"),
        }
    ]
    included = order_data(changed(samples.SHOPIFY_ORDER, refunds=[refund]))
    on_top = order_data(changed(samples.SHOPIFY_ORDER, refunds=[refund], taxes_included=False))
    assert (included.refunds[0].amount_minor, on_top.refunds[0].amount_minor) == (1000, 1200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"x": ' + b"[" * 20_000,
        b"\xff\xfe",
        changed(samples.SHOPIFY_ORDER, id="x"),
        changed(samples.SHOPIFY_ORDER, updated_at="2026-11-20T10:15:06"),
        with_lines(shopify_line("NaN")),
        with_lines(shopify_line("Infinity")),
        with_lines(shopify_line("1e400")),
        with_lines(shopify_line("9" * 40)),
    ],
)
def test_order_data_nonsense_is_refused_with_a_reason(body):
    with pytest.raises(BadPayload, match=r".{5}"):
        order_data(body)


def test_order_data_counts_in_the_shops_currency_and_keeps_what_the_shopper_saw():
    data = order_data(changed(samples.SHOPIFY_ORDER, total_price_set=money_set("145.89")))
    assert (data.currency, data.total_minor) == ("EUR", 14589)
    assert (data.presentment_currency, data.presentment_total_minor) == ("GBP", 99999)
    same = {"shop_money": {"amount": "1", "currency_code": "EUR"}, "presentment_money": None}
    assert order_data(changed(samples.SHOPIFY_ORDER, total_price_set=same)).presentment_currency == ""


def test_order_data_unknown_currency_is_refused():
    with pytest.raises(BadOrder, match="currency"):
        order_data(changed(samples.SHOPIFY_ORDER, currency="euro"))


NULL_LISTS = ("note_attributes", "shipping_lines", "refunds")


def test_order_data_null_where_a_list_belongs_is_an_empty_list():
    line = shopify_line("7.00", tax_lines=None, discount_allocations=None, properties=None)
    data = order_data(with_lines(line, **dict.fromkeys(NULL_LISTS)))
    assert (data.lines, data.shipping_minor, data.refunds, data.visitor_id) == ((LineData("TEA", 1, 700),), 0, (), "")
    assert order_data(changed(samples.SHOPIFY_ORDER, line_items=None)).lines == ()


@pytest.mark.parametrize(
    ("source_name", "kind"),
    [("web", ""), (None, ""), ("subscription_contract_checkout_one", ""), ("subscription_contract", "renewal")],
)
def test_order_data_renewal_is_what_a_subscription_contract_made(source_name, kind):
    assert order_data(changed(samples.SHOPIFY_ORDER, source_name=source_name)).repeat_kind == kind


def test_sums_of_some_are_those_of_every_choice():
    assert shopify.sums_of_some([]) == {0}
    assert shopify.sums_of_some([491, 100]) == {0, 491, 100, 591}


def test_sums_of_some_of_very_many_are_bounded():
    amounts = [2**number for number in range(40)]
    sums = shopify.sums_of_some(amounts)
    assert {0, sum(amounts), *amounts} <= sums
    assert len(sums) <= 2 * len(amounts) + 2


def test_sums_of_some_are_all_of_12_discounts_and_the_likely_ones_of_more():
    """Powers of two have a different sum for every choice: 2 ** 12 of twelve."""
    twelve = [2**number for number in range(12)]
    assert shopify.sums_of_some(twelve) == set(range(4_096))
    assert shopify.sums_of_some([*twelve, 4_096]) == {
        0,
        8_191,
        *twelve,
        4_096,
        *(8_191 - one for one in [*twelve, 4_096]),
    }
