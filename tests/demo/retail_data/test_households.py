"""Invoices of shops -> orders of households."""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import mean

import pytest
from django.conf import settings

from demo.retail_data.households import household_orders
from demo.retail_data.online_retail import RetailFile, RetailLine, read
from demo.retail_data.past_orders import build_past_orders

START = datetime(2011, 1, 18, 10, 1, tzinfo=UTC)


def line(invoice: str, sku: str, quantity: int, price_minor: int, days: int = 0) -> RetailLine:
    return RetailLine(invoice, sku, "CUP", quantity, START + timedelta(days=days), price_minor, "1")


def test_household_takes_as_many_pieces_as_the_invoice_has_usual_lots():
    lines = [line("1", "a", 12, 100), line("2", "a", 12, 100), line("3", "a", 36, 100), line("4", "a", 1, 100)]
    invoices, _ = build_past_orders(RetailFile(lines, Counter(), Counter()))
    # the median lot is 12: one, one, three, and never none
    assert [order.lines[0].quantity for order in household_orders(invoices, "GBP")] == [1, 1, 3, 1]
    assert [order.shipping_minor for order in household_orders(invoices, "GBP")] == [395] * 4


def test_household_gets_back_what_came_back_whole():
    lines = [line("1", "a", 12, 100), line("1", "b", 6, 500), line("C2", "b", 6, 500, days=5)]
    invoices, _ = build_past_orders(RetailFile(lines, Counter(), Counter()))
    orders = list(household_orders(invoices, "GBP"))
    refunds = [refund for order in orders for refund in order.refunds]
    assert [(refund.amount_minor, refund.lines) for refund in refunds] == [(500, ({"sku": "b", "quantity": 1},))]


@pytest.mark.slow
def test_orders_of_the_sample_are_those_of_households(tmp_path):
    with gzip.open(settings.BASE_DIR / "demo/data/online_retail_sample.csv.gz", "rt") as sample:
        rows = list(islice(sample, 4_000))
    part = tmp_path / "part.csv"
    part.write_text("".join(rows))
    invoices, _ = build_past_orders(read(part))
    orders = list(household_orders(invoices, "GBP"))
    assert sum(len(order.lines) for order in orders) == sum(len(invoice.sold) for invoice in invoices)
    assert 6 < mean(sum(line.quantity for line in order.lines) for order in orders) < 9  # of 366 an invoice
    assert 15_00 < mean(order.subtotal_minor for order in orders) < 30_00
    assert orders == list(household_orders(invoices, "GBP"))
