"""A file as a table: what kind it is, what its columns are called, and its rows."""

import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

from experiments.tables.delimited import SEPARATORS, open_delimited
from experiments.tables.encoding import recognize
from experiments.tables.faults import BadFile, BadRow
from experiments.tables.json_rows import read_objects
from experiments.tables.limits import COMMAND, Limits, unpacked
from experiments.tables.row import COMMA, POINT, Row, column_name, refuse_repeated
from experiments.tables.xml_rows import read_items

CSV, JSON, XML = "csv", "json", "xml"
SNIFFED = 4_096

Found = tuple[int, Mapping[str, Any] | BadRow]


@dataclass(slots=True)
class Table:
    """A file whose header was read. ``headers`` are the file's names by column name, None where each row has its own.

    ``notes`` say what was recognized that its maker may not know. ``rows`` can be read once.
    """

    kind: str
    headers: dict[str, str] | None
    decimal: str
    rows: Iterator[Row]
    notes: list[str] = field(default_factory=list)

    def has(self, *columns: str) -> bool:
        """Whether the header names all of the columns."""
        return self.headers is not None and all(column in self.headers for column in columns)

    def require(self, columns: Sequence[str]) -> None:
        """Raise ``BadFile`` where the header lacks one of the columns."""
        missing = [column for column in columns if self.headers is not None and column_name(column) not in self.headers]
        if missing:
            there = ", ".join(filter(None, (self.headers or {}).values()))
            raise BadFile(
                f"The file has no column {missing[0]!r}; its columns are {there}. Rename one, or say which it is with "
                "--column."
            )


def open_table(
    file: BinaryIO,
    *,
    known: Collection[str] = (),
    takes: Collection[str] = (CSV,),
    decimal: str | None = None,
    limits: Limits = COMMAND,
) -> Table:
    """Open a file, packed with gzip or not, as a table.

    ``known`` are column names that help to tell the separator, ``takes`` the kinds of file that are understood, and
    ``decimal`` the sign before decimals where the caller says it: by default a comma where semicolons separate columns,
    else a point. Raises ``BadFile``; so does reading the rows.
    """
    encoding = recognize(unpacked(file, limits))
    head = text_of_file(file, encoding.name, limits).read(SNIFFED)
    start = head.lstrip()[:1]
    notes = [encoding.note] if encoding.note else []
    if start in ("[", "{") and JSON in takes:
        values = json_values(read_objects(text_of_file(file, encoding.name, limits), head, limits))
        return Table(JSON, None, POINT, numbered(values, limits, POINT), notes)
    if start == "<" and XML in takes:
        found: Iterator[Found] = ((0, item) for item in read_items(unpacked(file, limits), limits))
        return Table(XML, None, decimal or POINT, numbered(found, limits, decimal or POINT), [])
    delimited = open_delimited(text_of_file(file, encoding.name, limits), known, limits)
    sign = decimal or (COMMA if delimited.separator == ";" else POINT)
    if delimited.separator != ",":
        name = SEPARATORS.get(delimited.separator, repr(delimited.separator))
        said = "comma" if sign == COMMA else "point"
        notes.append(f"The file's columns are separated by {name}; the decimal sign is a {said}.")
    headers = {column_name(header): header for header in delimited.headers if header}
    rows = numbered(delimited.rows(limits), limits, sign, headers)
    return Table(CSV, headers, sign, rows, notes)


def text_of_file(file: BinaryIO, encoding: str, limits: Limits) -> io.TextIOWrapper:
    """The file's text from its beginning; what was opened of it before must not be read on."""
    return io.TextIOWrapper(unpacked(file, limits), encoding=encoding, newline="")


def json_values(objects: Iterator[Found]) -> Iterator[Found]:
    """The objects with their lines; one that names a column in two ways is bad."""
    for line, value in objects:
        if isinstance(value, BadRow):
            yield line, value
            continue
        try:
            refuse_repeated(value)
        except BadFile as error:
            yield line, BadRow(str(error))
        else:
            yield line, value


def numbered(
    found: Iterator[Found], limits: Limits, decimal: str, headers: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """Rows with their numbers; raises ``BadFile`` beyond the limit of rows."""
    build: Callable[..., Row] = partial(Row, decimal=decimal)
    for number, (line, values) in enumerate(found, start=1):
        if number > limits.rows:
            raise BadFile(f"The file has more than {limits.rows:,} rows, which is the limit: split it into parts.")
        if isinstance(values, BadRow):
            yield build(number, line, values.values, headers or {}, fault=values)
        elif headers is not None:
            yield build(number, line, values, headers)
        else:
            yield named_row(build, number, line, values, limits)


def named_row(build: Callable[..., Row], number: int, line: int, values: Mapping[str, Any], limits: Limits) -> Row:
    """A row that brings its own names, from JSON or XML."""
    nested = {column_name(name): value for name, value in values.items() if isinstance(value, list | dict)}
    texts = {column_name(name): text_of(value) for name, value in values.items() if not isinstance(value, list | dict)}
    labels = {column_name(name): name for name in values}
    if any(len(value) > limits.cell for value in texts.values()):
        return build(number, line, fault=BadRow(f"has a value of more than {limits.cell:,} characters: shorten it"))
    return build(number, line, texts, labels, nested=nested)


def text_of(value: Any) -> str:
    """A JSON value as a cell has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
