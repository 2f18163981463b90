"""On what a marketing message to an address may rest: the newest of what was said, in whatever order it arrived.

An opt-in or its absence is said by the customer and goes before a soft opt-in, which an order is: whoever has ever said
no to everything gets nothing on the ground of having bought. Of two statements of the same time the stricter one holds.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import F, QuerySet

from journeys.models import Address, ConsentBasis, ConsentRecord

SAID = (ConsentBasis.OPT_IN, ConsentBasis.NONE)


def basis_for(address: Address, topic: str, at: datetime, *, categories: Collection[str] = ()) -> ConsentRecord | None:
    """Return the consent record that a message of this topic to the address may rest on; None where it may not be sent.

    ``categories`` are those of the products that the message offers: a soft opt-in is good for similar products alone.
    """
    return bases_for([address.pk], topic, at, categories=categories).get(address.pk)


def bases_for(
    address_ids: Collection[int], topic: str, at: datetime, *, categories: Collection[str] = ()
) -> dict[int, ConsentRecord]:
    """Return by address what ``basis_for`` does, in one query; an address that gets nothing isn't there."""
    by_address: dict[int, list[ConsentRecord]] = {}
    for record in records_of(address_ids, topic, at):
        by_address.setdefault(record.address_id, []).append(record)
    bases = {}
    for address_id, records in by_address.items():
        basis = basis_of(records, categories)
        if basis is not None:
            bases[address_id] = basis
    return bases


def records_of(address_ids: Collection[int], topic: str, at: datetime) -> "QuerySet[ConsentRecord]":
    """Query what was said of these addresses until then: of the topic, and of all offers."""
    records = ConsentRecord.objects.filter(address__in=address_ids, topic__in={"", topic}, said_at__lte=at)
    # Whether the store still claims its right to a soft opt-in, in the same query.
    return records.annotate(is_soft_allowed=F("address__store__sender__is_soft_opt_in"))


def basis_of(records: Iterable[ConsentRecord], categories: Collection[str]) -> ConsentRecord | None:
    """Return which of an address's records a message may rest on. Depends on the records alone, not on their order."""
    ordered = sorted(records, key=precedence)
    explicit = [record for record in ordered if record.basis in SAID]
    if explicit:
        return opt_in_or_none(explicit[-1])
    for record in reversed(ordered):
        if is_similar(record, categories):
            return record
    return None


def precedence(record: ConsentRecord) -> tuple[datetime, bool, str, str, str]:
    """Return by what records are ordered, the one that holds last: the time, then the stricter. The rest only makes
    the choice the same each time."""
    is_strict = record.basis == ConsentBasis.NONE
    return record.said_at, is_strict, record.topic, record.source, record.wording_version


def opt_in_or_none(record: ConsentRecord) -> ConsentRecord | None:
    """Return the record where it is an opt-in."""
    if record.basis == ConsentBasis.OPT_IN:
        return record
    return None


def is_similar(record: ConsentRecord, categories: Collection[str]) -> bool:
    """Return whether a soft opt-in is good for products of these categories, in a store that claims such a right."""
    is_allowed: bool | None = getattr(record, "is_soft_allowed", None)
    return bool(is_allowed) and not set(categories).isdisjoint(record.categories)


def current_addresses(contact_ids: Collection[int]) -> Mapping[int, Address]:
    """Return by contact the address that the shop named last, in one query; a contact without one isn't there."""
    addresses = Address.objects.filter(contact__in=contact_ids).order_by("contact", "named_at", "pk")
    return {address.contact_id: address for address in addresses}
