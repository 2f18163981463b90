"""What is wrong with a file or with one of its rows, in words for whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

ERRORS_KEPT = 20  # what fits on a page; a file with a wrong column has as many as rows
SHOWN = 40  # characters of a bad value, which may be a whole description


class BadFile(ValueError):
    """The file can't be imported as asked; the message says what to change.

    ``option`` is what helps where a command reads the file; a page has fields of its own.
    """

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        self.option = option

    def for_command(self) -> str:
        """Return the message, and the option that helps."""
        if not self.option:
            return str(self)
        return f"{self}\nOption: {self.option}"


class BadRow(ValueError):
    """A row can't be imported; the message names the column, what was read, and what to do.

    ``values`` are what was read of it all the same, where its cells don't fit the header.
    """

    def __init__(self, message: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.values = values or {}


@dataclass(slots=True, kw_only=True)
class RowErrors:
    """How many rows are bad; ``errors`` are the first of them, in words. ``notes`` say how the file was read."""

    bad_rows: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add_error(self, where: str, error: BadRow) -> None:
        """Count a bad row and keep its reason where few are known yet."""
        self.bad_rows += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(f"{where}: {error}")

    def error_text(self) -> str:
        """Return the kept errors, one a line, and how many more there are."""
        lines = list(self.errors)
        hidden = self.bad_rows - len(self.errors)
        if hidden > 0:
            lines.append(_("and {count} more").format(count=hidden))
        return "\n".join(f"  {line}" for line in lines)

    def refuse(self) -> None:
        """Raise ``BadFile`` where a row is bad."""
        if not self.bad_rows:
            return
        summary = ngettext(
            "Nothing was imported: {count} row has an error. Correct the file, or skip the rows with errors.",
            "Nothing was imported: {count} rows have errors. Correct the file, or skip the rows with errors.",
            self.bad_rows,
        ).format(count=self.bad_rows)
        # The notes too: a wrong separator or decimal sign makes every row bad.
        raise BadFile("\n".join([summary, self.error_text(), *self.notes]), option="--skip-bad-rows")


def shown(value: str) -> str:
    """Return what was read, in quotation marks, cut where it is long."""
    if len(value) > SHOWN:
        value = f"{value[: SHOWN - 3]}..."
    return repr(value)
