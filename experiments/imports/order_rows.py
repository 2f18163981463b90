"""A table with one row per order line -> orders.

What is about the whole order stands in its first row, or in all. A row that doesn't say which order it is in goes on
with the order of the row above, as in the exports of shop systems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from experiments import money
from experiments.accounting import refunded_goods
from experiments.accounting.order_data import (
    MAX_LINES,
    MAX_MINOR,
    MAX_QUANTITY,
    BadOrder,
    LineData,
    OrderData,
    RefundData,
)
from experiments.accounting.refunded_goods import Basis
from experiments.imports import shopify_orders
from experiments.imports.order_groups import OrderGroup, OrderGroups
from experiments.imports.renamed import sources_of
from experiments.models import OrderStatus
from experiments.tables import COMMAND, BadRow, Limits, Row, Table, cells, open_table

# Without one of these there is no order at all; what else is missing is worked out, or taken from what is stored.
NEEDED = ("order_id", "placed_at", "sku", "quantity", "price")
OF_THE_ORDER = (
    *("placed_at", "updated_at", "status", "currency", "visitor_id", "customer_id", "email"),
    *("discount", "tax", "shipping", "total", "refunded", "refunded_at"),
)
OF_THE_LINE = ("cost", "line_discount")
COLUMNS = tuple(dict.fromkeys((*NEEDED, *OF_THE_LINE, *OF_THE_ORDER)))
IDS = ("visitor_id", "customer_id")
# One id for each order's refund of a file: the same file again updates that refund, and adds no second one.
IMPORTED_REFUND = "import"


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order as far as its rows say it; ``filled_columns`` are those that they say anything in.

    ``address`` is the email address that it was placed with, empty where the rows don't say it.
    """

    order: OrderData
    filled_columns: frozenset[str]
    address: str = field(default="", repr=False)  # nobody's address is in a log


@dataclass(slots=True)
class OrderReader:
    """Reads orders in the store's currency unless a row names another; times without an offset are in ``zone``.

    ``headers`` says what the file calls a column where it has a name of its own, ``decimal`` the sign before decimals.
    ``notes`` say how the file was read.
    """

    currency: str
    zone: ZoneInfo
    headers: Mapping[str, str] = field(default_factory=dict)
    decimal: str | None = None
    limits: Limits = COMMAND
    notes: list[str] = field(default_factory=list)
    is_shopify: bool = False

    def read(self, file: BinaryIO) -> Iterator[tuple[str, ReadOrder | BadRow]]:
        """The orders with where they begin, in the order in which they first appear, and the bad rows.

        An order with a bad row is not read at all. Raises ``BadFile``.
        """
        # our names and Shopify's at once: which of the two it is shows in the header, after the table is opened
        known = {*COLUMNS, *shopify_orders.SOURCES.values()}
        table = open_table(file, known=known, decimal=self.decimal, limits=self.limits)
        sources = self.sources(table)
        groups = OrderGroups()
        for found in table.rows:
            row = found.mapped(sources)
            if self.is_shopify:
                row = shopify_orders.our_row(row)
            group = groups.take(row)
            if group is not None:
                self.try_to_add(group, row, groups.current)
        # only now is an order complete: its rows need not stand together
        yield from groups.faults
        for order_id, group in groups.by_id.items():
            yield from self.finish(order_id, group)

    def sources(self, table: Table) -> dict[str, str]:
        """Where each of our columns comes from. Raises ``BadFile`` where a needed one is missing."""
        self.notes = table.notes
        # somebody who names columns means those, even in a file that looks like Shopify's
        self.is_shopify = not self.headers and shopify_orders.is_export(table)
        if self.is_shopify:
            self.notes.append(shopify_orders.NOTE)
            return shopify_orders.sources_of(table)
        return sources_of(table, COLUMNS, NEEDED, self.headers)

    def try_to_add(self, group: OrderGroup, row: Row, order_id: str) -> None:
        """Take a row in, or note what is wrong with it."""
        try:
            self.add(group, row, order_id)
        except BadRow as error:
            group.faults.append((row.where, error))

    def add(self, group: OrderGroup, row: Row, order_id: str) -> None:
        """Take a row in. Raises ``BadRow``."""
        if not order_id:
            raise BadRow(f"{row.label('order_id')} is empty, and the row doesn't continue the one above: fill it in")
        # checked under the id that the row goes on with, so that the message names its column
        cells.identifier(replace(row, values={**row.values, "order_id": order_id}), "order_id")
        # an order is said in its first row or in all: a row that says something else belongs to another order, or one
        # of the two is wrong, and nobody here can tell which
        for name in OF_THE_ORDER:
            if row[name] and group.fields.setdefault(name, row[name]) != row[name]:
                raise cells.fault(row, name, f"contradicts an earlier row of order {order_id}: make them the same")
        if self.is_shopify and not shopify_orders.is_line(row):
            return
        group.lines.append(self.line(group, row))

    def line(self, group: OrderGroup, row: Row) -> LineData:
        """The order line of a row. Raises ``BadRow``."""
        currency = self.currency_of(group)
        # a line without a product is a fee or a tip; no cost means that the catalogue's counts
        sku, cost_minor = "", None
        if row["sku"]:
            sku = cells.identifier(row, "sku")
        if row["cost"]:
            cost_minor = minor(row, "cost", currency)
        return LineData(
            sku=sku,
            quantity=cells.count(row, "quantity", 1, MAX_QUANTITY),
            # negative for what shops write down as a line of its own, such as a voucher
            price_minor=minor(row, "price", currency, low=-MAX_MINOR),
            discount_minor=minor_or_nothing(row, "line_discount", currency),
            cost_minor=cost_minor,
        )

    def currency_of(self, group: OrderGroup) -> str:
        """The order's currency. Raises ``BadRow``."""
        currency = group.fields.get("currency", self.currency)
        if not money.is_code(currency):
            raise cells.fault(group.row(), "currency", "is not an ISO 4217 code such as EUR")
        return currency

    def finish(self, order_id: str, group: OrderGroup) -> Iterator[tuple[str, ReadOrder | BadRow]]:
        """The order of the rows, or what is wrong with them."""
        if group.faults:
            yield from group.faults
            return
        if group.beside == group.first.where:
            return  # nothing but a row that can't be read, which is reported already
        if group.beside:
            reason = f"order {order_id} is left out: {group.beside} can't be read, and may belong to it"
            yield group.first.where, BadRow(reason)
            return
        try:
            yield group.first.where, self.order(order_id, group)
        except BadRow as error:
            yield group.first.where, error
        except BadOrder as error:
            yield group.first.where, BadRow(str(error))

    def order(self, order_id: str, group: OrderGroup) -> ReadOrder:
        """The order. Raises ``BadRow`` and ``BadOrder``."""
        row = group.row()
        if len(group.lines) > MAX_LINES:
            raise BadRow(f"order {order_id} has more than {MAX_LINES} lines: split it")
        for name in IDS:
            cells.check_identifier(row, name)
        order = self.order_without_refunds(order_id, group, row)
        if self.is_shopify:
            order = shopify_orders.completed(order, group.first)
        order = replace(order, refunds=self.refunds(row, order))
        return ReadOrder(order, self.filled_columns(group, row), row["email"])

    def order_without_refunds(self, order_id: str, group: OrderGroup, row: Row) -> OrderData:
        """The order as its rows give it; what they leave out is worked out from the rest. Raises ``BadRow``."""
        currency = self.currency_of(group)
        placed_at = cells.time(row, "placed_at", self.zone)
        subtotal = group.subtotal_minor
        discount = self.discount(row, group, currency)
        tax = minor_or_nothing(row, "tax", currency)
        shipping = minor_or_nothing(row, "shipping", currency)
        # the file's own total wins: where it includes what has no column, such as a fee, the sum would be wrong
        total = subtotal - discount + tax + shipping
        if row["total"]:
            total = minor(row, "total", currency, low=-MAX_MINOR)
        return OrderData(
            external_id=order_id,
            placed_at=placed_at,
            updated_at=self.time_or(row, "updated_at", placed_at),
            currency=currency,
            lines=tuple(group.lines),
            subtotal_minor=subtotal,
            total_minor=total,
            visitor_id=row["visitor_id"],
            customer_id=row["customer_id"],
            status=row["status"].lower() or OrderStatus.PAID,
            discount_minor=discount,
            tax_minor=tax,
            shipping_minor=shipping,
        )

    def discount(self, row: Row, group: OrderGroup, currency: str) -> int:
        """The order's discount, in minor units: at least those of its lines together. Raises ``BadRow``."""
        of_lines = group.lines_discount_minor
        if not row["discount"]:
            return of_lines
        discount = minor(row, "discount", currency)
        if discount < of_lines and not self.is_shopify:
            raise cells.fault(row, "discount", "is less than the discounts of the order's lines together: correct one")
        return discount or of_lines

    def filled_columns(self, group: OrderGroup, row: Row) -> frozenset[str]:
        """The columns that the file fills for this order."""
        filled = set()
        for name in COLUMNS:
            if group.first.has(name):
                filled.add(name)
        if not row["status"]:
            # an empty cell is no status: a stored "cancelled" must not turn into "paid" because of it
            filled.discard("status")
        if self.is_shopify:
            filled.add("discount")  # its subtotal tells it
        return frozenset(filled)

    def refunds(self, row: Row, order: OrderData) -> tuple[RefundData, ...]:
        """What was paid back, as one refund, without its tax where prices are without. Raises ``BadRow``."""
        goods = order.subtotal_minor - order.discount_minor
        basis = Basis(goods, order.tax_minor, order.shipping_minor, order.total_minor)
        paid_back = minor_or_nothing(row, "refunded", order.currency)
        amount = refunded_goods.without_tax(paid_back, basis)
        # read even where nothing was paid back, so that a wrong time is reported and not passed over
        at = self.time_or(row, "refunded_at", order.placed_at)
        if not amount:
            return ()
        return (RefundData(IMPORTED_REFUND, amount, at),)

    def time_or(self, row: Row, column: str, default: datetime) -> datetime:
        """The time in a cell, ``default`` where it is empty. Raises ``BadRow``."""
        if not row[column]:
            return default
        return cells.time(row, column, self.zone)


def minor(row: Row, column: str, currency: str, *, low: int = 0) -> int:
    """An amount as minor units. Raises ``BadRow``."""
    return cells.minor(row, column, currency, low=low, high=MAX_MINOR)


def minor_or_nothing(row: Row, column: str, currency: str) -> int:
    """An amount as minor units, 0 where the cell is empty. Raises ``BadRow``."""
    if not row[column]:
        return 0
    return minor(row, column, currency)
