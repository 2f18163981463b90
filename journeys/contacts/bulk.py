"""Contacts from files: many at once, in the same few statements however many they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from checkout_widgets.customer_fields import read_address
from experiments.accounting.customers import first_keys
from experiments.customer_keys import address_digest, customer_key, guest_key
from experiments.models import Order
from experiments.who_ordered import OrderedBy
from journeys import addresses
from journeys.contacts import jobs
from journeys.models import Address, Channel, ConsentRecord, Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedContact:
    """A contact as a file lists it: ``basis`` is empty where it says nothing of consent."""

    address: str = field(repr=False)  # nobody's address is in a log
    customer_id: str = ""
    locale: str = ""
    country: str = ""
    basis: str = ""
    said_at: datetime | None = None
    source: str = "import"
    wording: str = ""
    topic: str = ""
    categories: tuple[str, ...] = ()  # of what was bought, for a soft opt-in
    at: datetime


def keep_who_ordered(store_id: int, ordered: Sequence[OrderedBy], source: str) -> None:
    """Make contacts of who placed imported orders: these name addresses, and say nothing of consent."""
    listed = []
    for who in ordered:
        try:
            address = read_address(who.address)
        except ValueError:
            continue
        listed.append(ListedContact(address=address, customer_id=who.customer_id, source=source, at=who.at))
    external_ids = [who.external_id for who in ordered]
    keys = dict(
        Order.objects.filter(store=store_id, external_id__in=external_ids).values_list("external_id", "customer_key")
    )
    keep_listed(store_id, listed, keys_by_address(ordered, keys))


def keys_by_address(ordered: Sequence[OrderedBy], keys: dict[str, str]) -> dict[str, str]:
    """Return the customer's key of each address, as the stored orders have it."""
    return {who.address.strip(): keys[who.external_id] for who in ordered if keys.get(who.external_id)}


def keep_listed(store_id: int, listed: Sequence[ListedContact], keys: dict[str, str] | None = None) -> None:
    """Store contacts, their addresses and consent, in one transaction; what is known stays as it is.

    ``keys`` are customers' keys by address, where somebody knows them already.
    """
    with transaction.atomic():
        by_address = keys_of(store_id, listed, keys or {})
        contacts = contacts_of(store_id, listed, by_address)
        if not addresses.can_store():
            return
        stored = addresses_of(store_id, listed, by_address, contacts)
        ConsentRecord.objects.bulk_create(consents_of(store_id, listed, stored), ignore_conflicts=True)
        merge_guests(store_id, listed, by_address)


def merge_guests(store_id: int, listed: Iterable[ListedContact], keys: Mapping[str, str]) -> None:
    """Queue a merge for each guest whom the list names as a known customer."""
    known = {}
    for one in listed:
        guest, key = guest_key(store_id, one.address), keys.get(one.address, "")
        if one.customer_id and guest and guest != key:
            known[guest] = key
    guests = set(Contact.objects.filter(store=store_id, customer_key__in=known).values_list("customer_key", flat=True))
    guests.update(Order.objects.filter(store=store_id, customer_key__in=known).values_list("customer_key", flat=True))
    for guest in sorted(guests):
        jobs.merge_guest_customer.defer(store_id=store_id, guest=guest, known=known[guest])


def keys_of(store_id: int, listed: Iterable[ListedContact], known: dict[str, str]) -> dict[str, str]:
    """Return each address' customer key, the one that was first used of several."""
    stated_keys = {}
    for one in listed:
        key = known.get(one.address) or customer_key(store_id, customer_id=one.customer_id, address=one.address)
        if key:
            stated_keys[one.address] = key
    first = first_keys(store_id, set(stated_keys.values()))
    return {address: first[key] for address, key in stated_keys.items()}


def contacts_of(store_id: int, listed: Iterable[ListedContact], keys: dict[str, str]) -> dict[str, Contact]:
    """Return the contacts by key, with those that are new."""
    rows = {}
    for one in listed:
        key = keys.get(one.address)
        if key:
            rows[key] = Contact(
                store_id=store_id, customer_key=key, locale=one.locale, country=one.country, seen_at=one.at
            )
    Contact.objects.bulk_create(rows.values(), ignore_conflicts=True)
    stored = Contact.objects.filter(store=store_id, customer_key__in=rows)
    contacts = {contact.customer_key: contact for contact in stored}
    fill_gaps(contacts, rows)
    return contacts


def fill_gaps(contacts: Mapping[str, Contact], listed: Mapping[str, Contact]) -> None:
    """Note language and country where nobody has said them, and that the contacts were heard of."""
    changed = []
    for key, contact in contacts.items():
        news = listed[key]
        before = (contact.locale, contact.country, contact.seen_at)
        contact.locale = contact.locale or news.locale
        contact.country = contact.country or news.country
        contact.seen_at = max(contact.seen_at, news.seen_at)
        if before != (contact.locale, contact.country, contact.seen_at):
            changed.append(contact)
    Contact.objects.bulk_update(changed, ["locale", "country", "seen_at"])


def addresses_of(
    store_id: int, listed: Iterable[ListedContact], keys: dict[str, str], contacts: dict[str, Contact]
) -> dict[str, Address]:
    """Return the addresses by digest, with those that are new."""
    rows = {}
    for one in listed:
        contact = contacts.get(keys.get(one.address, ""))
        if contact is None:
            continue
        sealed = addresses.seal(one.address, store_id)
        digest = address_digest(store_id, one.address)
        rows[digest] = Address(
            store_id=store_id,
            contact=contact,
            value=sealed.value,
            key_id=sealed.key_id,
            digest=digest,
            named_at=one.said_at or one.at,
        )
    Address.objects.bulk_create(rows.values(), ignore_conflicts=True)
    stored = Address.objects.filter(store=store_id, channel=Channel.EMAIL, digest__in=rows)
    return {address.digest: address for address in stored}


def consents_of(store_id: int, listed: Iterable[ListedContact], stored: dict[str, Address]) -> list[ConsentRecord]:
    """Return the statements that the file has."""
    records = []
    for one in listed:
        address = stored.get(address_digest(store_id, one.address))
        if address is None or not one.basis or one.said_at is None:
            continue
        record = ConsentRecord(
            address=address,
            basis=one.basis,
            topic=one.topic,
            source=one.source,
            wording_version=one.wording,
            said_at=one.said_at,
            categories=list(one.categories),
        )
        records.append(record)
    return records
