"""What stands in a column of a file: read from a row, and written so that reading gives the same."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.formats.words import IN_STOCK, NO, OUT_OF_STOCK, YES
from experiments import money
from experiments.tables import Row
from experiments.tables.cells import count, fault, identifier, minor, optional_text, text, time

LARGEST_MINOR = 10**12  # what an order line can cost, too
LARGEST_COUNT = 2_000_000_000  # below PostgreSQL's largest integer
FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are the first in full width
GUARD = "'"
AVAILABLE: Final = "available"  # in stock, and nobody says how many


def amount(row: Row, column: str, currency: str) -> int:
    """Read an amount in major units, such as ``9.90``, as minor units. Raises ``BadRow``, as all that read do."""
    return minor(row, column, currency, low=0, high=LARGEST_MINOR)


def flag(row: Row, column: str) -> bool:
    """Read yes or no."""
    value = row[column].lower()
    if value in YES:
        return True
    if value in NO:
        return False
    raise fault(row, column, _("is not yes or no: write one of the two"))


def stock(row: Row, column: str) -> int | str | None:
    """Read how many there are: None where nobody counts, ``AVAILABLE`` where only that is said."""
    value = row[column].lower().replace("_", " ")
    if not value:
        return None
    if value == IN_STOCK:
        return AVAILABLE
    if value == OUT_OF_STOCK:
        return 0
    # Shops that take back orders count below zero; for an offer that is none left.
    return max(0, count(row, column, -LARGEST_COUNT, LARGEST_COUNT))


def optional_amount(row: Row, column: str, currency: str) -> int | None:
    """Read an amount in minor units, or None where the column is empty or missing."""
    if not row[column]:
        return None
    return amount(row, column, currency)


def optional_count(row: Row, column: str) -> int | None:
    """Read a whole number, or None where the column is empty or missing."""
    if not row[column]:
        return None
    return count(row, column, 0, LARGEST_COUNT)


def optional_time(row: Row, column: str, zone: ZoneInfo) -> datetime | None:
    """Read a time, or None where the column is empty or missing."""
    if not row[column]:
        return None
    return time(row, column, zone)


def name(row: Row, column: str, length: int = 64) -> str:
    """Read what names something, as its system wrote it."""
    return unguarded(identifier(row, column, length))


def words(row: Row, column: str, length: int) -> str:
    """Read a text that must be there."""
    return unguarded(text(row, column, length))


def optional_words(row: Row, column: str, length: int) -> str:
    """Read a text that may be empty or missing."""
    return unguarded(optional_text(row, column, length))


# A cell that begins with =, such as a product's title from a shop's user, runs as a formula in whoever opens the file.
def guarded(value: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula. A guard that stands there already gets another."""
    if not is_formula(value):
        return value
    return f"{GUARD}{value}"


def unguarded(value: str) -> str:
    """Return what ``guarded`` was given."""
    if not value.startswith(GUARD) or not is_formula(value):
        return value
    return value.removeprefix(GUARD)


def is_formula(value: str) -> bool:
    """Whether a spreadsheet computes the text, or would without the guards before it."""
    return value.lstrip(GUARD)[:1] in FORMULA


def written_amount(amount_minor: int | None, currency: str) -> str:
    """Write an amount in major units; empty for None."""
    if amount_minor is None:
        return ""
    return str(Decimal(money.to_major(amount_minor, currency)))


def written_count(number: int | None) -> str:
    """Write a whole number; empty for None."""
    if number is None:
        return ""
    return str(number)


def written_time(at: datetime | None) -> str:
    """Write a time with its offset; empty for None."""
    if at is None:
        return ""
    return at.isoformat()


def written_flag(value: bool) -> str:
    """Write yes or no, in English in every language, as ``flag`` reads it."""
    return "yes" if value else "no"


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
    "written_amount",
    "written_count",
    "written_flag",
    "written_time",
]
