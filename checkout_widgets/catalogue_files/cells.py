"""What stands in a column of a file: read from a row, and written so that reading gives the same."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from experiments import money
from experiments.imports.csv_rows import BadRow, count, number, text, time

LARGEST_MINOR = 10**12
LARGEST_COUNT = 2_000_000_000
FORMULA = frozenset("=+-@\t\r")


def amount(row: Mapping[str, str], column: str, currency: str) -> int:
    """An amount in major units, such as ``9.90``, as minor units."""
    value = number(row, column)
    if -value.as_tuple().exponent > money.decimals(currency):  # type: ignore[operator]
        raise BadRow(f"{column} {row[column]!r}: {currency} has {money.decimals(currency)} decimals")
    minor = money.to_minor(value, currency) if abs(value) < LARGEST_MINOR else -1
    if not 0 <= minor <= LARGEST_MINOR:
        raise BadRow(f"{column} {row[column]!r} is not an amount from 0 to {written(LARGEST_MINOR, currency)}")
    return minor


def written(minor: int | None, currency: str) -> str:
    """An amount as a file has it."""
    return "" if minor is None else str(Decimal(money.to_major(minor, currency)))


def flag(row: Mapping[str, str], column: str) -> bool:
    """Yes where the column is empty or missing."""
    value = row.get(column, "").strip().lower()
    if value in {"", "1", "true", "yes"}:
        return True
    if value in {"0", "false", "no"}:
        return False
    raise BadRow(f"{column} {row[column]!r} is neither yes nor no")


def is_filled(row: Mapping[str, str], column: str) -> bool:
    """Whether the column is there, and not empty."""
    return bool(row.get(column, "").strip())


def optional_amount(row: Mapping[str, str], column: str, currency: str) -> int | None:
    """An amount, or None where the column is empty or missing."""
    return amount(row, column, currency) if is_filled(row, column) else None


def optional_count(row: Mapping[str, str], column: str) -> int | None:
    """A whole number, or None where the column is empty or missing."""
    return count(row, column, 0, LARGEST_COUNT) if is_filled(row, column) else None


def optional_text(row: Mapping[str, str], column: str, length: int) -> str:
    """A text that may be empty or missing."""
    return text(row, column, length) if is_filled(row, column) else ""


def optional_time(row: Mapping[str, str], column: str, zone: ZoneInfo) -> datetime | None:
    """A time, or None where the column is empty or missing."""
    return time(row, column, zone) if is_filled(row, column) else None


def guarded(value: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in FORMULA else value


def unguarded(value: str) -> str:
    """What ``guarded`` was given."""
    return value[1:] if value[:1] == "'" and value[1:2] in FORMULA else value
