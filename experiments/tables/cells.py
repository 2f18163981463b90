"""What stands in a cell: text, ids, numbers, times. ``BadRow`` says the column, what was read, and what to do."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from experiments import money
from experiments.models.years import FIRST, LAST, validate_year
from experiments.tables.faults import BadRow, shown
from experiments.tables.row import COMMA, POINT, Row

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
LONGEST_NUMBER = 40  # characters: more than any amount has, and few enough to compute with at once
WITH_OTHER_SIGN = {
    ".": re.compile(r"[+-]?\d*,\d+", re.ASCII),
    ",": re.compile(r"[+-]?\d*\.\d+", re.ASCII),
}
EXAMPLES = {POINT: "1234.50", COMMA: "1234,50"}
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d*)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
# What a spreadsheet makes of long ids: digits are lost, so that a row would name another order or product.
ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
ID_AS_FRACTION = re.compile(r"\d{6,}[.,]0", re.ASCII)
# PostgreSQL's text takes neither NUL nor half of a UTF-16 pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
OFFSET_APART = re.compile(r" (?=[+-]\d\d:?\d\d$)")
TIME_EXAMPLE = "2026-11-02T12:00:00Z"
UTC_NAME = re.compile(r" ?(UTC|GMT)$")


def fault(row: Row, column: str, reason: str) -> BadRow:
    """Return a row's fault: the column as the file calls it, what was read, and why it can't be.

    ``reason`` is what goes on after them, such as "is not a number: write it like 9.90".
    """
    return BadRow(
        _("{column} {value} {reason}").format(column=row.label(column), value=shown(row[column]), reason=reason)
    )


def empty(row: Row, column: str, advice: str) -> BadRow:
    """Return the fault of a cell that must not be empty."""
    return BadRow(_("{column} is empty: {advice}").format(column=row.label(column), advice=advice))


def text(row: Row, column: str, length: int) -> str:
    """A text that must be there, fit, and be storable."""
    value = optional_text(row, column, length)
    if not value:
        raise empty(row, column, _("fill it in"))
    return value


def optional_text(row: Row, column: str, length: int) -> str:
    """A text that may be empty or missing."""
    if column in row.nested:
        raise not_single(row, column)
    value = row[column]
    if len(value) > length:
        raise fault(row, column, _("is longer than {length} characters: shorten it").format(length=length))
    if UNSTORABLE.search(value):
        raise fault(row, column, _("has a NUL or an incomplete character, which can't be stored: remove it"))
    return value


def not_single(row: Row, column: str) -> BadRow:
    """Return the fault of a cell where JSON has more than one value."""
    return BadRow(_("{column} is a list or an object, not a single value").format(column=row.label(column)))


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
            row,
            column,
            _("is an id that a spreadsheet rounded: export it again, and open it with the column as text"),
        )
    if ID_AS_FRACTION.fullmatch(value):
        raise fault(
            row,
            column,
            _("is an id that was saved as a fraction: export it again, and keep the column as text"),
        )


def number(row: Row, column: str) -> Decimal:
    """A decimal number, with the file's decimal sign and no other signs."""
    value = optional_text(row, column, 1_000)
    if not value:
        raise empty(row, column, _("fill in a number"))
    if WITH_OTHER_SIGN[row.decimal].fullmatch(value):
        # Refused, not read as thousands: 1.234 is a thousand times as much in the one as in the other.
        raise fault(row, column, other_sign(row.decimal))
    plain = with_point(value, row.decimal)
    if NUMBER.fullmatch(plain) and len(plain) <= LONGEST_NUMBER:
        return Decimal(plain)
    if SCIENTIFIC.fullmatch(value):
        raise fault(
            row, column, _("is a number that a spreadsheet rounded: format the column as a number, and export it")
        )
    example = EXAMPLES[row.decimal]
    raise fault(
        row,
        column,
        _("is not a number: write it like {example}, without a currency or thousands separators").format(
            example=example
        ),
    )


def with_point(value: str, decimal: str) -> str:
    """Return a number with a decimal point; one that has both signs is left, and is none."""
    if decimal == COMMA and POINT not in value:
        return value.replace(COMMA, POINT)
    return value


def other_sign(decimal: str) -> str:
    """Return what to do with a number that has the other decimal sign."""
    if decimal == COMMA:
        return _(
            "has a decimal point, but this file's decimal sign is a comma: write a comma, or set the decimal sign "
            "to a point"
        )
    return _(
        "has a decimal comma, but this file's decimal sign is a point: write a point, or set the decimal sign "
        "to a comma"
    )


def count(row: Row, column: str, low: int, high: int) -> int:
    """A whole number between two others."""
    value = number(row, column)
    if value != value.to_integral_value() or not low <= value <= high:
        raise fault(row, column, _("is not a whole number from {low} to {high}").format(low=low, high=high))
    return int(value)


def minor(row: Row, column: str, currency: str, *, low: int, high: int) -> int:
    """An amount in major units, such as 9.90, as minor units between two others; zeros may follow its decimals."""
    value = number(row, column)
    lowest, highest = money.to_major(low, currency), money.to_major(high, currency)
    if not lowest <= value <= highest:
        raise fault(
            row,
            column,
            _("is not an amount from {low} to {high} {currency}").format(low=lowest, high=highest, currency=currency),
        )
    whole = money.to_minor(value, currency)
    # Refused, not rounded: more decimals are a unit price, or another currency.
    if money.to_major(whole, currency) != value:
        raise fault(
            row,
            column,
            _("has more than the {decimals} decimals of {currency}: round it").format(
                decimals=money.decimals(currency), currency=currency
            ),
        )
    return whole


def time(row: Row, column: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 date or time in UTC; one without an offset is in ``zone``. A space before the offset is let pass."""
    value = optional_text(row, column, 100)
    if not value:
        raise empty(row, column, _("fill in a time such as {example}").format(example=TIME_EXAMPLE))
    try:
        at = datetime.fromisoformat(OFFSET_APART.sub("", UTC_NAME.sub("+00:00", value)))
        return in_utc(at, zone)
    except (ValueError, OverflowError):
        reason = _("is not an ISO 8601 time: write it like {example}").format(example=TIME_EXAMPLE)
        raise fault(row, column, reason) from None
    except ValidationError:
        reason = _("is not between the years {first} and {last}").format(first=FIRST, last=LAST)
        raise fault(row, column, reason) from None


def in_utc(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the time in UTC; one without an offset is in ``zone``. Raises ``ValidationError`` for an odd year."""
    validate_year(at)  # before it moves, which the first and the last year of all can't
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    moved = at.astimezone(UTC)
    validate_year(moved)
    return moved
