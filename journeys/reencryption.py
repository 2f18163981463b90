"""Encrypting stored addresses with the newest key, after which an older one can be thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from journeys.addresses import UnreadableAddress, newest_key_id, open_address, seal
from journeys.models import Address

BATCH = 1_000  # a transaction each: what sends meanwhile waits for none of them for long


@dataclass(frozen=True, slots=True)
class ReencryptedBatch:
    """How many addresses of a batch have the newest key now, and which can't be opened."""

    done: int
    unreadable: tuple[int, ...]


def outdated() -> QuerySet[Address]:
    """Query the addresses that the newest key doesn't open."""
    return Address.objects.exclude(key_id=newest_key_id())


def reencrypt(size: int = BATCH) -> Iterator[ReencryptedBatch]:
    """Encrypt each outdated address anew, batch by batch.

    It can be interrupted and begun again: what is done has the newest key, and is passed over.
    """
    last = 0
    while True:
        with transaction.atomic():
            # Against whoever changes the same rows; a row that is locked is waited for, so that none is left out.
            batch = list(outdated().filter(pk__gt=last).select_for_update().order_by("pk")[:size])
            if not batch:
                return
            last = batch[-1].pk
            result = reencrypt_batch(batch)
        yield result


def reencrypt_batch(batch: list[Address]) -> ReencryptedBatch:
    """Encrypt these addresses with the newest key; one that can't be opened stays as it is."""
    changed, unreadable = [], []
    for address in batch:
        try:
            sealed = seal(open_address(address), address.store_id, address.channel)
        except UnreadableAddress:
            unreadable.append(address.pk)
            continue
        address.value, address.key_id = sealed
        changed.append(address)
    Address.objects.bulk_update(changed, ["value", "key_id"])
    return ReencryptedBatch(len(changed), tuple(unreadable))
