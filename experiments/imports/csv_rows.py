"""What all imports share: the rows of a CSV, their values, and the bad ones with their numbers."""

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from experiments.models.years import FIRST, LAST, validate_year

GZIP_MAGIC = b"\x1f\x8b"
ERRORS_KEPT = 20


class BadFile(ValueError):
    """The file can't be imported as asked; the message says what to change."""


class BadRow(ValueError):
    """A row can't be imported; the message names the column."""


@dataclass(slots=True, kw_only=True)
class RowErrors:
    """How many rows are bad; ``errors`` are the first of them, in words."""

    bad_rows: int = 0
    errors: list[str] = field(default_factory=list)

    def add_error(self, row: int, error: BadRow) -> None:
        """Count a bad row and keep its reason where few are known yet."""
        self.bad_rows += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(f"row {row}: {error}")

    def error_text(self) -> str:
        """The kept errors, one a line, and how many more there are."""
        more = [f"and {self.bad_rows - len(self.errors)} more"] if self.bad_rows > len(self.errors) else []
        return "\n".join(f"  {line}" for line in self.errors + more)

    def refuse(self) -> None:
        """Raise ``BadFile`` where a row is bad."""
        if self.bad_rows:
            noun = "row is" if self.bad_rows == 1 else "rows are"
            raise BadFile(
                f"Nothing was imported: {self.bad_rows} {noun} bad. Correct the file or add --skip-bad-rows.\n"
                + self.error_text()
            )


def read_rows(file: BinaryIO, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
    """Each row's number (the first below the header is 1) with its values by column, or what is wrong with it.

    Raises ``BadFile`` where the file isn't CSV in UTF-8 (plain or gzipped) or lacks a needed column.
    """
    try:
        rows = csv.reader(open_text(file), strict=True)
        header = next(rows, [])
        missing = [name for name in needed if name not in header]
        if not header:
            raise BadFile("The file is empty: its first row must name the columns.")
        if missing:
            raise BadFile(f"The file has no column {missing[0]!r}; its columns are {', '.join(header)}.")
        for number, row in enumerate((row for row in rows if row), start=1):
            if len(row) == len(header):
                yield number, dict(zip(header, row, strict=True))
            else:
                yield number, BadRow(f"has {len(row)} values, the header has {len(header)}")
    except (UnicodeDecodeError, csv.Error, EOFError, OSError) as error:
        raise BadFile(f"The file can't be read as CSV in UTF-8, plain or gzipped: {error}.") from error


def open_text(file: BinaryIO) -> io.TextIOWrapper:
    """The file's text; gzipped or not is told by its first bytes."""
    is_gzip = file.read(2) == GZIP_MAGIC
    file.seek(0)
    binary = gzip.GzipFile(fileobj=file) if is_gzip else file
    return io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")


def text(row: Mapping[str, str], column: str, length: int) -> str:
    """A value that must be there, fit, and be storable."""
    value = row[column].strip()
    if not value:
        raise BadRow(f"{column} is empty")
    if len(value) > length or "\x00" in value:
        raise BadRow(f"{column} {value[:20]!r} is longer than {length} characters or has a NUL")
    return value


def number(row: Mapping[str, str], column: str) -> Decimal:
    """A finite decimal number."""
    try:
        value = Decimal(row[column].strip())
    except InvalidOperation:
        raise BadRow(f"{column} {row[column][:20]!r} is not a number") from None
    if not value.is_finite():
        raise BadRow(f"{column} {row[column]!r} is not a finite number")
    return value


def count(row: Mapping[str, str], column: str, low: int, high: int) -> int:
    """A whole number between two others."""
    value = number(row, column)
    if value != value.to_integral_value() or not low <= value <= high:
        raise BadRow(f"{column} {row[column]!r} is not a whole number from {low} to {high}")
    return int(value)


def time(row: Mapping[str, str], column: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 date or time; one without an offset is in ``zone``. A space before the offset is let pass."""
    try:
        at = datetime.fromisoformat(re.sub(r" (?=[+-]\d\d:?\d\d$)", "", row[column].strip()))
        validate_year(at)
    except ValueError:
        raise BadRow(f"{column} {row[column]!r} is not an ISO 8601 time such as 2026-11-02T12:00:00Z") from None
    except ValidationError:
        raise BadRow(f"{column} {row[column]!r} is not between the years {FIRST} and {LAST}") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)
