"""A CSV with one row per order line -> orders.

What is about the whole order stands in its first row, or in all. A row that says neither which order it is in nor when
that was placed goes on with the order of the row above, as in the exports of shop systems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
from experiments.imports import csv_rows
from experiments.imports.csv_rows import BadFile, BadRow, count, number, text, time
from experiments.models import OrderStatus

NEEDED = ("order_id", "placed_at", "sku", "quantity", "price")
OF_THE_ORDER = (
    *("placed_at", "updated_at", "status", "currency", "visitor_id", "customer_id"),
    *("discount", "tax", "shipping", "total", "refunded", "refunded_at"),
)
OF_THE_LINE = ("cost", "line_discount")
COLUMNS = tuple(dict.fromkeys((*NEEDED, *OF_THE_LINE, *OF_THE_ORDER)))
IMPORTED_REFUND = "import"


@dataclass(slots=True)
class Group:
    """The rows of one order: the number of the first, what they say of the order, and the lines."""

    row: int
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[LineData] = field(default_factory=list)
    bad: list[tuple[int, BadRow]] = field(default_factory=list)


@dataclass(slots=True)
class OrderReader:
    """Reads orders in the store's currency unless a row names another; times without an offset are in ``zone``.

    ``headers`` says what the file calls a column where it has a name of its own.
    """

    currency: str
    zone: ZoneInfo
    headers: Mapping[str, str] = field(default_factory=dict)

    def read(self, file: BinaryIO) -> Iterator[tuple[int, OrderData | BadRow]]:
        """The orders in the order in which they first appear, and the bad rows with their numbers.

        An order with a bad row is not read at all. Raises ``BadFile``.
        """
        unknown = [name for name in self.headers if name not in COLUMNS]
        if unknown:
            raise BadFile(f"There is no column {unknown[0]!r} to name; the columns are {', '.join(COLUMNS)}.")
        groups: dict[str, Group] = {}
        order_id = ""
        for index, values in csv_rows.read_rows(file, [self.headers.get(name, name) for name in NEEDED]):
            row = values if isinstance(values, BadRow) else self.ours(values)
            if isinstance(row, BadRow) or row["order_id"] or row["placed_at"]:  # else it goes on with the order above
                order_id = "" if isinstance(row, BadRow) else row["order_id"]
            group = groups.setdefault(order_id, Group(index))
            try:
                self.add(group, row, order_id)
            except BadRow as error:
                group.bad.append((index, error))
        for order_id, group in groups.items():
            yield from self.finish(order_id, group)

    def ours(self, values: Mapping[str, str]) -> dict[str, str]:
        """The row's values by the names of our columns; what the file doesn't have is blank."""
        return {name: values.get(self.headers.get(name, name), "").strip() for name in COLUMNS}

    def add(self, group: Group, row: dict[str, str] | BadRow, order_id: str) -> None:
        """Take a row in. Raises ``BadRow``."""
        if isinstance(row, BadRow):
            raise row
        text({"order_id": order_id}, "order_id", 64)
        for name in OF_THE_ORDER:
            if row[name] and group.fields.setdefault(name, row[name]) != row[name]:
                raise BadRow(f"{name} {row[name][:20]!r} contradicts an earlier row of the order")
        currency = self.currency_of(group)
        group.lines.append(
            LineData(
                sku=text(row, "sku", 64) if row["sku"] else "",
                quantity=count(row, "quantity", 1, MAX_QUANTITY),
                price_minor=minor(row, "price", currency),
                discount_minor=minor(row, "line_discount", currency, low=0),
                cost_minor=minor(row, "cost", currency, low=0) if row["cost"] else None,
            )
        )

    def currency_of(self, group: Group) -> str:
        """The order's currency. Raises ``BadRow``."""
        currency = group.fields.get("currency", self.currency)
        if not money.is_code(currency):
            raise BadRow(f"currency {currency[:20]!r} is not an ISO 4217 code such as EUR")
        return currency

    def finish(self, order_id: str, group: Group) -> Iterator[tuple[int, OrderData | BadRow]]:
        """The order of the rows, or what is wrong with them."""
        if not group.bad:
            try:
                yield group.row, self.order(order_id, group)
            except BadRow as error:
                yield group.row, error
            except BadOrder as error:
                yield group.row, BadRow(str(error))
        yield from group.bad

    def order(self, order_id: str, group: Group) -> OrderData:
        """The order. Raises ``BadRow`` and ``BadOrder``."""
        fields = {name: group.fields.get(name, "") for name in OF_THE_ORDER}
        currency = self.currency_of(group)
        placed_at = time(fields, "placed_at", self.zone)
        if len(group.lines) > MAX_LINES:
            raise BadRow(f"the order has more than {MAX_LINES} lines")
        subtotal = sum(line.price_minor * line.quantity for line in group.lines)
        discount, tax, shipping = (minor(fields, name, currency, low=0) for name in ("discount", "tax", "shipping"))
        of_lines = sum(line.discount_minor for line in group.lines)
        if fields["discount"] and discount < of_lines:
            raise BadRow("discount is less than the line_discounts of the order together")
        discount = discount or of_lines
        total = minor(fields, "total", currency) if fields["total"] else subtotal - discount + tax + shipping
        return OrderData(
            external_id=order_id,
            placed_at=placed_at,
            updated_at=time(fields, "updated_at", self.zone) if fields["updated_at"] else placed_at,
            currency=currency,
            lines=tuple(group.lines),
            subtotal_minor=subtotal,
            total_minor=total,
            visitor_id=fields["visitor_id"],
            customer_id=fields["customer_id"],
            status=fields["status"].lower() or OrderStatus.PAID,
            discount_minor=discount,
            tax_minor=tax,
            shipping_minor=shipping,
            refunds=self.refunds(fields, currency, placed_at, Basis(subtotal - discount, tax, shipping, total)),
        )

    def refunds(
        self, fields: Mapping[str, str], currency: str, placed_at: datetime, basis: Basis
    ) -> tuple[RefundData, ...]:
        """What was paid back, as one refund, without its tax where prices are without. Raises ``BadRow``."""
        amount = refunded_goods.without_tax(minor(fields, "refunded", currency, low=0), basis)
        at = time(fields, "refunded_at", self.zone) if fields["refunded_at"] else placed_at
        return (RefundData(IMPORTED_REFUND, amount, at),) if amount else ()


def minor(row: Mapping[str, str], column: str, currency: str, *, low: int = -MAX_MINOR) -> int:
    """An amount in major units -> minor units; blank is 0. Raises ``BadRow``, also for more decimals than there are."""
    if not row[column]:
        return 0
    amount = number(row, column)
    if not money.to_major(low, currency) <= amount <= money.to_major(MAX_MINOR, currency):
        raise BadRow(f"{column} {row[column][:20]!r} is too small or too large")
    whole = money.to_minor(amount, currency)
    if money.to_major(whole, currency) != amount:
        raise BadRow(f"{column} {row[column][:20]!r} has more decimals than {currency}")
    return whole
