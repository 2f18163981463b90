"""Reads a file of contacts or opt-outs: every row is checked before anything is stored, and good rows stay good."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from experiments.tables import COMMAND, BadRow, Limits, Table, open_table
from journeys.contact_files.rows import CONTACT_COLUMNS, NEEDED, OPT_OUT_COLUMNS, ListedOptOut, RowReader
from journeys.contacts.bulk import ListedContact
from journeys.models import ContactFileKind

ERRORS_KEPT = 100  # as many as somebody corrects before trying again; a file with a wrong column has as many as rows
COLUMNS = {ContactFileKind.CONTACTS: CONTACT_COLUMNS, ContactFileKind.OPT_OUTS: OPT_OUT_COLUMNS}
SAID_NOTHING = "nothing"  # rows of contacts without consent

Listed = ListedContact | ListedOptOut
Numbered = tuple[str, Listed | BadRow]


@dataclass(slots=True)
class CheckedRows:
    """What a check found: how many rows are good and bad, the first errors, and how many rows say what.

    ``counts`` are of the good rows by consent, or by the reason of the opt-out.
    """

    rows: int = 0
    bad_rows: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, where: str, row: Listed | BadRow) -> None:
        """Count a row."""
        if not isinstance(row, BadRow):
            self.rows += 1
            self.counts[counted_as(row)] += 1
            return
        self.bad_rows += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(f"{where}: {row}")


def counted_as(row: Listed) -> str:
    """Return what a row says: its consent, or why the address gets nothing more."""
    if isinstance(row, ListedOptOut):
        return row.reason
    return row.basis or SAID_NOTHING


def check_file(file: BinaryIO, kind: str, reader: RowReader, limits: Limits = COMMAND) -> CheckedRows:
    """Read the whole file and say what is in it. Raises ``BadFile`` where it isn't a table, or has no addresses."""
    table = opened(file, kind, limits)
    checked = CheckedRows(notes=notes_of(table, kind))
    for where, row in read_table(table, kind, reader):
        checked.add(where, row)
    return checked


def read_file(file: BinaryIO, kind: str, reader: RowReader, limits: Limits = COMMAND) -> Iterator[Numbered]:
    """Yield each row with where it stands: what it says, or what is wrong with it. Raises ``BadFile``."""
    yield from read_table(opened(file, kind, limits), kind, reader)


def opened(file: BinaryIO, kind: str, limits: Limits) -> Table:
    """Open the file at its header. Raises ``BadFile``."""
    table = open_table(file, known=COLUMNS[ContactFileKind(kind)], limits=limits)
    table.require(NEEDED)
    return table


def read_table(table: Table, kind: str, reader: RowReader) -> Iterator[Numbered]:
    """Yield the rows of a table that was opened."""
    read = reader.opt_out if kind == ContactFileKind.OPT_OUTS else reader.contact
    for row in table.rows:
        try:
            yield row.where, read(row)
        except BadRow as error:
            yield row.where, error


def notes_of(table: Table, kind: str) -> list[str]:
    """Say how the file was read, and which of its columns nobody reads: one of them may be misspelled."""
    known = COLUMNS[ContactFileKind(kind)]
    unused = []
    for name, header in (table.headers or {}).items():
        if name not in known:
            unused.append(header)
    if not unused:
        return table.notes
    return [*table.notes, _("Columns that aren't used: {columns}.").format(columns=", ".join(unused))]
