"""From the rows of a file to what it wants, and what became of that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from checkout_widgets.catalogue_files.cells import AVAILABLE
from experiments import formatting
from experiments.tables import BadRow, Row, RowErrors
from experiments.tables.faults import shown

BATCH = 1_000  # rows a statement writes: few enough for PostgreSQL's limit of parameters, with twelve columns each
M = TypeVar("M", bound=Model)
Fields = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class FileImport(RowErrors):
    """How many rows made something, changed something, or said what is known; the bad ones are in ``errors``."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def text(self) -> str:
        """Return what came of it, and how the file was read."""
        counts = {
            "created": formatting.count(self.created),
            "updated": formatting.count(self.updated),
            "unchanged": formatting.count(self.unchanged),
            "bad": formatting.count(self.bad_rows),
        }
        if self.bad_rows:
            text = _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(bad)s with errors.") % counts
        else:
            text = _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged.") % counts
        return " ".join([text, *self.notes])

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
    """Return what the good rows say, by the field that names them; a second row for the same is bad.

    The bad ones are counted in ``result``; raises ``BadFile`` for them where they aren't skipped.
    """
    wanted: dict[str, Fields] = {}
    for row in rows:
        try:
            row.check()
            fields = read(row)
            if fields[name] in wanted:
                raise repeated(row, name, fields[name])
            wanted[fields[name]] = fields
        except BadRow as error:
            result.add_error(row.where, error)
    if not is_skipping_bad_rows:
        result.refuse()
    return wanted


def repeated(row: Row, name: str, value: str) -> BadRow:
    """Return the fault of a row that names what an earlier one named."""
    return BadRow(
        _("{column} {value} is also in an earlier row: remove one of them").format(
            column=row.label(name), value=shown(value)
        )
    )


def change(row: M, fields: Mapping[str, Any]) -> bool:
    """Set the fields, and return whether any was different."""
    has_changed = False
    for name, value in fields.items():
        known = getattr(row, name)
        if value == AVAILABLE and name == "stock":
            value = available_stock(known)
        if known != value:
            setattr(row, name, value)
            has_changed = True
    return has_changed


def available_stock(known: int | None) -> int | None:
    """Return the stock of a product that is said to be in stock: a number that is known stays, unless it is none."""
    if known == 0:
        return None
    return known
