"""From the rows of a file to what it wants, and what became of that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model

from experiments.imports.csv_rows import BadRow, RowErrors

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
        """One sentence."""
        bad = f", {self.bad_rows:,} bad" if self.bad_rows else ""
        return f"{self.created:,} new, {self.updated:,} changed, {self.unchanged:,} as they were{bad}."


def wanted_rows(
    rows: Iterable[tuple[int, Mapping[str, str] | BadRow]],
    read: Callable[[Mapping[str, str]], Fields],
    name: str,
    result: FileImport,
    *,
    is_skipping_bad_rows: bool,
) -> dict[str, Fields]:
    """What the good rows say, by the field that names them; a second row for the same is bad.

    The bad ones are counted in ``result``; raises ``BadFile`` for them where they aren't skipped.
    """
    found: dict[str, Fields] = {}
    for row_number, row in rows:
        try:
            if isinstance(row, BadRow):
                raise row
            fields = read(row)
            if fields[name] in found:
                raise BadRow(f"{name} {fields[name]!r} stands in an earlier row, too")
            found[fields[name]] = fields
        except BadRow as error:
            result.add_error(row_number, error)
    if not is_skipping_bad_rows:
        result.refuse()
    return found


def change(row: M, fields: Mapping[str, Any]) -> bool:
    """Set the fields, and say whether any was different."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    return bool(changed)
