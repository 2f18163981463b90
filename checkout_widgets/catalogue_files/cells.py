"""What stands in a column of a file: read from a row, and written so that reading gives the same."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, OUT_OF_STOCK
from experiments import money
from experiments.tables import Row
from experiments.tables.cells import count, fault, identifier, minor, optional_text, text, time

LARGEST_MINOR = 10**12
LARGEST_COUNT = 2_000_000_000
FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are the first in full width
AVAILABLE: Final = "available"  # in stock, and nobody says how many


def amount(row: Row, column: str, currency: str) -> int:
    """An amount in major units, such as ``9.90``, as minor units."""
    return minor(row, column, currency, low=0, high=LARGEST_MINOR)


def written(minor: int | None, currency: str) -> str:
    """An amount as a file has it."""
    return "" if minor is None else str(Decimal(money.to_major(minor, currency)))


def flag(row: Row, column: str) -> bool:
    """Yes or no."""
    value = row[column].lower()
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise fault(row, column, "is neither yes nor no")


def stock(row: Row, column: str) -> int | str | None:
    """How many there are: None where nobody counts, ``AVAILABLE`` where only that is said. Oversold is none left."""
    value = row[column].lower().replace("_", " ")
    if not value:
        return None
    if value == IN_STOCK:
        return AVAILABLE
    if value == OUT_OF_STOCK:
        return 0
    return max(0, count(row, column, -LARGEST_COUNT, LARGEST_COUNT))


def optional_amount(row: Row, column: str, currency: str) -> int | None:
    """An amount, or None where the column is empty or missing."""
    return amount(row, column, currency) if row[column] else None


def optional_count(row: Row, column: str) -> int | None:
    """A whole number, or None where the column is empty or missing."""
    return count(row, column, 0, LARGEST_COUNT) if row[column] else None


def optional_time(row: Row, column: str, zone: ZoneInfo) -> datetime | None:
    """A time, or None where the column is empty or missing."""
    return time(row, column, zone) if row[column] else None


def name(row: Row, column: str, length: int = 64) -> str:
    """What names something, as its system wrote it."""
    return unguarded(identifier(row, column, length))


def words(row: Row, column: str, length: int) -> str:
    """A text that must be there."""
    return unguarded(text(row, column, length))


def optional_words(row: Row, column: str, length: int) -> str:
    """A text that may be empty or missing."""
    return unguarded(optional_text(row, column, length))


def guarded(value: str) -> str:
    """The text, so that no spreadsheet takes it for a formula. A guard that stands there already gets another."""
    return f"'{value}" if value.lstrip("'")[:1] in FORMULA else value


def unguarded(value: str) -> str:
    """What ``guarded`` was given."""
    return value[1:] if value[:1] == "'" and value.lstrip("'")[:1] in FORMULA else value


__all__ = [
    "AVAILABLE",
    "amount",
    "flag",
    "guarded",
    "name",
    "optional_amount",
    "optional_count",
    "optional_time",
    "optional_words",
    "stock",
    "unguarded",
    "words",
    "written",
]
