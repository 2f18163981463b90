"""Takes in a file that was checked, batch by batch: each is a transaction, and the same file again changes nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

from django.db import transaction

from experiments.customer_keys import address_digest
from experiments.tables import UPLOAD, BadRow
from journeys.addresses import UnreadableAddress
from journeys.contact_files.checking import Listed, Numbered, read_file
from journeys.contact_files.opt_outs import keep_opt_outs, lift_opt_outs
from journeys.contact_files.rows import ListedOptOut
from journeys.contact_files.stored_files import contents, finish, reader_of
from journeys.contacts.bulk import ListedContact, keep_listed
from journeys.models import (
    Address,
    Channel,
    ConsentBasis,
    ConsentRecord,
    ContactFile,
    ContactFileKind,
    ContactFileState,
    Suppression,
)

UNREADABLE = "unreadable"  # in the outcome of a file that failed: its key is gone
BATCH = 500  # an order of one of these customers that comes meanwhile waits for one batch at most


def batches_of(rows: Iterable[Numbered]) -> Iterator[list[Listed]]:
    """Yield the good rows in batches; the others were reported by the check."""
    good = (row for _where, row in rows if not isinstance(row, BadRow))
    while batch := list(islice(good, BATCH)):
        yield batch


def import_batch(store_id: int, kind: str, rows: Sequence[Listed]) -> Counter[str]:
    """Store the rows, in one transaction, and count what came of them, by name."""
    with transaction.atomic():
        if kind == ContactFileKind.OPT_OUTS:
            return import_opt_outs(store_id, cast("Sequence[ListedOptOut]", rows))
        return import_contacts(store_id, cast("Sequence[ListedContact]", rows))


def import_opt_outs(store_id: int, rows: Sequence[ListedOptOut]) -> Counter[str]:
    """Store opt-outs."""
    return Counter(new_opt_outs=keep_opt_outs(store_id, rows))


def import_contacts(store_id: int, rows: Sequence[ListedContact]) -> Counter[str]:
    """Store contacts; an opt-in that is newer than somebody's opt-out ends that."""
    digests = {address_digest(store_id, row.address) for row in rows}
    known = known_of(store_id, digests)
    keep_listed(store_id, rows, keys_of_known(store_id, rows))
    lifted = lift_opt_outs(store_id, rows)
    outcome = known_of(store_id, digests)
    outcome.subtract(known)
    return outcome + Counter(opted_in_again=lifted, still_opted_out=still_opted_out(store_id, rows))


def keys_of_known(store_id: int, rows: Iterable[ListedContact]) -> dict[str, str]:
    """Return by address the key of the customer who has it: a row that names an address alone is about them."""
    digests = {}
    for row in rows:
        if not row.customer_id:
            digests[row.address] = address_digest(store_id, row.address)
    stored = Address.objects.filter(store=store_id, channel=Channel.EMAIL, digest__in=digests.values())
    keys = dict(stored.values_list("digest", "contact__customer_key"))
    known = {}
    for address, digest in digests.items():
        if digest in keys:
            known[address] = keys[digest]
    return known


def known_of(store_id: int, digests: Collection[str]) -> Counter[str]:
    """Return how many of these addresses are stored, and how many statements of consent there are of them."""
    stored = Address.objects.filter(store=store_id, channel=Channel.EMAIL, digest__in=digests)
    statements = ConsentRecord.objects.filter(address__in=stored)
    return Counter(new_addresses=stored.count(), new_statements=statements.count())


def still_opted_out(store_id: int, rows: Sequence[ListedContact]) -> int:
    """Return how many addresses of these opt-ins get nothing all the same: they opted out later, or for good."""
    wanted = set()
    for row in rows:
        if row.basis == ConsentBasis.OPT_IN:
            wanted.add(address_digest(store_id, row.address))
    of_all_offers = Suppression.objects.filter(store=store_id, channel=Channel.EMAIL, topic="", digest__in=wanted)
    return of_all_offers.count()


def import_file(row: ContactFile) -> None:
    """Import a confirmed file from where an earlier attempt stopped; the file itself is deleted at the end."""
    try:
        file = contents(row)
    except UnreadableAddress:
        finish(row, ContactFileState.FAILED, Counter([UNREADABLE]))
        return
    outcome = Counter(row.outcome)
    numbered = read_file(file, row.kind, reader_of(row), UPLOAD)
    begun = 0
    for batch in batches_of(numbered):
        begun += len(batch)
        if begun <= row.done:
            continue  # an attempt that was interrupted has done these: batches are always the same
        with transaction.atomic():
            outcome.update(import_batch(row.store_id, row.kind, batch))
            row.done, row.outcome, row.state = begun, dict(outcome), ContactFileState.IMPORTING
            row.save(update_fields=["done", "outcome", "state"])
    finish(row, ContactFileState.DONE, outcome)
