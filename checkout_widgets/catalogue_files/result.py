"""What an import did, and what it shares with the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from experiments import money
from experiments.imports.csv_rows import BadRow, RowErrors, number

LARGEST_MINOR = 10**12
BATCH = 1_000
FORMULA = frozenset("=+-@\t\r")
M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class FileImport(RowErrors):
    """How many rows made something, changed something, or said what is known; the bad ones are in ``errors``."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def text(self) -> str:
        """One sentence."""
        bad = f", {self.bad_rows:,} bad" if self.bad_rows else ""
        return f"{self.created:,} new, {self.updated:,} changed, {self.unchanged:,} as they were{bad}."


def read_all(
    rows: Iterable[tuple[int, Mapping[str, str] | BadRow]], read: Callable[[Mapping[str, str]], T], result: FileImport
) -> list[tuple[int, T]]:
    """The good rows with their numbers; the bad ones are counted in ``result``."""
    good = []
    for row_number, row in rows:
        try:
            if isinstance(row, BadRow):
                raise row
            good.append((row_number, read(row)))
        except BadRow as error:
            result.add_error(row_number, error)
    return good


def last_of_each(
    rows: Sequence[tuple[int, dict[str, Any]]], name: str, result: FileImport
) -> dict[str, dict[str, Any]]:
    """The rows by what names them; a second row for the same is bad."""
    found: dict[str, dict[str, Any]] = {}
    for row_number, row in rows:
        if row[name] in found:
            result.add_error(row_number, BadRow(f"{name} {row[name]!r} stands in an earlier row, too"))
        else:
            found[row[name]] = row
    return found


def change(row: M, fields: Mapping[str, Any]) -> bool:
    """Set the fields, and say whether any was different."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    return bool(changed)


def amount(row: Mapping[str, str], column: str, currency: str) -> int:
    """An amount in major units, such as ``9.90``, as minor units."""
    value = number(row, column)
    if -value.as_tuple().exponent > money.decimals(currency):  # type: ignore[operator]
        raise BadRow(f"{column} {row[column]!r}: {currency} has {money.decimals(currency)} decimals")
    minor = money.to_minor(value, currency) if abs(value) < LARGEST_MINOR else -1
    if not 0 <= minor <= LARGEST_MINOR:
        raise BadRow(f"{column} {row[column]!r} is not an amount from 0 on")
    return minor


def optional_amount(row: Mapping[str, str], column: str, currency: str) -> int | None:
    """An amount, or None where the column is empty or missing."""
    return amount(row, column, currency) if row.get(column, "").strip() else None


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


def optional_text(row: Mapping[str, str], column: str, length: int) -> str:
    """A text that may be empty or missing."""
    value = row.get(column, "").strip()
    if len(value) > length or "\x00" in value:
        raise BadRow(f"{column} {value[:20]!r} is longer than {length} characters or has a NUL")
    return value


def optional_count(row: Mapping[str, str], column: str) -> int | None:
    """A whole number, or None where the column is empty or missing."""
    if not row.get(column, "").strip():
        return None
    value = number(row, column)
    if value != value.to_integral_value() or not 0 <= value <= 2_000_000_000:
        raise BadRow(f"{column} {row[column]!r} is not a whole number from 0 on")
    return int(value)


def guarded(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in FORMULA else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text
