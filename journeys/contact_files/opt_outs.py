"""Opt-outs from files, and opt-ins that are newer: which addresses get nothing more, whatever arrives first.

Only what somebody said themselves gives way to a newer opt-in. An address that bounced, or that marked a message as
spam, stays out whatever a file says.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from experiments.customer_keys import address_digest
from journeys.contact_files.rows import ListedOptOut
from journeys.contacts.bulk import ListedContact
from journeys.models import BY_CHOICE, Channel, ConsentBasis, ConsentRecord, Suppression


class OptOutKey(NamedTuple):
    """Whose opt-out, and of what: ``topic`` is empty for all offers."""

    digest: str
    topic: str


def keep_opt_outs(store_id: int, listed: Sequence[ListedOptOut]) -> int:
    """Suppress these addresses, and return how many weren't. One that opted in again since is left as it is."""
    newest: dict[OptOutKey, ListedOptOut] = {}
    for row in sorted(listed, key=lambda row: row.at):
        newest[OptOutKey(address_digest(store_id, row.address), row.topic)] = row
    with transaction.atomic():
        opted_in = newest_opt_ins(store_id, newest)
        known = suppressed(store_id, newest)
        new = []
        for key, row in newest.items():
            if key not in known and not is_newer(opted_in.get(key), row):
                new.append(
                    Suppression(store_id=store_id, digest=key.digest, topic=key.topic, reason=row.reason, at=row.at)
                )
        Suppression.objects.bulk_create(new, ignore_conflicts=True)
        move_later(known, newest)
    return len(new)


def is_newer(opted_in_at: datetime | None, row: ListedOptOut) -> bool:
    """Return whether somebody opted in again after they opted out."""
    return row.reason in BY_CHOICE and opted_in_at is not None and opted_in_at > row.at


def move_later(known: dict[OptOutKey, Suppression], newest: dict[OptOutKey, ListedOptOut]) -> None:
    """Let a stored opt-out be of the newest time at which it was said: only what is said after that ends it."""
    later = []
    for key, suppression in known.items():
        row = newest[key]
        if row.at > suppression.at:
            suppression.at = row.at
            later.append(suppression)
    Suppression.objects.bulk_update(later, ["at"])


def lift_opt_outs(store_id: int, listed: Iterable[ListedContact]) -> int:
    """End the opt-outs that are older than an opt-in of the same topic, and return how many."""
    opted_in: dict[OptOutKey, datetime] = {}
    for row in listed:
        if row.basis == ConsentBasis.OPT_IN and row.said_at is not None:
            key = OptOutKey(address_digest(store_id, row.address), row.topic)
            opted_in[key] = max(row.said_at, opted_in.get(key, row.said_at))
    older = []
    for key, suppression in suppressed(store_id, opted_in).items():
        if suppression.reason in BY_CHOICE and suppression.at < opted_in[key]:
            older.append(suppression.pk)
    # By their times as they were read: one that somebody moved later meanwhile stays.
    return Suppression.objects.filter(pk__in=older).delete()[0]


def suppressed(store_id: int, keys: Iterable[OptOutKey]) -> dict[OptOutKey, Suppression]:
    """Return which of these are suppressed, locked until the transaction ends: against another import of the same."""
    wanted = set(keys)
    digests = {key.digest for key in wanted}
    rows = Suppression.objects.filter(store=store_id, channel=Channel.EMAIL, digest__in=digests)
    found = {}
    for row in rows.select_for_update().order_by("pk"):
        key = OptOutKey(row.digest, row.topic)
        if key in wanted:
            found[key] = row
    return found


def newest_opt_ins(store_id: int, keys: Iterable[OptOutKey]) -> dict[OptOutKey, datetime]:
    """Return when these addresses last opted in to the topic."""
    wanted = set(keys)
    digests = {key.digest for key in wanted}
    records = ConsentRecord.objects.filter(
        address__store=store_id, address__channel=Channel.EMAIL, address__digest__in=digests, basis=ConsentBasis.OPT_IN
    )
    newest: dict[OptOutKey, datetime] = {}
    for digest, topic, said_at in records.order_by("said_at").values_list("address__digest", "topic", "said_at"):
        newest[OptOutKey(digest, topic)] = said_at
    return newest
