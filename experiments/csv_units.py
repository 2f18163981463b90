"""A CSV with one row per unit -> checked units, row by row."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from experiments import money

GZIP_MAGIC = b"\x1f\x8b"
MAX_MINOR = 10**15
MAX_ORDERS = 10**6
MAX_SEGMENT = 100


class BadFile(ValueError):
    """The file can't be imported as asked; the message says what to change."""


class BadRow(ValueError):
    """A row can't be imported; the message names the column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of the file is what. Without ``unit`` the row's number names it, without ``exposed_at`` all units
    share one time."""

    variant: str
    revenue: str
    orders: str
    unit: str | None = None
    covariate: str | None = None
    exposed_at: str | None = None
    segments: tuple[str, ...] = ()

    def check(self, header: list[str]) -> None:
        """Raise ``BadFile`` for a column that the file doesn't have."""
        asked = [self.unit, self.variant, self.revenue, self.orders, self.covariate, self.exposed_at, *self.segments]
        missing = [name for name in asked if name is not None and name not in header]
        if missing:
            raise BadFile(f"The file has no column {missing[0]!r}; its columns are {', '.join(header)}.")


@dataclass(frozen=True, slots=True)
class Unit:
    """A row that can be stored. ``variant`` is the value in the file, ``variant_key`` its slug."""

    visitor_id: str
    variant: str
    variant_key: str
    exposed_at: datetime
    cart_value_minor: int | None
    segments: str
    orders: int
    revenue_minor: int


@dataclass(slots=True)
class UnitReader:
    """Reads units; keeps in mind what was seen, so that a unit or a variant's key can't come twice.

    ``exposed_at`` is what units get that don't have their own; times without an offset are in ``zone``.
    """

    columns: Columns
    currency: str
    exposed_at: datetime
    zone: ZoneInfo
    variants: dict[str, str] = field(default_factory=dict)
    rows_by_unit: dict[str, int] = field(default_factory=dict)

    def read(self, file: BinaryIO) -> Iterator[tuple[int, Unit | BadRow]]:
        """Each row's number (the first below the header is 1) with its unit, or what is wrong with it.

        Raises ``BadFile`` where the file isn't CSV in UTF-8 (plain or gzipped) or lacks a column.
        """
        try:
            rows = csv.reader(open_text(file), strict=True)
            header = next(rows, [])
            self.columns.check(header)
            for number, row in enumerate((row for row in rows if row), start=1):
                yield number, self.read_row(number, row, header)
        except (UnicodeDecodeError, csv.Error, EOFError, OSError) as error:
            raise BadFile(f"The file can't be read as CSV in UTF-8, plain or gzipped: {error}.") from error

    def read_row(self, number: int, row: list[str], header: list[str]) -> Unit | BadRow:
        """One row's unit, or what is wrong with it."""
        try:
            if len(row) != len(header):
                raise BadRow(f"has {len(row)} values, the header has {len(header)}")
            return self.parse(number, dict(zip(header, row, strict=True)))
        except BadRow as error:
            return error

    def parse(self, number: int, row: Mapping[str, str]) -> Unit:
        """The unit of a row; raises ``BadRow``."""
        columns = self.columns
        unit = Unit(
            visitor_id=text(row, columns.unit, 64) if columns.unit else str(number),
            variant=text(row, columns.variant, 200),
            variant_key=self.variant_key(text(row, columns.variant, 200)),
            exposed_at=self.time(row, columns.exposed_at) if columns.exposed_at else self.exposed_at,
            cart_value_minor=self.minor(row, columns.covariate, is_optional=True) if columns.covariate else None,
            segments=json.dumps({name: text(row, name, MAX_SEGMENT) for name in columns.segments if row[name].strip()}),
            orders=count(row, columns.orders),
            revenue_minor=self.minor(row, columns.revenue) or 0,
        )
        if columns.unit:
            first = self.rows_by_unit.setdefault(unit.visitor_id, number)
            if first != number:
                raise BadRow(f"{columns.unit} {unit.visitor_id!r} is in row {first} already")
        return unit

    def variant_key(self, value: str) -> str:
        """The slug of a variant's value; two values can't share one."""
        key = slugify(value)[:64]
        if not key:
            raise BadRow(f"{self.columns.variant} {value!r} has no letter or digit to make a key of")
        if self.variants.setdefault(key, value) != value:
            raise BadRow(f"{self.columns.variant} {value!r} makes the same key as {self.variants[key]!r}: {key}")
        return key

    def minor(self, row: Mapping[str, str], column: str, *, is_optional: bool = False) -> int | None:
        """An amount in major units -> minor units, rounded half to even; blank is ``None`` where allowed."""
        if is_optional and not row[column].strip():
            return None
        amount = number(row, column)
        if abs(amount) > money.to_major(MAX_MINOR, self.currency):
            raise BadRow(f"{column} {row[column]!r} is too large")
        return money.to_minor(amount, self.currency)

    def time(self, row: Mapping[str, str], column: str) -> datetime:
        """An ISO 8601 date or time."""
        try:
            at = datetime.fromisoformat(row[column].strip())
            return at if at.tzinfo else at.replace(tzinfo=self.zone)
        except ValueError:
            raise BadRow(f"{column} {row[column]!r} is not an ISO 8601 time such as 2026-11-02T12:00:00Z") from None


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


def count(row: Mapping[str, str], column: str) -> int:
    """A whole number of orders."""
    value = number(row, column)
    if value != value.to_integral_value() or not 0 <= value <= MAX_ORDERS:
        raise BadRow(f"{column} {row[column]!r} is not a whole number from 0 to {MAX_ORDERS}")
    return int(value)
