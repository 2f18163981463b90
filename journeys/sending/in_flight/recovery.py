"""Puts right what workers left that were killed: at most the one message that each was handing over stays unknown."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from journeys.models import MessageState
from journeys.sending import switches
from journeys.sending.in_flight.marking import SettledMessage, settle_and_mark
from journeys.sending.in_flight.notes import NotedHandOvers, UnreadableNote, notes_of_the_dead

logger = logging.getLogger(__name__)


def recover(now: datetime) -> None:
    """Settle what this machine's dead workers have noted, and remove their notes.

    The messages of a note that doesn't count become unknown when their lease ends, all that were marked.
    """
    with notes_of_the_dead() as paths:
        for path in paths:
            try:
                noted = NotedHandOvers.read(path.read_bytes())
            except UnreadableNote as error:
                logger.warning("The note of hand-overs %s is damaged: %s", path.name, error)
                noted = NotedHandOvers()
            # Before anything is planned again: a database from before it would send it once more.
            if noted.last_taken_id is not None:
                switches.remember_sent(noted.last_taken_id)
            if noted.is_of_this_start:
                settle_and_mark(list(settled_messages(noted)), (), now)
            path.unlink(missing_ok=True)


def settled_messages(noted: NotedHandOvers) -> Iterator[SettledMessage]:
    """Say of each marked message what the note says came of it."""
    for claim in noted.claims:
        taken = noted.taken.get(claim)
        if taken is not None:
            at = datetime.fromtimestamp(taken.at, UTC)
            yield SettledMessage(claim, MessageState.SENT, taken.provider_id, at)
        elif claim in noted.begun:
            yield SettledMessage(claim, MessageState.UNKNOWN)
        else:
            yield SettledMessage(claim, MessageState.PLANNED)
