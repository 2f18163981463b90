"""Shopify's own export of orders: rows as its real files have them, values worked out by hand."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.imports.order_rows import OrderReader
from experiments.tables import BadRow

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,Payment References"
)
COLUMNS = next(csv.reader([HEADER]))
AT = "2026-11-02 13:00:00 +0100"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ORDER = {
    "Name": "#1001",
    "Financial Status": "paid",
    "Currency": "EUR",
    "Subtotal": "20.00",
    "Shipping": "0.00",
    "Taxes": "0.00",
    "Total": "20.00",
    "Discount Amount": "0.00",
    "Created at": AT,
    "Refunded Amount": "0.00",
    "Id": "5501234567890",
}


def line(sku: str, quantity: int, price: str, **more: str) -> dict[str, str]:
    of_line = {
        "Lineitem sku": sku,
        "Lineitem quantity": str(quantity),
        "Lineitem price": price,
        "Lineitem discount": "0",
    }
    return of_line | more


def export(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows: dict[str, str], headers: dict[str, str] | None = None) -> list[OrderData | BadRow]:
    reader = OrderReader("EUR", ZoneInfo("Europe/Berlin"), headers or {})
    found = reader.read(io.BytesIO(export(*rows)))
    return [each if isinstance(each, BadRow) else each.order for _, each in found]


def only(*rows: dict[str, str]) -> OrderData:
    (order,) = read(*rows)
    assert isinstance(order, OrderData), order
    return order


@pytest.mark.parametrize("at", [AT, ""], ids=["with Created at", "without"])
@pytest.mark.parametrize("name", ["#1001", ""])
def test_further_rows_are_lines_of_the_order_above(at, name):
    first = ORDER | line("TEA", 2, "6.00")
    second = line("CUP", 1, "8.00", **{"Name": name, "Created at": at})
    other = (
        ORDER | {"Name": "#1000", "Id": "5501234567000", "Subtotal": "3.00", "Total": "3.00"} | line("POT", 1, "3.00")
    )
    one, two = read(first, second, other)
    assert one == OrderData(
        "5501234567890", NOON, NOON, "EUR", (LineData("TEA", 2, 600), LineData("CUP", 1, 800)), 2000, 2000
    )
    assert isinstance(two, OrderData)
    assert two.lines == (LineData("POT", 1, 300),)


COMMAND = {
    "order_id": "Id",
    "placed_at": "Created at",
    "sku": "Lineitem sku",
    "quantity": "Lineitem quantity",
    "price": "Lineitem price",
    "total": "Total",
    "refunded": "Refunded Amount",
}


@pytest.mark.parametrize("at", [AT, ""], ids=["with Created at", "without"])
def test_further_rows_are_lines_also_where_the_columns_are_named(at):
    second = line("CUP", 1, "8.00", **{"Name": "#1001", "Created at": at})
    (order,) = read(ORDER | line("TEA", 2, "6.00"), second, headers=COMMAND)
    assert isinstance(order, OrderData)
    assert [(each.sku, each.quantity) for each in order.lines] == [("TEA", 2), ("CUP", 1)]


def test_row_of_another_time_without_an_id_is_no_line_of_the_order_above():
    second = line("CUP", 1, "8.00", **{"Name": "#1002", "Created at": "2026-11-02 14:00:00 +0100"})
    (bad,) = [each for each in read(ORDER | line("TEA", 2, "6.00"), second) if isinstance(each, BadRow)]
    assert str(bad).startswith("Id is empty, and the row doesn't continue the one above")


def test_discount_is_what_was_taken_off_goods_not_off_shipping():
    order = only(
        ORDER
        | {"Subtotal": "15.00", "Shipping": "0.00", "Total": "15.00", "Discount Amount": "9.90"}
        | line("TEA", 2, "10.00")
    )
    assert (order.subtotal_minor, order.discount_minor, order.total_minor) == (2000, 500, 1500)


def test_tax_on_top_leaves_prices_alone():
    order = only(ORDER | {"Shipping": "5.00", "Taxes": "4.75", "Total": "29.75"} | line("TEA", 2, "10.00"))
    assert (order.subtotal_minor, order.tax_minor, order.shipping_minor, order.total_minor) == (2000, 475, 500, 2975)
    assert order.lines == (LineData("TEA", 2, 1000),)


def test_tax_in_prices_is_taken_out_of_goods_and_shipping_to_the_cent():
    # 24.00 of goods less 6.00 of discount and 6.00 of shipping hold 4.00 of tax (20%): 3.00 in goods, 1.00 in shipping.
    rows = (
        ORDER
        | {"Subtotal": "18.00", "Shipping": "6.00", "Taxes": "4.00", "Total": "24.00", "Discount Amount": "6.00"}
        | line("TEA", 3, "4.00"),
        line("CUP", 1, "12.00", **{"Name": "#1001", "Created at": AT}),
    )
    order = only(*rows)
    assert (order.subtotal_minor, order.discount_minor) == (2000, 500)
    assert (order.shipping_minor, order.tax_minor, order.total_minor) == (500, 400, 2400)
    assert [(each.sku, each.quantity, each.price_minor) for each in order.lines] == [
        ("TEA", 2, 333),
        ("TEA", 1, 334),
        ("CUP", 1, 1000),
    ]


def test_refund_is_of_goods_without_tax():
    # 20.00 of goods and 5.00 of shipping with 4.75 of tax on top: of 23.80 paid back, 20.00 are without tax.
    row = ORDER | {"Shipping": "5.00", "Taxes": "4.75", "Total": "29.75", "Refunded Amount": "23.80"}
    assert only(row | line("TEA", 2, "10.00")).refunds == (RefundData("import", 2000, NOON),)


def test_refunds_visitor_tips_and_removed_lines():
    attributes = "gift: yes\nofferlift_visitor: v_1\nnote: a: b"
    order = only(
        ORDER | {"Refunded Amount": "5.00", "Note Attributes": attributes, "Total": "22.00"} | line("TEA", 2, "10.00"),
        line("", 1, "2.00", **{"Name": "#1001", "Lineitem name": "Tip"}),
        line("CUP", 0, "8.00", **{"Name": "#1001"}),
    )
    assert order.lines == (LineData("TEA", 2, 1000),)
    assert (order.visitor_id, order.discount_minor) == ("v_1", 0)
    assert order.refunds == (RefundData("import", 500, NOON),)


@pytest.mark.parametrize(
    ("financial", "cancelled_at", "status"),
    [
        ("paid", "", "paid"),
        ("partially_refunded", "", "paid"),
        ("refunded", "", "paid"),
        ("partially_paid", "", "paid"),
        ("voided", "", "cancelled"),
        ("expired", "", "pending"),
        ("paid", AT, "cancelled"),
        ("pending", AT, "cancelled"),
        ("pending", "", "on_hold"),
        ("authorized", "", "on_hold"),
    ],
)
def test_status_says_whether_the_order_counts(financial, cancelled_at, status):
    row = ORDER | {"Financial Status": financial, "Cancelled at": cancelled_at} | line("TEA", 2, "10.00")
    assert only(row).status == status


def test_half_an_order_is_never_read():
    one = ORDER | line("TEA", 1, "10.00")
    bad = line("CUP", 1, "free", **{"Name": "#1001", "Created at": AT})
    other = ORDER | {"Id": "5501234567000", "Name": "#1000"} | line("POT", 2, "10.00")
    found = read(one, bad, other)
    assert [each.external_id for each in found if isinstance(each, OrderData)] == ["5501234567000"]


@pytest.mark.parametrize("broken", [b'#1001,"a "b" c",x\n', b"#1001,too,few\n", b"#1001" + b"," * 60 + b"x\n"])
@pytest.mark.parametrize("place", [1, 2])
def test_row_that_cannot_be_read_spoils_the_orders_beside_it(broken, place):
    header, first, second, third = export(
        ORDER | line("TEA", 1, "10.00"),
        ORDER | {"Id": "5501234567000", "Name": "#1000"} | line("POT", 2, "10.00"),
        ORDER | {"Id": "5501234567001", "Name": "#999"} | line("POT", 2, "10.00"),
    ).splitlines(keepends=True)
    rows = [first, second, third]
    rows.insert(place, broken)
    found = list(OrderReader("EUR", ZoneInfo("UTC")).read(io.BytesIO(header + b"".join(rows))))
    read_ids = [each.order.external_id for _, each in found if not isinstance(each, BadRow)]
    assert read_ids == (["5501234567001"] if place == 1 else ["5501234567890"])
    assert any("is left out" in str(each) for _, each in found)


def test_id_that_a_spreadsheet_rounded_is_refused():
    (bad,) = read(ORDER | {"Id": "5.50123E+12"} | line("TEA", 1, "10.00"))
    assert str(bad) == (
        "Id '5.50123E+12' is an id that a spreadsheet rounded: export it again, and open it with the column as text"
    )
