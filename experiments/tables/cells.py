"""What stands in a cell: text, ids, numbers, times. ``BadRow`` says the column, what was read, and what to do."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from experiments import money
from experiments.models.years import FIRST, LAST, validate_year
from experiments.tables.faults import BadRow, shown
from experiments.tables.row import COMMA, Row

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
LONGEST_NUMBER = 40
WITH_OTHER_SIGN = {
    ".": re.compile(r"[+-]?\d*,\d+", re.ASCII),
    ",": re.compile(r"[+-]?\d*\.\d+", re.ASCII),
}
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d*)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
ID_AS_FRACTION = re.compile(r"\d{6,}[.,]0", re.ASCII)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
OFFSET_APART = re.compile(r" (?=[+-]\d\d:?\d\d$)")
UTC_NAME = re.compile(r" ?(UTC|GMT)$")


def fault(row: Row, column: str, reason: str) -> BadRow:
    """A row's fault: the column as the file calls it, what was read, and why it can't be."""
    return BadRow(f"{row.label(column)} {shown(row[column])} {reason}")


def text(row: Row, column: str, length: int) -> str:
    """A text that must be there, fit, and be storable."""
    value = optional_text(row, column, length)
    if not value:
        raise BadRow(f"{row.label(column)} is empty: fill it in")
    return value


def optional_text(row: Row, column: str, length: int) -> str:
    """A text that may be empty or missing."""
    if column in row.nested:
        raise BadRow(f"{row.label(column)} is a list or an object, not a single value")
    value = row[column]
    if len(value) > length:
        raise fault(row, column, f"is longer than {length} characters: shorten it")
    if UNSTORABLE.search(value):
        raise fault(row, column, "has a NUL or half a character, which can't be stored: remove it")
    return value


def identifier(row: Row, column: str, length: int = 64) -> str:
    """A text that names something, and must be exactly as its system wrote it."""
    value = text(row, column, length)
    check_identifier(row, column)
    return value


def check_identifier(row: Row, column: str) -> None:
    """Raise ``BadRow`` for an id that a spreadsheet has taken for a number."""
    value = row[column]
    if ROUNDED_ID.fullmatch(value):
        raise fault(
            row, column, "is an id that a spreadsheet rounded: export it again, and open it with the column as text"
        )
    if ID_AS_FRACTION.fullmatch(value):
        raise fault(row, column, "is an id that was saved as a fraction: export it again, and keep the column as text")


def number(row: Row, column: str) -> Decimal:
    """A decimal number, with the file's decimal sign and no other signs."""
    value = optional_text(row, column, 1_000)
    if not value:
        raise BadRow(f"{row.label(column)} is empty: fill in a number")
    if WITH_OTHER_SIGN[row.decimal].fullmatch(value):
        raise fault(row, column, other_sign(row.decimal))
    plain = value.replace(",", ".") if row.decimal == COMMA and "." not in value else value
    if NUMBER.fullmatch(plain) and len(plain) <= LONGEST_NUMBER:
        return Decimal(plain)
    if SCIENTIFIC.fullmatch(value):
        raise fault(row, column, "is a number that a spreadsheet rounded: format the column as a number, and export it")
    example = "1234,50" if row.decimal == COMMA else "1234.50"
    raise fault(row, column, f"is not a number: write it like {example}, without a currency or thousands separators")


def other_sign(decimal: str) -> str:
    """What to do with a number that has the other decimal sign."""
    if decimal == COMMA:
        return (
            "has a decimal point, but this file's decimal sign is a comma: write a comma, or set the decimal sign "
            "to a point (--decimal point)"
        )
    return (
        "has a decimal comma, but this file's decimal sign is a point: write a point, or set the decimal sign "
        "to a comma (--decimal comma)"
    )


def count(row: Row, column: str, low: int, high: int) -> int:
    """A whole number between two others."""
    value = number(row, column)
    if value != value.to_integral_value() or not low <= value <= high:
        raise fault(row, column, f"is not a whole number from {low} to {high}")
    return int(value)


def minor(row: Row, column: str, currency: str, *, low: int, high: int) -> int:
    """An amount in major units, such as 9.90, as minor units between two others; zeros may follow its decimals."""
    value = number(row, column)
    if not money.to_major(low, currency) <= value <= money.to_major(high, currency):
        raise fault(
            row,
            column,
            f"is not an amount from {money.to_major(low, currency)} to {money.to_major(high, currency)} {currency}",
        )
    whole = money.to_minor(value, currency)
    if money.to_major(whole, currency) != value:
        raise fault(row, column, f"has more than the {money.decimals(currency)} decimals of {currency}: round it")
    return whole


def time(row: Row, column: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 date or time in UTC; one without an offset is in ``zone``. A space before the offset is let pass."""
    value = optional_text(row, column, 100)
    if not value:
        raise BadRow(f"{row.label(column)} is empty: fill in a time such as 2026-11-02T12:00:00Z")
    try:
        at = datetime.fromisoformat(OFFSET_APART.sub("", UTC_NAME.sub("+00:00", value)))
        validate_year(at)  # before it moves, which the first and the last year of all can't
        in_utc = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        validate_year(in_utc)
        return in_utc
    except (ValueError, OverflowError):
        raise fault(row, column, "is not an ISO 8601 time: write it like 2026-11-02T12:00:00Z") from None
    except ValidationError:
        raise fault(row, column, f"is not between the years {FIRST} and {LAST}") from None
