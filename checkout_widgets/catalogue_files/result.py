"""From the rows of a file to what it wants, and what became of that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from checkout_widgets.catalogue_files.cells import AVAILABLE
from experiments.tables import BadRow, Row, RowErrors
from experiments.tables.faults import shown

BATCH = 1_000
M = TypeVar("M", bound=Model)
Fields = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class FileImport(RowErrors):
    """How many rows made something, changed something, or said what is known; the bad ones are in ``errors``."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def text(self) -> str:
        """What came of it, and how the file was read."""
        bad = f", {self.bad_rows:,} bad" if self.bad_rows else ""
        counts = f"{self.created:,} new, {self.updated:,} changed, {self.unchanged:,} unchanged{bad}."
        return " ".join([counts, *self.notes])

    @property
    def good_rows(self) -> int:
        """How many rows were imported."""
        return self.created + self.updated + self.unchanged


def wanted_rows(
    rows: Iterable[Row],
    read: Callable[[Row], Fields],
    name: str,
    result: FileImport,
    *,
    is_skipping_bad_rows: bool,
) -> dict[str, Fields]:
    """What the good rows say, by the field that names them; a second row for the same is bad.

    The bad ones are counted in ``result``; raises ``BadFile`` for them where they aren't skipped.
    """
    wanted: dict[str, Fields] = {}
    for row in rows:
        try:
            row.check()
            fields = read(row)
            if fields[name] in wanted:
                raise BadRow(f"{row.label(name)} {shown(fields[name])} is also in an earlier row: remove one of them")
            wanted[fields[name]] = fields
        except BadRow as error:
            result.add_error(row.where, error)
    if not is_skipping_bad_rows:
        result.refuse()
    return wanted


def change(row: M, fields: Mapping[str, Any]) -> bool:
    """Set the fields, and say whether any was different. That it is in stock changes only a stock of none."""
    changed = False
    for name, value in fields.items():
        known = getattr(row, name)
        wanted = value
        if value == AVAILABLE and name == "stock":
            wanted = None if known == 0 else known
        if known != wanted:
            setattr(row, name, wanted)
            changed = True
    return changed
