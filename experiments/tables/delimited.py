"""CSV and its relatives: which separator, which rows, and what is wrong with which of them."""

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import formatting
from experiments.tables.faults import BadFile, BadRow
from experiments.tables.limits import Limits
from experiments.tables.row import column_name, refuse_repeated

SEPARATORS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars"),
}
SEPARATOR_LINE = re.compile(r'"?sep=([^"\w\s]|\t)"?', re.IGNORECASE)
HEADER_LINES = 20  # in which the header must end
MAX_BROKEN = 1_000  # rows whose quotation marks don't match; more is no CSV


class TooLong(ValueError):
    """A row has more characters than are read."""


@dataclass(slots=True)
class Lines:
    """The lines of a text, some of which can be put back; never more of them in memory than a row may have."""

    text: TextIO
    limit: int
    number: int = 0  # of the line handed out last
    waiting: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.next_line()
        if not line:
            raise StopIteration
        if len(line) > self.limit:
            raise BadFile(
                _("Line {line} has more than {limit} characters, which is the limit.").format(
                    line=self.number + 1, limit=formatting.count(self.limit)
                )
            )
        self.number += 1
        self.size += len(line)
        self.taken.append(line)
        if self.size > self.limit:
            raise TooLong(_("is longer than {limit} characters").format(limit=formatting.count(self.limit)))
        return line

    def next_line(self) -> str:
        """Return what was put back, else the text's next line; empty at its end."""
        if self.waiting:
            return self.waiting.popleft()
        # One character more than a row may have: enough to tell that it is too long, without reading it whole.
        return self.text.readline(self.limit + 1)

    def start_row(self) -> None:
        """Forget the lines of the row before."""
        self.taken.clear()
        self.size = 0

    def put_back(self, kept: int) -> None:
        """Hand out again what was taken for this row, but for its first ``kept`` lines."""
        again = self.taken[kept:]
        self.waiting.extendleft(reversed(again))
        self.number -= len(again)
        del self.taken[kept:]


@dataclass(slots=True)
class DelimitedText:
    """A header and what stands below it."""

    lines: Lines
    separator: str
    headers: list[str]

    def rows(self, limits: Limits) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
        """Each row's line with its values by column; blank rows are left out. Raises ``BadFile``."""
        names = [column_name(header) for header in self.headers]
        for line, cells in records(self.lines, self.separator):
            if isinstance(cells, BadRow):
                yield line, cells
            elif not is_blank(cells):
                yield line, self.by_name(names, cells, limits)

    def by_name(self, names: list[str], cells: list[str], limits: Limits) -> dict[str, str] | BadRow:
        """Return a row's values, or what is wrong with it; empty cells beyond the header are nothing."""
        # Spreadsheets write separators up to the widest row of the sheet.
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        values = {name: cell for name, cell in zip(names, cells, strict=False) if name}
        if len(cells) != len(names):
            message = _(
                "has {count} values, the header has {columns}: put values that contain a separator or a line "
                "break into quotation marks"
            )
            return BadRow(message.format(count=len(cells), columns=len(names)), values)
        if max(map(len, cells)) > limits.cell:
            message = _("has a cell of more than {limit} characters: shorten it")
            return BadRow(message.format(limit=formatting.count(limits.cell)), values)
        return values


def open_delimited(text: TextIO, known: Collection[str], limits: Limits) -> DelimitedText:
    """Read the header of a text, and find the separator by it. ``known`` are names that columns may have.

    Raises ``BadFile`` for a file without a header, one with a name that stands twice, or too many columns.
    """
    lines = Lines(text, limits.record)
    separator = separator_line(lines)
    if separator is None:
        separator = separator_of(lines, known)
    for _line, cells in records(lines, separator):
        if isinstance(cells, BadRow):
            raise BadFile(_("The header can't be read: it {reason}.").format(reason=cells))
        if not is_blank(cells):
            check_header(cells, limits)
            return DelimitedText(lines, separator, [cell.strip() for cell in cells])
    raise BadFile(_("The file is empty: its first row must name the columns."))


def is_blank(cells: list[str]) -> bool:
    """Whether nothing stands in the row."""
    return not "".join(cells).strip()


def check_header(headers: list[str], limits: Limits) -> None:
    """Raise ``BadFile`` where the header can't be one."""
    if len(headers) > limits.columns:
        raise BadFile(
            _("The file has {count} columns; the limit is {limit}: remove the others.").format(
                count=formatting.count(len(headers)), limit=formatting.count(limits.columns)
            )
        )
    refuse_repeated(headers)


def separator_name(separator: str) -> str:
    """Return what the separators of a file are called; the sign itself for one that only its first line names."""
    return str(SEPARATORS.get(separator, repr(separator)))


def separator_line(lines: Lines) -> str | None:
    """The separator that the first line names, as spreadsheets understand it: ``sep=;``."""
    lines.start_row()
    try:
        first = next(lines)
    except StopIteration:
        return None
    named = SEPARATOR_LINE.fullmatch(first.rstrip("\r\n"))
    if named:
        return named[1]
    lines.put_back(0)
    return None


def separator_of(lines: Lines, known: Collection[str]) -> str:
    """The separator that makes most known columns of the header, and then most columns."""
    head = first_lines(lines)

    def promise(separator: str) -> tuple[int, int]:
        for cells in csv.reader(head, delimiter=separator):
            if not is_blank(cells):
                names = set(map(column_name, cells))
                return len(names & set(known)), len(cells)
        return 0, 0

    try:
        return max(SEPARATORS, key=promise)
    except csv.Error:
        return ","  # the header can't be split at all, which reading it says in words


def first_lines(lines: Lines) -> list[str]:
    """Return the lines in which a header must be, which are handed out again."""
    lines.start_row()
    try:
        head = list(islice(lines, HEADER_LINES))
    except TooLong:
        head = list(lines.taken)
    lines.put_back(0)
    return head


def records(lines: Lines, separator: str) -> Iterator[tuple[int, list[str] | BadRow]]:
    """The cells of each row with the line that it begins on.

    A quotation mark that is never closed swallows what follows. So where a row can't be read, only its first line is
    given up, and reading goes on with the next: a bad row costs no good one.
    """
    reader, broken = csv.reader(lines, delimiter=separator, strict=True), 0
    while True:
        lines.start_row()
        line = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, TooLong) as error:
            broken += 1
            if broken > MAX_BROKEN:
                raise BadFile(
                    _("More than {count} rows can't be read; the last is line {line}.").format(
                        count=formatting.count(MAX_BROKEN), line=line
                    )
                ) from error
            lines.put_back(1)
            yield line, BadRow(reason(error))
        else:
            yield line, cells


def reason(error: Exception) -> str:
    """Why a row can't be split, and what to do."""
    if isinstance(error, TooLong) or "field limit" in str(error):
        return _(
            "is too long, or has a quotation mark that is never closed: double the mark where it belongs to a value"
        )
    return _('has a quotation mark that doesn\'t match: double it where it belongs to a value, as in 5"" pan')
