"""How many messages of a store were sent, arrived, bounced, and were complained of, by day."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from experiments.models import Store
from experiments.sql_files import read_sql

MESSAGE_DAYS = read_sql(__file__, "message_days")


class MessageCounts(NamedTuple):
    """Messages by what became of them. ``sent`` are those that a server was given, also where it refused them as of a
    mailbox that doesn't exist; ``soft_bounced`` those that have bounced for now and haven't arrived."""

    sent: int = 0
    delivered: int = 0
    hard_bounced: int = 0
    soft_bounced: int = 0
    rejected: int = 0
    complained: int = 0
    opted_out: int = 0
    unknown: int = 0


def counts_by_day(store: Store, since: datetime) -> dict[date, MessageCounts]:
    """Return the counts of each day of the store, of the messages sent since then; days without any aren't there."""
    with connection.cursor() as cursor:
        cursor.execute(MESSAGE_DAYS, {"store_id": store.pk, "zone": store.timezone, "since": since})
        return {day: MessageCounts(*counts) for day, *counts in cursor.fetchall()}


def total(days: Iterable[MessageCounts]) -> MessageCounts:
    """Add days up."""
    columns = list(zip(*days, strict=True))
    if not columns:
        return MessageCounts()
    return MessageCounts(*map(sum, columns))
