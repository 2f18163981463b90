"""Rows of a CSV -> orders, or what is wrong with which row."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.imports.order_rows import OrderReader
from experiments.tables import BadFile, BadRow

HEADER = "order_id,placed_at,sku,quantity,price"


def read(*rows: str, header: str = HEADER, currency: str = "EUR", **headers: str):
    file = io.BytesIO("\n".join([header, *rows]).encode())
    found = OrderReader(currency, ZoneInfo("Europe/Berlin"), headers).read(file)
    return [(where, read if isinstance(read, BadRow) else read.order) for where, read in found]


def errors(*rows: str, header: str = HEADER, **options: str) -> list[str]:
    return [f"{row}: {order}" for row, order in read(*rows, header=header, **options) if isinstance(order, BadRow)]


def test_read_rows_of_an_order_become_its_lines_wherever_they_stand():
    orders = read("1,2026-11-02T12:00:00Z,TEA,2,4.50", "2,2026-11-02 13:00,CUP,1,9", "1,,CAKE,1,3.00")
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert orders == [
        (
            "row 1",
            OrderData("1", noon, noon, "EUR", (LineData("TEA", 2, 450), LineData("CAKE", 1, 300)), 1200, 1200),
        ),
        ("row 2", OrderData("2", noon, noon, "EUR", (LineData("CUP", 1, 900),), 900, 900)),
    ]


def test_read_row_that_names_no_order_goes_on_with_the_one_above():
    orders = dict(read("1,2026-11-02,TEA,1,1", ",,CUP,1,2", "2,2026-11-02,TEA,1,1", ",,CAKE,1,3"))
    assert [[line.sku for line in order.lines] for order in orders.values() if isinstance(order, OrderData)] == [
        ["TEA", "CUP"],
        ["TEA", "CAKE"],
    ]


def test_read_row_that_names_no_order_below_none_is_bad():
    assert errors(",,CUP,1,2") == ["row 1: order_id is empty, and the row doesn't continue the one above: fill it in"]


def test_read_row_below_one_that_cannot_be_read_is_of_no_order():
    above = "1,2026-11-02,TEA,1"
    assert [error[:21] for error in errors(above, ",,CUP,1,2")] == ["row 1: has 4 values, "]
    assert errors("1,2026-11-02,TEA,1,1,1", ",2026-11-02,CUP,1,2")[-1].startswith("row 2: order_id is empty")


def test_read_everything_about_an_order():
    header = f"{HEADER},updated_at,status,currency,visitor_id,customer_id,discount,tax,shipping,refunded,refunded_at"
    row = "7,2026-11-02T12:00:00Z,TEA,2,450,2026-11-03T12:00:00Z,Pending,JPY,v_1,c_1,100,80,500,300,2026-11-04T12:00Z"
    (_, order), *_ = read(row, header=header)
    assert order == OrderData(
        external_id="7",
        placed_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        updated_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
        currency="JPY",
        status="pending",
        visitor_id="v_1",
        customer_id="c_1",
        lines=(LineData("TEA", 2, 450),),
        subtotal_minor=900,
        discount_minor=100,
        tax_minor=80,
        shipping_minor=500,
        total_minor=1380,
        # 300 with tax: 300 x (800 + 500) / (800 + 500 + 80)
        refunds=(RefundData("import", 283, datetime(2026, 11, 4, 12, tzinfo=UTC)),),
    )


def test_read_costs_and_discounts_of_lines():
    header = f"{HEADER},cost,line_discount,discount"
    (_, order), *_ = read("7,2026-11-02,TEA,2,4.50,1.20,0.50,", "7,2026-11-02,CUP,1,3,,,", header=header)
    assert isinstance(order, OrderData)
    assert order.lines == (LineData("TEA", 2, 450, "", 50, 120), LineData("CUP", 1, 300))
    assert (order.discount_minor, order.total_minor) == (50, 1150)
    assert errors("7,2026-11-02,TEA,2,4.50,-1,,", header=header) == [
        "row 1: cost '-1' is not an amount from 0.00 to 10000000000.00 EUR"
    ]
    (bad,) = errors("7,2026-11-02,TEA,2,4.50,,0.50,0.49", header=header)
    assert "discount '0.49' is less than the discounts of the order's lines together" in bad


def test_read_columns_by_the_names_of_the_file():
    header = "Id,Created at,Lineitem sku,Lineitem quantity,Lineitem price"
    orders = read(
        "5500,2026-11-02 13:00:00 +0100,TEA,1,4.50",
        header=header,
        order_id="Id",
        placed_at="Created at",
        sku="Lineitem sku",
        quantity="Lineitem quantity",
        price="Lineitem price",
    )
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert orders == [("row 1", OrderData("5500", at, at, "EUR", (LineData("TEA", 1, 450),), 450, 450))]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-11-02,TEA,1,1", "order_id is empty"),
        ("1,,TEA,1,1", "placed_at is empty: fill in a time such as 2026-11-02T12:00:00Z"),
        ("1,yesterday,TEA,1,1", "placed_at 'yesterday' is not an ISO 8601 time"),
        ("1,2026-11-02,TEA,0,1", "quantity '0' is not a whole number from 1 to"),
        ("1,2026-11-02,TEA,1.5,1", "quantity '1.5' is not a whole number from 1 to"),
        ("1,2026-11-02,TEA,1,free", "price 'free' is not a number"),
        ("1,2026-11-02,TEA,1,NaN", "price 'NaN' is not a number"),
        ("1,2026-11-02,TEA,1,1.005", "price '1.005' has more than the 2 decimals of EUR: round it"),
        ("1,2026-11-02,TEA,1,1e20", "price '1e20' is a number that a spreadsheet rounded"),
        ("1,2026-11-02,TEA,1,1_000", "price '1_000' is not a number: write it like 1234.50"),
        ("5.01E+12,2026-11-02,TEA,1,1", "order_id '5.01E+12' is an id that a spreadsheet rounded"),
        ("1,2026-11-02,TEA,1", "has 4 values, the header has 5"),
        (f"{'1' * 65},2026-11-02,TEA,1,1", "is longer than 64 characters"),
    ],
)
def test_read_bad_row_says_which_and_why_and_the_other_order_is_read(row, reason):
    (bad,) = errors(row, "2,2026-11-02,TEA,1,1")
    assert bad.startswith("row 1: ")
    assert reason in bad
    assert [order.external_id for _, order in read(row, "2,2026-11-02,TEA,1,1") if isinstance(order, OrderData)] == [
        "2"
    ]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("status", "shipped", "status must be one of pending, on_hold, paid, cancelled."),
        ("currency", "euro", "currency 'euro' is not an ISO 4217 code"),
        ("discount", "-1", "discount '-1' is not an amount from 0.00"),
        ("visitor_id", "v" * 65, "visitor_id must be valid text of at most 64 characters."),
    ],
)
def test_read_bad_value_of_an_order_says_why(name, value, reason):
    (bad,) = errors(f"1,2026-11-02,TEA,1,1,{value}", header=f"{HEADER},{name}")
    assert reason in bad


def test_read_row_that_contradicts_its_order_spoils_the_order():
    rows = ("1,2026-11-02,TEA,1,1", "2,2026-11-02,TEA,1,1", "1,2026-11-03,TEA,1,1")
    assert errors(*rows) == ["row 3: placed_at '2026-11-03' contradicts an earlier row of order 1: make them the same"]
    assert len(read(*rows)) == 2


def test_read_line_without_sku_is_a_line():
    (_, order), *_ = read("1,2026-11-02,,1,1")
    assert isinstance(order, OrderData)
    assert order.lines == (LineData("", 1, 100),)


def test_read_price_may_have_zeros_behind_its_decimals():
    (_, order), *_ = read("1,2026-11-02,TEA,1,150.00", currency="JPY")
    assert isinstance(order, OrderData)
    assert order.subtotal_minor == 150


def test_read_file_without_a_needed_column_is_refused():
    with pytest.raises(BadFile, match="The file has no column 'price'"):
        read("1", header="order_id,placed_at,sku,quantity")


def test_read_unknown_column_to_name_is_refused():
    with pytest.raises(BadFile, match="There is no column 'amount' to name"):
        read("1", amount="Total")


def test_read_more_lines_than_an_order_can_have_is_refused():
    (bad,) = errors(*["1,2026-11-02,TEA,1,1"] * 1001)
    assert bad == "row 1: order 1 has more than 1000 lines: split it"
