"""Invoices with their cancellations -> past orders."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from demo.retail_data.online_retail import RetailFile, RetailLine
from demo.retail_data.past_orders import (
    CANCELLED,
    MERGED,
    ORDER_LINES,
    REFUNDED,
    UNMATCHED,
    build_past_orders,
)
from experiments.accounting.order_data import OrderData

START = datetime(2011, 1, 18, 10, 1, tzinfo=UTC)


def line(
    invoice: str,
    sku: str = "22423",
    quantity: int = 1,
    price_minor: int = 1275,
    minutes: int = 0,
    customer_id: str = "1",
) -> RetailLine:
    at = START + timedelta(minutes=minutes)
    return RetailLine(invoice, sku, "CAKESTAND", quantity, at, price_minor, customer_id)


def build(*lines: RetailLine, postage: dict[str, int] | None = None) -> tuple[list[OrderData], Counter[str]]:
    orders, tally = build_past_orders(RetailFile(list(lines), Counter(postage or {}), Counter()))
    return [order.as_data("GBP") for order in orders], tally


def test_an_order_adds_up_its_lines_and_postage():
    (order,), tally = build(line("1", quantity=2), line("1", "21212", 10, 55), postage={"1": 1800})
    assert (order.subtotal_minor, order.shipping_minor, order.total_minor) == (3100, 1800, 4900)
    assert (order.status, order.refunds, order.visitor_id, order.customer_id) == ("paid", (), "", "1")
    assert tally == Counter({ORDER_LINES: 2})


def test_the_same_product_at_the_same_price_is_one_line():
    (order,), tally = build(line("1"), line("1", quantity=3), line("1", price_minor=1095))
    assert [(row.quantity, row.price_minor) for row in order.lines] == [(4, 1275), (1, 1095)]
    assert tally == Counter({ORDER_LINES: 2, MERGED: 1})


def test_a_cancellation_refunds_the_customers_latest_order_of_the_product():
    orders, tally = build(line("1", quantity=5), line("2", quantity=5, minutes=10), line("C3", quantity=2, minutes=90))
    first, second = orders
    assert first.refunds == ()
    (refund,) = second.refunds
    assert (refund.external_id, refund.amount_minor) == ("C3", 2550)
    assert refund.lines == ({"sku": "22423", "quantity": 2},)
    assert second.updated_at == START + timedelta(minutes=90)
    assert tally[REFUNDED] == 1


def test_a_cancellation_never_takes_back_more_than_was_sold():
    (order,), tally = build(line("1", quantity=3), line("C2", quantity=2, minutes=5), line("C3", quantity=2, minutes=9))
    assert [refund.external_id for refund in order.refunds] == ["C2"]
    assert tally[UNMATCHED] == 1


def test_a_cancellation_of_another_customer_or_of_a_later_order_matches_nothing():
    orders, tally = build(
        line("C1", minutes=1), line("2", minutes=2), line("C3", minutes=3, customer_id="2"), line("4", customer_id="2")
    )
    assert tally[UNMATCHED] == 1  # the one before its order
    assert [order.status for order in orders] == ["cancelled", "paid"]


def test_an_order_taken_back_whole_within_a_day_counts_as_cancelled():
    (order,), tally = build(
        line("541431", quantity=74215, price_minor=104), line("C541433", quantity=74215, minutes=16)
    )
    assert (order.status, order.refunds) == ("cancelled", ())
    assert tally == Counter({ORDER_LINES: 1, CANCELLED: 1})


def test_an_order_taken_back_whole_after_a_week_is_a_sale_with_a_refund():
    (order,), tally = build(line("1"), line("C2", minutes=7 * 24 * 60))
    assert order.status == "paid"
    assert sum(refund.amount_minor for refund in order.refunds) == order.subtotal_minor
    assert tally == Counter({ORDER_LINES: 1, REFUNDED: 1})
