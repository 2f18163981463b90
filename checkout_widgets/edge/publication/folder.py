"""A published configuration as files: what the worker writes, and the copy that an edge keeps.

``index``, and ``stores/<id>-<digest>`` for each document. Any static server, or a bucket that a sync fills, can serve
the folder. Every file comes to be whole (a rename), the documents before the index that names them.
"""

import fcntl
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from checkout_widgets.edge.publication.index import INDEX_NAME, MAX_DOCUMENT_BYTES, MAX_INDEX_BYTES, Index

DOCUMENT_NAME = re.compile(r"stores/[0-9]{1,19}-[0-9a-f]{32}")
# For whoever still reads the index before: a slow edge, or a bucket that is filled once in a while.
KEEP_UNNAMED_S = 3600.0


class Unreadable(Exception):
    """A place of the configuration that can't be read now; the message says why."""


class IndexFile(NamedTuple):
    """An index as it was read, and what it is asked for by, to hear whether it is another one now."""

    sealed: bytes
    etag: str


class ConfigurationFolder:
    """A folder with a published configuration, or one to be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_index(self, etag: str = "") -> IndexFile | None:
        """Return the index; None where it is still the one of this tag. Raises ``Unreadable``."""
        file = self.path / INDEX_NAME
        try:
            status = file.stat()
            found = f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
            if found == etag:
                return None
            return IndexFile(read_at_most(file, MAX_INDEX_BYTES), found)
        except OSError as error:
            raise Unreadable(f"{file} can't be read: {error.strerror}") from error

    def read_document(self, name: str) -> bytes:
        """Return the file of a document. Raises ``Unreadable``."""
        if not DOCUMENT_NAME.fullmatch(name):
            raise Unreadable("There is no document of that name.")
        try:
            return read_at_most(self.path / name, MAX_DOCUMENT_BYTES)
        except OSError as error:
            raise Unreadable(f"{self.path / name} can't be read: {error.strerror}") from error

    def has_document(self, name: str) -> bool:
        """Return whether the file of a document is there."""
        return (self.path / name).is_file()

    def write_document(self, name: str, sealed: bytes) -> None:
        """Write the file of a document. Raises ``OSError``."""
        write_whole(self.path / name, sealed)

    def write_index(self, sealed: bytes) -> None:
        """Write the index, of a later second than the one before. Raises ``OSError``.

        Static servers make their tags of the second and the size alone: two indexes of one second would be one to them.
        """
        file = self.path / INDEX_NAME
        second = int(time.time())
        with suppress(FileNotFoundError):
            second = max(second, int(file.stat().st_mtime) + 1)
        write_whole(file, sealed, second=second)

    def forget_unnamed(self, before: Index | None, index: Index) -> None:
        """Delete the documents that no index has named for a while, and drafts that a killed process left.

        ``before`` is the index that this one replaces: the time of those that only it names begins now.
        """
        named = {store.file_name for store in index.stores}
        if before is not None:
            self.note_end_of({store.file_name for store in before.stores} - named)
        long_ago = time.time() - KEEP_UNNAMED_S
        for file in (self.path / "stores").glob("*"):
            if f"stores/{file.name}" in named:
                continue
            with suppress(FileNotFoundError):  # another process tidies up as well
                if file.stat().st_mtime < long_ago:
                    file.unlink()

    def note_end_of(self, file_names: Iterable[str]) -> None:
        """Date documents that are named no more, so that edges which still read an older index find them a while."""
        for name in file_names:
            with suppress(FileNotFoundError):
                os.utime(self.path / name)

    @contextmanager
    def only_writer(self) -> Iterator[bool]:
        """Give True while no other process has said so of this folder; the lock ends with the process that holds it."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def read_at_most(file: Path, most_bytes: int) -> bytes:
    """Return what a file holds. Raises ``OSError``, and ``Unreadable`` where that is more than anybody publishes."""
    with file.open("rb") as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Unreadable(f"{file} has more than {most_bytes} bytes.")
    return content


def write_whole(file: Path, content: bytes, *, second: int | None = None) -> None:
    """Write a file that nobody sees half of, and that is there after a power cut. Raises ``OSError``.

    ``second`` is the time that the file gets, in Unix seconds; without it, now.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if second is not None:
            os.utime(draft, (second, second))
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
