"""Shopify's own export of orders, recognized by its header.

An order's first row says everything; further rows have its name, the time, and one more line each. Amounts are in the
shop's currency. ``Subtotal`` is what was paid for goods, so that it tells the discount on goods from one on shipping,
and ``Total`` tells whether prices contain the tax.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from experiments.accounting.order_data import MAX_MINOR, VISITOR_NAMES, LineData, OrderData
from experiments.models import OrderStatus
from experiments.tables import Row, Table, cells

NOTE = "The file was read as Shopify's export of orders."
# Together in no other system's export that we know.
SIGNATURE = ("id", "name", "created_at", "financial_status", "lineitem_quantity", "lineitem_price", "lineitem_sku")
SOURCES = {
    "order_id": "id",
    "email": "email",
    "placed_at": "created_at",
    "sku": "lineitem_sku",
    "quantity": "lineitem_quantity",
    "price": "lineitem_price",
    "currency": "currency",
    "tax": "taxes",
    "shipping": "shipping",
    "total": "total",
    "refunded": "refunded_amount",
    "line_name": "lineitem_name",
    "is_taxable": "lineitem_taxable",
    "subtotal": "subtotal",
    "financial_status": "financial_status",
    "cancelled_at": "cancelled_at",
    "attributes": "note_attributes",
}
# What isn't here was paid for: "paid", "partially_paid", and refunds, which have amounts of their own.
STATUSES = {
    "voided": OrderStatus.CANCELLED,
    "expired": OrderStatus.PENDING,
    "pending": OrderStatus.ON_HOLD,
    "authorized": OrderStatus.ON_HOLD,
}
TIP = "Tip"


def is_export(table: Table) -> bool:
    """Whether the header is that of Shopify's export."""
    return table.has(*SIGNATURE)


def sources_of(table: Table) -> dict[str, str]:
    """Where each of our columns comes from; exports of some years lack some."""
    sources = {}
    for name, source in SOURCES.items():
        if table.has(source):
            sources[name] = source
    return sources


def our_row(row: Row) -> Row:
    """The row with the status and the visitor as our columns have them."""
    values = dict(row.values)
    # only the first row of an order has its status: in the others it would contradict a cancelled one
    if row["order_id"]:
        values["status"] = status(row)
    visitor_id = visitor_of(row["attributes"])
    if visitor_id:
        values["visitor_id"] = visitor_id
    return replace(row, values=values, labels={**row.labels, "visitor_id": row.label("attributes")})


def status(row: Row) -> str:
    """Whether the order counts."""
    if row["cancelled_at"]:
        return OrderStatus.CANCELLED
    financial = row["financial_status"].lower()
    return STATUSES.get(financial, OrderStatus.PAID)


def visitor_of(attributes: str) -> str:
    """The visitor among the cart's attributes, one ``name: value`` a line."""
    named: dict[str, str] = {}
    for line in attributes.splitlines():
        name, _, value = line.partition(":")
        named[name.strip()] = value.strip()
    for name in VISITOR_NAMES:
        if named.get(name):
            return named[name]
    return ""


def is_line(row: Row) -> bool:
    """Whether the row has goods: neither a tip, nor what was taken out of the order again."""
    is_tip = row["line_name"] == TIP and not row["sku"]
    return not is_tip and row["quantity"] not in {"", "0"}


def completed(order: OrderData, first: Row) -> OrderData:
    """The order with the discount on its goods, and without tax in its prices. Raises ``BadRow``."""
    if not first["subtotal"]:
        return order
    paid = cells.minor(first, "subtotal", order.currency, low=0, high=MAX_MINOR)
    # nothing was paid, or more than the lines come to: then there is no proportion to take the tax out by
    if not 0 < paid <= order.subtotal_minor:
        return replace(order, discount_minor=max(0, order.subtotal_minor - paid))
    order = replace(order, discount_minor=order.subtotal_minor - paid)
    # the total of a shop whose prices are without tax has the whole tax on top
    on_top = order.total_minor - paid - order.shipping_minor
    if not 0 <= on_top < order.tax_minor:
        return order
    return without_tax(order, paid)


def without_tax(order: OrderData, paid: int) -> OrderData:
    """The order with tax taken out of goods and shipping in proportion to what was paid for each."""
    on_goods = round(Decimal(order.tax_minor) * paid / (paid + order.shipping_minor))
    lines = taxless_lines(order.lines, Decimal(paid - on_goods) / paid)
    subtotal = 0
    for line in lines:
        subtotal += line.price_minor * line.quantity
    return replace(
        order,
        lines=tuple(lines),
        subtotal_minor=subtotal,
        discount_minor=max(0, subtotal - (paid - on_goods)),
        shipping_minor=order.shipping_minor - (order.tax_minor - on_goods),
    )


def taxless_lines(lines: Sequence[LineData], share: Decimal) -> list[LineData]:
    """The lines at this share of their prices; the rounding goes on from line to line, so that the sum is exact."""
    result: list[LineData] = []
    before, after = 0, 0
    for line in lines:
        before += line.price_minor * line.quantity
        amount = round(before * share) - after
        after += amount
        result.extend(split_line(line, amount, share))
    return result


def split_line(line: LineData, amount: int, share: Decimal) -> Iterator[LineData]:
    """Yield the line at a price that comes to ``amount``: two lines, a minor unit apart in price, where the quantity
    doesn't divide it. ``share``: what is left of its prices, and so of its discount."""
    price, over = divmod(amount, line.quantity)
    for quantity, minor in ((line.quantity - over, price), (over, price + 1)):
        if quantity:
            of_line = round(Decimal(line.discount_minor) * share * quantity / line.quantity)
            yield replace(line, quantity=quantity, price_minor=minor, discount_minor=of_line)
