"""A row of a table, whatever file it comes from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from experiments.tables.faults import BadFile, BadRow

BETWEEN_WORDS = re.compile(r"[\s_-]+")
Value = TypeVar("Value")
POINT, COMMA = ".", ","


def column_name(header: str) -> str:
    """A header without what people write differently: capitals, spaces, underscores and hyphens between words."""
    return BETWEEN_WORDS.sub("_", header.strip().casefold()).strip("_")


def refuse_repeated(headers: Iterable[str]) -> None:
    """Raise ``BadFile`` where two columns have one name; columns without a name are no columns."""
    seen: dict[str, str] = {}
    for header in headers:
        name, header = column_name(header), header.strip()
        if name in seen:
            raise repeated_header(header, seen[name])
        if name:
            seen[name] = header


def repeated_header(header: str, first: str) -> BadFile:
    """Return the fault of a header that names a column again, written alike or not."""
    if header == first:
        message = _("The column {header} appears twice in the header: remove or rename one of the two.")
    else:
        message = _(
            "The column {header} appears twice in the header, also as {first}: remove or rename one of the two."
        )
    return BadFile(message.format(header=repr(header), first=repr(first)))


@dataclass(frozen=True, slots=True)
class Row:
    """Text by column. ``number`` counts rows from 1 below the header, ``line`` the file's lines (0 where it has none).

    ``labels`` are the file's own names of the columns, ``nested`` what JSON has in place of text, ``fault`` why the row
    couldn't be read at all.
    """

    number: int
    line: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    decimal: str = POINT
    nested: Mapping[str, Any] = field(default_factory=dict)
    fault: BadRow | None = None

    @property
    def where(self) -> str:
        """Where it stands, for messages: with the line where blank or long rows moved it."""
        # Without the line where it says nothing new: a file without lines, or rows of one line each below a header.
        if self.line in (0, self.number, self.number + 1):
            return _("row {number}").format(number=self.number)
        return _("row {number} (line {line})").format(number=self.number, line=self.line)

    def __getitem__(self, column: str) -> str:
        """The column's text, stripped; empty where the row doesn't have it."""
        return self.values.get(column, "").strip()

    def has(self, column: str) -> bool:
        """Whether the file says anything of the column, be it that it is empty."""
        return column in self.values or column in self.nested

    def label(self, column: str) -> str:
        """What the file calls the column."""
        return self.labels.get(column, column)

    def check(self) -> None:
        """Raise ``BadRow`` where the row couldn't be read."""
        if self.fault is not None:
            raise self.fault

    def mapped(self, sources: Mapping[str, str]) -> "Row":
        """Return the row under other column names: ``sources`` says for each of them where it comes from."""
        return replace(
            self,
            values=renamed(self.values, sources),
            labels=renamed(self.labels, sources),
            nested=renamed(self.nested, sources),
        )


def renamed(entries: Mapping[str, Value], sources: Mapping[str, str]) -> dict[str, Value]:
    """Return those of the entries that a source names, under their new names."""
    return {name: entries[source] for name, source in sources.items() if source in entries}
