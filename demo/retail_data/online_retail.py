"""Reads the UCI Online Retail file (Chen 2015, CC BY 4.0): one row per invoice line of a UK gift store.

Columns: InvoiceNo ("C..." is a cancellation), StockCode, Description, Quantity, InvoiceDate (UK time, month first),
UnitPrice (pounds), CustomerID, Country.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from experiments.tables import BadFile, Row, Table, open_table
from experiments.tables.row import column_name

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
SOURCES = {name: column_name(name) for name in COLUMNS}
UK = ZoneInfo("Europe/London")
PRODUCT_CODE = re.compile(r"\d{5}[A-Za-z]{0,2}")
POSTAGE_CODES = {"POST", "C2", "DOT"}
# Above, a row is a slip of the keyboard: the file's largest real lines have 81,000 pieces.
LARGEST_QUANTITY = 1_000_000
LARGEST_PRICE = Decimal(1_000_000)

POSTAGE = "postage and carriage: now the order's shipping cost"
ADJUSTMENT = "adjustments (manual entries, discounts, bank charges, refunded postage)"
FREE = "given away: no price"
UNREADABLE = "unreadable rows"


class NotOnlineRetail(ValueError):
    """The file can't be read as Online Retail; the message says why."""


@dataclass(frozen=True, slots=True)
class RetailLine:
    """One product in one invoice; ``quantity`` is positive in cancellations too; the price is per unit, in pence."""

    invoice: str
    sku: str
    description: str
    quantity: int
    invoiced_at: datetime
    price_minor: int
    customer_id: str

    @property
    def is_cancellation(self) -> bool:
        """Whether the line takes back an earlier one."""
        return self.invoice.startswith("C")


@dataclass(frozen=True, slots=True)
class RetailFile:
    """What was read: product lines, postage in pence by invoice, and how many rows went where, by reason."""

    lines: list[RetailLine]
    postage_minor: Counter[str]
    tally: Counter[str]


def read(path: Path) -> RetailFile:
    """Read a plain or gzipped file; raises ``NotOnlineRetail`` where it isn't one, never for a bad row."""
    try:
        with path.open("rb") as file:
            table = open_table(file, known=set(SOURCES.values()))
            missing = _missing_columns(table)
            if missing:
                names = ", ".join(missing)
                raise NotOnlineRetail(f"{path} is missing the columns {names}. Choose the Online Retail file.")
            # sorted while the file is open: its rows are read one by one
            return _sort(table.rows)
    except (OSError, BadFile) as error:
        raise NotOnlineRetail(f"{path} can't be read: {error}") from error


def _missing_columns(table: Table) -> list[str]:
    missing = []
    for name in sorted(SOURCES):
        if not table.has(SOURCES[name]):
            missing.append(name)
    return missing


def _sort(rows: Iterable[Row]) -> RetailFile:
    file = RetailFile([], Counter(), Counter())
    for row in rows:
        try:
            row.check()
            line = _parse(row.mapped(SOURCES))
        except (ValueError, InvalidOperation):
            file.tally[UNREADABLE] += 1
            continue
        if reason := _reason_to_drop(line):
            file.tally[reason] += 1
        elif line.sku in POSTAGE_CODES:
            file.tally[POSTAGE] += 1
            file.postage_minor[line.invoice] += line.quantity * line.price_minor
        else:
            file.lines.append(line)
    return file


def _parse(row: Row) -> RetailLine:
    quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
    invoice = row["InvoiceNo"].strip().upper()
    if not invoice or not row["StockCode"].strip() or not row["Description"].strip():
        raise ValueError("empty")
    if not 0 < abs(quantity) <= LARGEST_QUANTITY or not 0 <= price <= LARGEST_PRICE:
        raise ValueError("out of range")
    # a negative quantity without a cancellation is stock that was written off, and the other way round a typing error
    if (quantity < 0) != invoice.startswith("C"):
        raise ValueError("sign")
    return RetailLine(
        invoice=invoice,
        sku=row["StockCode"].strip().upper(),
        description=" ".join(row["Description"].split()),
        quantity=abs(quantity),
        invoiced_at=datetime.strptime(row["InvoiceDate"], "%m/%d/%Y %H:%M").replace(tzinfo=UK).astimezone(UTC),
        price_minor=round(price * 100),
        customer_id=row["CustomerID"].strip(),
    )


def _reason_to_drop(line: RetailLine) -> str | None:
    if line.sku in POSTAGE_CODES and not line.is_cancellation:
        return None  # what the customer paid for the parcel; refunded postage is nobody's order
    if not PRODUCT_CODE.fullmatch(line.sku):
        return ADJUSTMENT
    # a sample or a gift: at a price of nothing it would pull down order values that shoppers paid
    if line.price_minor == 0:
        return FREE
    return None
