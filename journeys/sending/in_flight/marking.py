"""Marks messages as being sent, and writes what came of those before: by the group, one commit for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db import connection

from experiments.sql_files import read_sql
from journeys.models import CustomerMessage, MessageState
from journeys.sending import claiming
from journeys.sending.in_flight.notes import ClaimedMessage

SETTLE_AND_MARK = read_sql(__file__, "settle_and_mark")
LONGEST_PROVIDER_ID = 200


@dataclass(frozen=True, slots=True)
class SettledMessage:
    """What came of a marked message: ``at`` and ``provider_id`` are of one that was sent."""

    claim: ClaimedMessage
    state: MessageState
    provider_id: str = ""
    at: datetime | None = None


def settle_and_mark(settled: Sequence[SettledMessage], claims: Sequence[ClaimedMessage], now: datetime) -> set[int]:
    """Settle messages, and mark claimed ones as being sent; return the IDs of those that may be handed over.

    The commit must be on the disk before the first of them is handed over (``synchronous_commit`` stays as it is): a
    database that had lost the mark in a crash would have them sent once more.
    """
    parameters = {
        "ids": [message.claim.message_id for message in settled],
        "attempts": [message.claim.attempt for message in settled],
        "states": [message.state.value for message in settled],
        "provider_ids": [message.provider_id[:LONGEST_PROVIDER_ID] for message in settled],
        "times": list(map(attrgetter("at"), settled)),
        "next_ids": [claim.message_id for claim in claims],
        "next_attempts": [claim.attempt for claim in claims],
        "now": now,
        "until": now + claiming.LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLE_AND_MARK, parameters)  # type: ignore[arg-type]
        return {message_id for (message_id,) in cursor.fetchall()}


def unmark(claims: Sequence[ClaimedMessage], state: MessageState) -> None:
    """Take back the mark of messages that certainly weren't handed over: they are claimed still, or planned again."""
    marked = CustomerMessage.objects.filter(pk__in=[claim.message_id for claim in claims], state=MessageState.SENDING)
    if state == MessageState.CLAIMED:
        marked.update(state=state)
    else:
        marked.update(state=state, claimed_until=None)
