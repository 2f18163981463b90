"""How somebody wants a file to be read: on the page that imports, or by the command's options."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.tables import COMMAND, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """How to read a file.

    ``headers`` say which of our columns a column of the file is; ``decimal`` is the sign before decimals, recognized
    where it is None; ``limits`` are how much a file may hold, by default what a command takes. ``actor`` is who imports
    it, for the audit trail.
    """

    is_skipping_bad_rows: bool = False
    headers: Mapping[str, str] | None = None
    decimal: str | None = None
    limits: Limits = COMMAND
    actor: str = ""


DEFAULT = FileOptions()
