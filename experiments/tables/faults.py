"""What is wrong with a file or with one of its rows, in words for whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ERRORS_KEPT = 20
SHOWN = 40


class BadFile(ValueError):
    """The file can't be imported as asked; the message says what to change."""


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
        """The kept errors, one a line, and how many more there are."""
        more = [f"and {self.bad_rows - len(self.errors)} more"] if self.bad_rows > len(self.errors) else []
        return "\n".join(f"  {line}" for line in self.errors + more)

    def refuse(self) -> None:
        """Raise ``BadFile`` where a row is bad."""
        if self.bad_rows:
            noun = "row is" if self.bad_rows == 1 else "rows are"
            notes = "".join(f"\n{note}" for note in self.notes)
            raise BadFile(
                f"Nothing was imported: {self.bad_rows} {noun} bad. Correct the file or add --skip-bad-rows.\n"
                + self.error_text()
                + notes
            )


def shown(value: str) -> str:
    """What was read, in quotation marks, cut where it is long."""
    return repr(value if len(value) <= SHOWN else f"{value[: SHOWN - 3]}...")
