"""A CSV with one row per unit -> checked units, row by row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from experiments import money
from experiments.tables import COMMAND, BadRow, Limits, Row, open_table
from experiments.tables.cells import count, fault, identifier, number, text, time
from experiments.tables.row import column_name

# More is a typing error, and a bigint still holds the sum of thousands of units of this size.
MAX_MINOR = 10**15
MAX_ORDERS = 10**6
# A segment is a group that a report has a row for, not a text.
MAX_SEGMENT = 100


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

    def needed(self) -> list[str]:
        """The columns that the file must have."""
        # in the order of the command's options: the first that is missing is the one that the error names
        needed = []
        for name in (self.unit, self.variant, self.revenue, self.orders, self.covariate, self.exposed_at):
            if name is not None:
                needed.append(name)
        return [*needed, *self.segments]


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

    ``exposed_at`` is what units get that don't have their own; times without an offset are in ``zone``; ``decimal`` is
    the sign before decimals where the file's separator doesn't tell it. ``notes`` say how the file was read.
    """

    columns: Columns
    currency: str
    exposed_at: datetime
    zone: ZoneInfo
    decimal: str | None = None
    limits: Limits = COMMAND
    variants: dict[str, str] = field(default_factory=dict)
    rows_by_unit: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def read(self, file: BinaryIO) -> Iterator[tuple[Row, Unit | BadRow]]:
        """Each row with its unit, or what is wrong with it. Raises ``BadFile``."""
        sources = {}
        for name in self.columns.needed():
            sources[name] = column_name(name)
        table = open_table(file, known=set(sources.values()), decimal=self.decimal, limits=self.limits)
        table.require(self.columns.needed())
        self.notes = table.notes
        for row in table.rows:
            yield row, self.read_row(row.mapped(sources))

    def read_row(self, row: Row) -> Unit | BadRow:
        """One row's unit, or what is wrong with it."""
        try:
            row.check()
            return self.parse(row)
        except BadRow as error:
            return error

    def parse(self, row: Row) -> Unit:
        """The unit of a row; raises ``BadRow``."""
        columns = self.columns
        variant = text(row, columns.variant, 200)
        return Unit(
            visitor_id=self.visitor_id(row),
            variant=variant,
            variant_key=self.variant_key(variant),
            exposed_at=self.time_of_exposure(row),
            cart_value_minor=self.covariate(row),
            segments=self.segments(row),
            orders=count(row, columns.orders, 0, MAX_ORDERS),
            revenue_minor=self.minor(row, columns.revenue),
        )

    def visitor_id(self, row: Row) -> str:
        """Who the unit is; the row's number where no column says it. Raises ``BadRow``."""
        column = self.columns.unit
        if column is None:
            return str(row.number)
        visitor_id = identifier(row, column)
        # a unit twice would count as two, and make intervals too narrow; which of its rows is right only people know
        first = self.rows_by_unit.setdefault(visitor_id, row.number)
        if first != row.number:
            raise fault(row, column, f"is in row {first} already: keep one of the two")
        return visitor_id

    def time_of_exposure(self, row: Row) -> datetime:
        """When the unit was exposed. Raises ``BadRow``."""
        if self.columns.exposed_at is None:
            return self.exposed_at
        return time(row, self.columns.exposed_at, self.zone)

    def covariate(self, row: Row) -> int | None:
        """What the unit had in its cart, or spent before, in minor units; None where the file doesn't say."""
        # an unknown value isn't 0: adjusted by a made-up 0 a comparison would be worse than without
        column = self.columns.covariate
        if column is None or not row[column]:
            return None
        return self.minor(row, column)

    def segments(self, row: Row) -> str:
        """The unit's segments as JSON, without those that are empty."""
        found = {}
        for name in self.columns.segments:
            if row[name]:
                found[name] = text(row, name, MAX_SEGMENT)
        return json.dumps(found)

    def variant_key(self, value: str) -> str:
        """The slug of a variant's value; two values can't share one."""
        key = slugify(value)[:64]
        if not key:
            raise BadRow(f"{self.columns.variant} {value!r} has no letter or digit to make a key of")
        if self.variants.setdefault(key, value) != value:
            raise BadRow(f"{self.columns.variant} {value!r} makes the same key as {self.variants[key]!r}: {key}")
        return key

    def minor(self, row: Row, column: str) -> int:
        """An amount in major units -> minor units, rounded half to even. Raises ``BadRow``."""
        amount = number(row, column)
        if abs(amount) > money.to_major(MAX_MINOR, self.currency):
            raise fault(row, column, "is too large")
        return money.to_minor(amount, self.currency)
