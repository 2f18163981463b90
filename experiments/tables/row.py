"""A row of a table, whatever file it comes from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.tables.faults import BadFile, BadRow

BETWEEN_WORDS = re.compile(r"[\s_-]+")
POINT, COMMA = ".", ","


def column_name(header: str) -> str:
    """A header without what people write differently: capitals, spaces, underscores and hyphens between words."""
    return BETWEEN_WORDS.sub("_", header.strip().casefold()).strip("_")


def refuse_repeated(headers: Iterable[str]) -> None:
    """Raise ``BadFile`` where two columns have one name; columns without a name are no columns."""
    seen: dict[str, str] = {}
    for header in headers:
        name = column_name(header)
        if name and name in seen:
            raise BadFile(
                f"The column {header.strip()!r} appears twice in the header"
                + (f", also as {seen[name]!r}" if seen[name] != header.strip() else "")
                + ": remove or rename one of the two."
            )
        seen[name] = header.strip()


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
        is_plain = self.line in (0, self.number, self.number + 1)
        return f"row {self.number}" if is_plain else f"row {self.number} (line {self.line})"

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
        """The row under other column names: ``sources`` says for each of them where it comes from."""
        return replace(
            self,
            values={name: self.values[source] for name, source in sources.items() if source in self.values},
            labels={name: self.labels[source] for name, source in sources.items() if source in self.labels},
            nested={name: self.nested[source] for name, source in sources.items() if source in self.nested},
        )
