"""How much a file may hold, and streams that stop there.

A gzip of 0.4 MB can unpack to 400 MB, so nothing is unpacked whole: the bytes are counted while they are read.
"""

import gzip
import io
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import formatting
from experiments.tables.faults import BadFile

GZIP = b"\x1f\x8b"
KNOWN_STARTS = {
    b"PK\x03\x04": gettext_lazy(
        "a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV UTF-8, and import that"
    ),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an old Excel workbook: save the sheet as CSV UTF-8, and import that"),
    b"%PDF": gettext_lazy("a PDF: export a CSV instead"),
    b"BZh": gettext_lazy("compressed with bzip2: unpack it, or compress it with gzip"),
    b"\xfd7zXZ": gettext_lazy("compressed with xz: unpack it, or compress it with gzip"),
    b"\x28\xb5\x2f\xfd": gettext_lazy("compressed with zstd: unpack it, or compress it with gzip"),
}
FREE_BYTES = 20_000_000  # that any gzip may unpack to, however small it is
MAX_RATIO = 100  # tables pack to a tenth, those with many empty columns to a thirtieth


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may hold: bytes when unpacked, rows, columns, and characters of a cell and of a whole row."""

    unpacked_bytes: int
    rows: int
    columns: int = 2_000  # WooCommerce writes one for each kind of meta data
    cell: int = 131_072  # a description in MySQL's TEXT has 65,535 bytes at most
    record: int = 1_000_000


UPLOAD = Limits(unpacked_bytes=100_000_000, rows=200_000)  # read while a browser waits
COMMAND = Limits(unpacked_bytes=2_000_000_000, rows=5_000_000)


class CountedStream(io.RawIOBase):
    """Reads another stream, and raises ``BadFile`` beyond so many bytes or where it can't be unpacked."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        super().__init__()
        self.source, self.limit, self.count = source, limit, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next."""
        view = memoryview(buffer).cast("B")
        try:
            chunk = self.source.read(len(view))
        except (EOFError, OSError, zlib.error) as error:
            raise BadFile(
                _("The file can't be unpacked: {error}. It may have been cut off; export it again.").format(error=error)
            ) from error
        self.count += len(chunk)
        # Counted as it is read: by the time a whole file were unpacked, the memory would be gone.
        if self.count > self.limit:
            megabytes = formatting.count(self.limit / 1e6)
            raise BadFile(
                _("The file unpacks to more than {megabytes} MB, which is the limit: split it into parts.").format(
                    megabytes=megabytes
                )
            )
        view[: len(chunk)] = chunk
        return len(chunk)


def unpacked(file: BinaryIO, limits: Limits) -> io.BufferedReader:
    """The file's bytes from the beginning, unpacked where it is a gzip, which its first bytes tell.

    Raises ``BadFile`` for other archives and workbooks; reading raises it where the limit is reached.
    """
    file.seek(0)
    start = file.read(8)
    for magic, what in KNOWN_STARTS.items():
        if start.startswith(magic):
            raise BadFile(_("The file is {what}.").format(what=what))
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not start.startswith(GZIP):
        return io.BufferedReader(CountedStream(file, limits.unpacked_bytes))
    # A small gzip that unpacks to very much is no table, but made to fill memory or disk.
    limit = min(limits.unpacked_bytes, max(FREE_BYTES, MAX_RATIO * size))
    return io.BufferedReader(CountedStream(gzip.GzipFile(fileobj=file), limit))  # type: ignore[arg-type]
