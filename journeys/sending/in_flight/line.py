"""Messages on their way by one transport: one in flight, the rest of its group marked, and the next one written.

Groups grow while the server is quick, since each costs a commit, and stay small where it is slow: what a group was
marked for holds for ``FRESH``, so that an opt-out, a pause or the switch stops all that begins later.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from journeys.models import MessageState
from journeys.sending.composing import OutgoingMail
from journeys.sending.in_flight.marking import SettledMessage, settle_and_mark, unmark
from journeys.sending.in_flight.notes import ClaimedMessage, HandOverNote
from journeys.sending.in_flight.results import write_refusal
from journeys.sending.switches import remember_sent
from journeys.sending.transport import HandOver, Transport

logger = logging.getLogger(__name__)

FRESH = timedelta(milliseconds=250)
# What a worker that is killed leaves unknown at most, where its note is lost too: the machine went down, or its disk.
LARGEST_GROUP = 40
DATABASE_BACK_WITHIN_S = 120.0  # shorter than the lease, after which others give messages up as unknown
DATABASE_PAUSE_S = 0.5


class ServerAway(Exception):
    """Nobody answers where messages are handed over: all of them wait."""


class MailSource(Protocol):
    """Where messages come from: a worker's claimed batch."""

    def take(self, most: int) -> list[ClaimedMessage]:
        """Take the next messages that may go out."""

    def put_back(self, claims: Sequence[ClaimedMessage]) -> None:
        """Take messages back: they come first then."""

    def written(self, claim: ClaimedMessage) -> OutgoingMail | None:
        """Write a message; None where it can't be, which ends it."""

    def upcoming(self) -> ClaimedMessage | None:
        """Return the message that is likely to be taken next; None where that isn't known yet."""


class Line:
    """One worker's way to the server, with the note of what it hands over.

    ``group`` are the messages that are marked, or are being marked, and weren't begun. Where the database goes away
    while they are marked, nobody knows whether they are, but they certainly weren't handed over.
    """

    def __init__(self, transport: Transport) -> None:
        """Raise ``OSError`` where no note can be written."""
        self.transport = transport
        self.note = HandOverNote()
        self.group: deque[ClaimedMessage] = deque()
        self.in_flight: ClaimedMessage | None = None
        self.taken: list[SettledMessage] = []  # what the rows don't say yet
        self.refused: list[tuple[ClaimedMessage, HandOver]] = []
        self.group_size = 1
        self.sent = 0

    def send_all(self, source: MailSource) -> None:
        """Hand over one message after the other. Raises ``ServerAway``."""
        while claims := source.take(self.group_size):
            marked_at = self.mark(claims)
            begun = self.hand_over_group(source, marked_at)
            self.group_size = self.next_size(begun, timezone.now() - marked_at)
            if self.group:
                self.unmark_rest(source)

    def mark(self, claims: Sequence[ClaimedMessage]) -> datetime:
        """Write what came of the last group, and mark the next one; return as of when it may go out.

        One that may not go out any more stays claimed.
        """
        now = timezone.now()
        self.note.group(claims)  # before the rows say so, so that no marked message is without a note
        self.group = deque(claims)
        self.remember_last()
        marked = settle_and_mark(self.taken, claims, now)
        self.taken = []
        self.group = deque(claim for claim in claims if claim.message_id in marked)
        return now

    def next_size(self, begun: int, took: timedelta) -> int:
        """Return how many to mark next, after so many: more where they took little time, else as many as went out."""
        if 2 * took <= FRESH:
            return min(2 * max(1, begun), LARGEST_GROUP)
        return max(1, begun)

    def hand_over_group(self, source: MailSource, marked_at: datetime) -> int:
        """Hand over the group's messages while it is fresh, at least one; return how many. Raises ``ServerAway``."""
        begun = 0
        while self.group:
            if begun and timezone.now() - marked_at > FRESH:
                break
            mail = source.written(self.group[0])
            if mail is None:
                self.group.popleft()
                continue
            self.begin(mail)
            self.write_ahead(source)
            self.finish()
            begun += 1
        return begun

    def begin(self, mail: OutgoingMail) -> None:
        """Begin to hand over the first message of the group."""
        self.note.begun(self.group[0])
        self.in_flight = self.group.popleft()
        self.transport.start(mail)

    def write_ahead(self, source: MailSource) -> None:
        """Write the message that comes next, while the server looks at the one in flight."""
        claim = source.upcoming()
        if self.group:
            claim = self.group[0]
        if claim is None:
            return
        mail = source.written(claim)
        if mail is not None:
            self.transport.prepare(mail)

    def finish(self) -> None:
        """Wait for the word on the message in flight, where there is one. Raises ``ServerAway``."""
        if self.in_flight is None:
            return
        claim, self.in_flight = self.in_flight, None
        result = self.transport.finish()
        self.sent += 1
        if result.state == MessageState.SENT:
            at = timezone.now()
            self.taken.append(SettledMessage(claim, MessageState.SENT, result.provider_id, at))
            self.note.taken(claim, result.provider_id, at.timestamp())
            return
        self.refused.append((claim, result))
        self.note.refused(claim)
        self.write_refusals()
        if result.is_server_away:
            raise ServerAway

    def unmark_rest(self, source: MailSource) -> None:
        """Take back the marks of what wasn't begun in time."""
        rest = list(self.group)
        unmark(rest)
        self.group.clear()
        source.put_back(rest)

    def settle(self) -> None:
        """Wait for the last message, and write all that only this worker knows. Raises what the database raises."""
        try:
            self.finish()
        except ServerAway:
            logger.warning("The mail server for messages went away.")
        when_database_is_there(self.write_down)
        self.note.clear()

    def write_down(self) -> None:
        """Write what isn't written yet; what was marked and not begun is planned again."""
        self.remember_last()
        never_begun = [SettledMessage(claim, MessageState.PLANNED) for claim in self.group]
        settle_and_mark([*self.taken, *never_begun], (), timezone.now())
        self.write_refusals()
        self.taken = []
        self.group.clear()

    def write_refusals(self) -> None:
        """Write what came of messages that the server didn't take."""
        while self.refused:
            claim, result = self.refused[-1]
            write_refusal(claim, result, timezone.now())
            self.refused.pop()

    def remember_last(self) -> None:
        """Remember outside the database what was sent last, before the rows say so."""
        if self.taken:
            remember_sent(self.taken[-1].claim.message_id)

    def close(self) -> None:
        """End the note, and the connection; what the database couldn't be told stays in the note."""
        is_settled = not (self.taken or self.refused or self.group or self.in_flight)
        self.note.close(is_settled=is_settled)
        self.transport.close()


def when_database_is_there(write: Callable[[], None]) -> None:
    """Write what only this worker knows; where the database is away, as after a crash, as soon as it is back.

    Raises what the database raises where it stays away.
    """
    deadline = time.monotonic() + DATABASE_BACK_WITHIN_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(DATABASE_PAUSE_S)
