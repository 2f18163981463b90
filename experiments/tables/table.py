"""A file as a table: what kind it is, what its columns are called, and its rows."""

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from experiments import formatting
from experiments.tables.delimited import DelimitedText, open_delimited, separator_name
from experiments.tables.encoding import recognize
from experiments.tables.faults import BadFile, BadRow
from experiments.tables.json_rows import read_objects
from experiments.tables.limits import COMMAND, Limits, unpacked
from experiments.tables.row import COMMA, POINT, Row, column_name, refuse_repeated
from experiments.tables.xml_rows import read_items

CSV, JSON, XML = "csv", "json", "xml"
SNIFFED = 4_096  # characters by which JSON and XML are told: behind any spaces that a file begins with

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
        return self.headers is not None and self.headers.keys() >= set(columns)

    def require(self, columns: Sequence[str]) -> None:
        """Raise ``BadFile`` where the header lacks one of the columns."""
        if self.headers is None:
            return
        for column in columns:
            if column_name(column) not in self.headers:
                raise BadFile(
                    _("The file has no column {column}; its columns are {columns}. Rename one of them.").format(
                        column=repr(column), columns=", ".join(filter(None, self.headers.values()))
                    ),
                    option="--column",
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
    notes = [encoding.note] if encoding.note else []
    head = text_of_file(file, encoding.name, limits).read(SNIFFED)
    start = head.lstrip()[:1]
    if start in ("[", "{") and JSON in takes:
        text = text_of_file(file, encoding.name, limits)
        objects = json_values(read_objects(text, head, limits))
        # Numbers in JSON have a point, whatever sign the caller's other files have.
        return Table(JSON, None, POINT, numbered(objects, limits, POINT), notes)
    if start == "<" and XML in takes:
        sign = decimal or POINT
        items = without_lines(read_items(unpacked(file, limits), limits))
        return Table(XML, None, sign, numbered(items, limits, sign))
    delimited = open_delimited(text_of_file(file, encoding.name, limits), known, limits)
    return delimited_table(delimited, decimal, limits, notes)


def delimited_table(delimited: DelimitedText, decimal: str | None, limits: Limits, notes: list[str]) -> Table:
    """Return a text with separators as a table, with a note where these aren't commas."""
    sign = decimal or usual_decimal(delimited.separator)
    if delimited.separator != ",":
        notes = [*notes, separator_note(delimited.separator, sign)]
    headers = {column_name(header): header for header in delimited.headers if header}
    rows = numbered(delimited.rows(limits), limits, sign, headers)
    return Table(CSV, headers, sign, rows, notes)


def usual_decimal(separator: str) -> str:
    """Return the decimal sign that spreadsheets write beside a separator: a comma where commas can't separate."""
    if separator == ";":
        return COMMA
    return POINT


def separator_note(separator: str, decimal: str) -> str:
    """Return what to tell whoever imports the file, who may see numbers that were read in another way than meant."""
    if decimal == COMMA:
        note = _("The file's columns are separated by {separator}; the decimal sign is a comma.")
    else:
        note = _("The file's columns are separated by {separator}; the decimal sign is a point.")
    return note.format(separator=separator_name(separator))


def text_of_file(file: BinaryIO, encoding: str, limits: Limits) -> io.TextIOWrapper:
    """Return the file's text from its beginning; what was opened of it before must not be read on."""
    return io.TextIOWrapper(unpacked(file, limits), encoding=encoding, newline="")


def without_lines(items: Iterator[Mapping[str, Any] | BadRow]) -> Iterator[Found]:
    """Yield the items of a file that has no lines to speak of."""
    for item in items:
        yield 0, item


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
    """Yield rows with their numbers; raises ``BadFile`` beyond the limit of rows."""
    for number, (line, values) in enumerate(found, start=1):
        if number > limits.rows:
            raise BadFile(
                _("The file has more than {rows} rows, which is the limit: split it into parts.").format(
                    rows=formatting.count(limits.rows)
                )
            )
        row = Row(number, line, decimal=decimal)
        if isinstance(values, BadRow):
            yield replace(row, values=values.values, labels=headers or {}, fault=values)
        elif headers is not None:
            yield replace(row, values=values, labels=headers)
        else:
            yield with_own_names(row, values, limits)


def with_own_names(row: Row, values: Mapping[str, Any], limits: Limits) -> Row:
    """Return the row with values that bring their names, from JSON or XML."""
    texts, labels, nested = {}, {}, {}
    for name, value in values.items():
        column = column_name(name)
        labels[column] = name
        if isinstance(value, list | dict):
            nested[column] = value
            continue
        texts[column] = text_of(value)
        if len(texts[column]) > limits.cell:
            message = _("has a value of more than {limit} characters: shorten it").format(
                limit=formatting.count(limits.cell)
            )
            return replace(row, fault=BadRow(message))
    return replace(row, values=texts, labels=labels, nested=nested)


def text_of(value: Any) -> str:
    """Return a JSON value as a cell has it."""
    if value is None:
        return ""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return str(value)
