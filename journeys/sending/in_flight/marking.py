"""Marks messages as being sent, and writes what came of those before: by the group, one commit for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from experiments.sql_files import read_sql
from journeys.models import MessageState
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
    """Write what came of messages, and mark claimed ones as being sent; return the IDs of those that may go out.

    Both in one statement, and so with one commit, whose wait for the disk is what a message costs most.

    The commit must be on the disk before the first of them is handed over (``synchronous_commit`` stays as it is): a
    database that had lost the mark in a crash would have them sent once more.
    """
    parameters: dict[str, Any] = {"now": now, "until": now + claiming.LEASE}
    parameters |= settled_columns(settled) | claimed_columns(claims)
    with connection.cursor() as cursor:
        cursor.execute(SETTLE_AND_MARK, parameters)
        return {message_id for (message_id,) in cursor.fetchall()}


def settled_columns(settled: Sequence[SettledMessage]) -> dict[str, list[Any]]:
    """Return the statement's columns of settled messages, a list each: PostgreSQL makes rows of them again."""
    columns: dict[str, list[Any]] = {"ids": [], "attempts": [], "states": [], "provider_ids": [], "times": []}
    for message in settled:
        columns["ids"].append(message.claim.message_id)
        columns["attempts"].append(message.claim.attempt)
        columns["states"].append(message.state.value)
        columns["provider_ids"].append(message.provider_id[:LONGEST_PROVIDER_ID])
        columns["times"].append(message.at)
    return columns


def claimed_columns(claims: Sequence[ClaimedMessage]) -> dict[str, list[Any]]:
    """Return the statement's columns of the messages to mark, in the same way."""
    columns: dict[str, list[Any]] = {"next_ids": [], "next_attempts": []}
    for claim in claims:
        columns["next_ids"].append(claim.message_id)
        columns["next_attempts"].append(claim.attempt)
    return columns


def unmark(claims: Sequence[ClaimedMessage]) -> None:
    """Take back the mark of messages that certainly weren't handed over: they are claimed still."""
    claiming.rows_of(claims).filter(state=MessageState.SENDING).update(state=MessageState.CLAIMED)
