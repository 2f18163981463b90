"""What is known of a customer, handed out or erased: contacts and everything that belongs to them.

Suppressions stay: an address that must never get a message again is remembered by its keyed hash alone.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Model, Q

from checkout_widgets import silenced_shoppers
from checkout_widgets.customer_records import CustomerRecords, Row
from experiments.customer_keys import address_digest, guest_key
from experiments.models import Store
from journeys.addresses import UnreadableAddress, open_address
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    Contract,
    CustomerMessage,
    Friction,
    MessageEvent,
    QuestionAnswer,
    Run,
    SendPoint,
    Shipment,
)

MOST_ROWS = 5_000  # of a table: no customer has more
# How each table names its contact. All but parcels, which are of an order, go with the contact.
CONTACT_OF: dict[type[Model], str] = {
    Contact: "pk",
    ConsentRecord: "address__contact",
    Run: "contact",
    SendPoint: "contact",
    CustomerMessage: "contact",
    MessageEvent: "message__contact",
    QuestionAnswer: "contact",
    Friction: "contact",
    Contract: "contact",
}


def erase_contacts(store: Store, keys: Collection[str]) -> int:
    """Delete these customers' contacts with all that is of them, and their silence on the store's pages."""
    contacts = Contact.objects.filter(store=store, customer_key__in=keys).select_for_update()
    ids = list(contacts.order_by("pk").values_list("pk", flat=True))
    for contact_id in ids:
        silenced_shoppers.silence(store.pk, contact_id, (), None)
    Shipment.objects.filter(order__store=store, order__customer_key__in=keys).delete()
    Contact.objects.filter(pk__in=ids).delete()
    return len(ids)


def tables_of(store: Store, keys: Collection[str]) -> dict[str, list[Row]]:
    """Return what is stored of these customers, their addresses in full: whoever asks for it asks for their own."""
    ids = list(Contact.objects.filter(store=store, customer_key__in=keys).values_list("pk", flat=True))
    tables = {"address": addresses_of(ids)}
    for model, path in CONTACT_OF.items():
        tables[str(model._meta.model_name)] = rows_of(model, Q(**{f"{path}__in": ids}))
    of_orders = Q(order__store=store, order__customer_key__in=keys)
    tables["shipment"] = rows_of(Shipment, of_orders)
    return tables


def addresses_of(contact_ids: Collection[int]) -> list[Row]:
    """Return the addresses of contacts in full; one that no key opens says so."""
    rows = []
    for address in Address.objects.filter(contact__in=contact_ids).order_by("pk")[:MOST_ROWS]:
        try:
            text = open_address(address)
        except UnreadableAddress:
            text = "can't be decrypted"
        rows.append({"channel": address.channel, "address": text, "state": address.state})
    return rows


def rows_of(model: type[Model], condition: Q) -> list[Row]:
    """Return the rows of a table as texts; empty values are left out."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = model._default_manager.filter(condition).order_by("pk").values(*names)[:MOST_ROWS]
    return [as_texts(row) for row in rows]


def as_texts(row: dict[str, Any]) -> Row:
    """Return what a row says."""
    return {name: str(value) for name, value in row.items() if value not in (None, "", [], {})}


def key_of_address(store: Store, text: str) -> str:
    """Return the key of the customer who has an address, or would have as a guest; empty where nobody can."""
    digest = address_digest(store.pk, text)
    known = Address.objects.filter(store=store, digest=digest).values_list("contact__customer_key", flat=True).first()
    return known or guest_key(store.pk, text)


RECORDS = CustomerRecords(erase=erase_contacts, tables=tables_of, key_of=key_of_address)
