"""What a worker hands over, noted in a file beside the database: a line before each message and one after it.

Messages are marked as being sent by the group, as each commit waits for the disk. Where a worker is killed, the
database alone would call its whole group unknown: the note says which of them it had begun. It is written to the
system's cache, which outlives the process and not the machine, so it counts until the machine is started anew.

A note is locked for as long as its worker lives. The system gives the lock back with the process, so that whoever gets
it knows that nobody hands over by this note any more.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
from django.conf import settings

FOLDER = "handing_over"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # Linux: another one after each start of the machine


class ClaimedMessage(NamedTuple):
    """A message as a worker has it: who claims it later has another ``attempt``."""

    message_id: int
    attempt: int


class GroupLine(msgspec.Struct, array_like=True, frozen=True, tag="group"):
    """A group is about to be marked."""

    boot_id: str
    claims: list[ClaimedMessage]


class BegunLine(msgspec.Struct, array_like=True, frozen=True, tag="begun"):
    """A message is about to be handed over."""

    claim: ClaimedMessage


class TakenLine(msgspec.Struct, array_like=True, frozen=True, tag="taken"):
    """The server took a message, ``at`` in seconds since 1970."""

    claim: ClaimedMessage
    provider_id: str
    at: float


class RefusedLine(msgspec.Struct, array_like=True, frozen=True, tag="refused"):
    """The server didn't take a message, or nobody knows; its row is about to say which."""

    claim: ClaimedMessage


NoteLine = GroupLine | BegunLine | TakenLine | RefusedLine
ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(NoteLine)


class UnreadableNote(ValueError):
    """A note with a damaged line: nothing in it counts."""


@dataclass(slots=True)
class NotedHandOvers:
    """What a note says: every message that was marked, those that were begun, and what the server said of them."""

    boot_ids: set[str] = field(default_factory=set)
    claims: dict[ClaimedMessage, None] = field(default_factory=dict)  # in their order
    begun: dict[ClaimedMessage, None] = field(default_factory=dict)
    taken: dict[ClaimedMessage, TakenLine] = field(default_factory=dict)
    refused: dict[ClaimedMessage, None] = field(default_factory=dict)

    @classmethod
    def read(cls, content: bytes) -> "NotedHandOvers":
        """Read a note. Raises ``UnreadableNote``."""
        noted = cls()
        # The last piece is empty, or a line that its writer was killed in: before it did what the line says.
        for line in content.split(b"\n")[:-1]:
            try:
                noted.add(DECODER.decode(line))
            except msgspec.DecodeError as error:
                raise UnreadableNote(str(error)) from error
        return noted

    def add(self, line: NoteLine) -> None:
        """Add what a line says."""
        if isinstance(line, GroupLine):
            self.boot_ids.add(line.boot_id)
            self.claims |= dict.fromkeys(line.claims)
        elif isinstance(line, BegunLine):
            self.begun[line.claim] = None
        elif isinstance(line, TakenLine):
            self.taken[line.claim] = line
        else:
            self.refused[line.claim] = None

    @property
    def last_taken_id(self) -> int | None:
        """The last message that the server took or may have taken; None where there is none."""
        for claim in reversed(self.begun):
            if claim not in self.refused:
                return claim.message_id
        return None

    @property
    def is_of_this_start(self) -> bool:
        """Whether the machine has run ever since, so that every line that was written is there."""
        current = boot_id()
        return bool(current) and self.boot_ids <= {current}


class HandOverNote:
    """The note of one worker, for as long as it sends."""

    def __init__(self) -> None:
        """Begin an empty note. Raises ``OSError``."""
        self.path, self.file = new_locked_file()
        self.boot_id = boot_id()

    def group(self, claims: Sequence[ClaimedMessage]) -> None:
        """Note which messages are about to be marked. Raises ``OSError``."""
        self.write(GroupLine(self.boot_id, list(claims)))

    def begun(self, claim: ClaimedMessage) -> None:
        """Note that a message is about to be handed over. Raises ``OSError``: then it mustn't be."""
        self.write(BegunLine(claim))

    def taken(self, claim: ClaimedMessage, provider_id: str, at: float) -> None:
        """Note that the server took a message. Raises ``OSError``."""
        self.write(TakenLine(claim, provider_id, at))

    def refused(self, claim: ClaimedMessage) -> None:
        """Note that the server has answered anything but yes. Raises ``OSError``."""
        self.write(RefusedLine(claim))

    def write(self, line: NoteLine) -> None:
        """Add a line, whole or with an error."""
        content = ENCODER.encode(line) + b"\n"
        # A full disk takes a part and says so only by the number.
        if os.write(self.file, content) != len(content):
            raise OSError(f"The note of hand-overs can't be written: {self.path}")

    def clear(self) -> None:
        """Forget what the database knows by now."""
        os.ftruncate(self.file, 0)

    def close(self, *, is_settled: bool) -> None:
        """End the note; one whose messages the database doesn't know all about stays, for ``recovery.py``."""
        if is_settled:
            self.path.unlink(missing_ok=True)
        os.close(self.file)


def new_locked_file() -> tuple[Path, int]:
    """Create a file and lock it."""
    folder().mkdir(mode=0o700, exist_ok=True)
    while True:
        path = folder() / f"{os.getpid()}-{secrets.token_hex(8)}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        # Somebody who looked for notes may have had the lock first, and have removed the file as a dead worker's.
        if os.fstat(file).st_nlink:
            return path, file
        os.close(file)


def folder() -> Path:
    """Return where the notes of this machine's workers are."""
    return Path(settings.DATA_DIR) / FOLDER


def boot_id() -> str:
    """Return what names this start of the machine; empty where the system doesn't say."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


@contextmanager
def notes_of_the_dead() -> Iterator[list[Path]]:
    """Give the notes whose workers are gone, locked for as long as the block."""
    files, paths = [], []
    try:
        for path in sorted(folder().glob("*-*")):
            file = locked_or_none(path)
            if file is not None:
                files.append(file)
                paths.append(path)
        yield paths
    finally:
        for file in files:
            os.close(file)


def locked_or_none(path: Path) -> int | None:
    """Lock a note; None where its worker lives, or somebody else has put it right."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    if os.fstat(file).st_nlink:
        return file
    os.close(file)
    return None
