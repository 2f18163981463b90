"""What shops say of customers becomes contacts, addresses, consent records, parcels and problems.

All of it ends the same in whatever order it arrives: the newest statement says what a contact is, consent is a set of
records of which the newest holds (``journeys/consent.py``), and parcels and problems keep the newest of each source.
"""

from datetime import datetime

from django.db import transaction

from checkout_widgets.customer_news import CustomerNews
from experiments.customer_keys import address_digest
from experiments.models import Order, Store
from journeys import addresses, friction, identifying
from journeys.contacts import jobs, merging, shipments, soft_opt_in
from journeys.models import Address, Channel, ConsentRecord, Contact
from journeys.triggers.orders import begin_runs, begin_runs_of_contact


def receive(store: Store, news: CustomerNews) -> None:
    """Keep what an order or a delivery says of a customer."""
    record_news(store, news)


def record_news(store: Store, news: CustomerNews) -> Contact | None:
    """Keep what is said of a customer, in one transaction, and return the contact.

    Without anybody named there is none; an order's parcels are kept all the same.
    """
    with transaction.atomic():
        order = identifying.order_of(store, news)
        contact = record_contact(store, news, order)
        if contact is not None:
            other = merging.guest_to_merge(store, contact.customer_key, news) or merging.former_to_merge(store, news)
            if other:
                # Not here: within the order's transaction it would ask for locks in another order than others do.
                jobs.merge_guest_customer.defer(store_id=store.pk, guest=other, known=contact.customer_key)
            address = record_address(contact, news)
            if address is not None:
                record_consents(address, news, order)
            friction.record(contact, news.source, news.frictions, order)
        if order is not None:
            shipments.record(order, news.source, news.shipments)
        if order is not None and contact is not None:
            friction.record_refunds(contact, order)
        begin_runs_of(contact, order)
    return contact


def begin_runs_of(contact: Contact | None, order: Order | None) -> None:
    """Begin the journeys that the order's parcels give, and those that waited for somebody to know the contact."""
    if order is not None:
        begin_runs(order.store_id, [order.pk])
    elif contact is not None:
        begin_runs_of_contact(contact.store_id, contact.customer_key)


def record_contact(store: Store, news: CustomerNews, order: Order | None) -> Contact | None:
    """Return the contact that the news is of, made or brought up to date; None where it names no customer."""
    key = identifying.key_of(store, news, order)
    if not key:
        return None
    # Locked until what is said of the customer is written: two deliveries at once would each make an address.
    contact, is_new = Contact.objects.select_for_update().get_or_create(
        store=store,
        customer_key=key,
        defaults={"seen_at": news.said_at, "locale": news.locale, "country": news.country},
    )
    if not is_new:
        bring_up_to_date(contact, news)
    return contact


def bring_up_to_date(contact: Contact, news: CustomerNews) -> None:
    """Let the newest statement say what the contact's language and country are; an older one fills what is missing."""
    is_newer = news.said_at >= contact.seen_at
    if news.locale and (is_newer or not contact.locale):
        contact.locale = news.locale
    if news.country and (is_newer or not contact.country):
        contact.country = news.country
    contact.seen_at = max(contact.seen_at, news.said_at)
    contact.save(update_fields=["locale", "country", "seen_at"])


def record_address(contact: Contact, news: CustomerNews) -> Address | None:
    """Return the address that the news names, stored encrypted; None without one, or without keys to encrypt it."""
    if not news.address or not addresses.can_store():
        return None
    digest = address_digest(contact.store_id, news.address)
    # Against another customer who names the same address at this instant: it belongs to whoever named it last.
    known = Address.objects.select_for_update().filter(store=contact.store_id, channel=Channel.EMAIL, digest=digest)
    address = known.first()
    if address is not None:
        name_again(address, contact, news.said_at)
        return address
    sealed = addresses.seal(news.address, contact.store_id)
    address, _ = Address.objects.get_or_create(
        store=contact.store,
        channel=Channel.EMAIL,
        digest=digest,
        defaults={"contact": contact, "value": sealed.value, "key_id": sealed.key_id, "named_at": news.said_at},
    )
    return address


def name_again(address: Address, contact: Contact, at: datetime) -> None:
    """Note that the shop named a known address: it belongs to whom the newest statement names with it."""
    if at < address.named_at:
        return
    address.named_at, address.contact = at, contact
    address.save(update_fields=["named_at", "contact"])


def record_consents(address: Address, news: CustomerNews, order: Order | None) -> None:
    """Add what was said of messages to the address; what is known already changes nothing."""
    categories = soft_opt_in.categories_of(order)
    records = []
    for consent in (*news.consents, *soft_opt_in.of_order(news, order)):
        record = ConsentRecord(
            address=address,
            basis=consent.basis,
            topic=consent.topic,
            source=consent.source,
            wording_version=consent.wording,
            said_at=consent.said_at,
            categories=categories if consent.basis == "soft_opt_in" else [],
        )
        records.append(record)
    ConsentRecord.objects.bulk_create(records, ignore_conflicts=True)
