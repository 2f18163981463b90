"""What is known of a customer, handed out or erased: contacts and everything that belongs to them.

Suppressions stay: an address that must never get a message again is remembered by its keyed hash alone.
"""

from collections.abc import Collection

from django.db.models import Exists, Model, OuterRef, Q

from checkout_widgets import silenced_shoppers
from checkout_widgets.customer_records import CustomerRecords, Row
from experiments.customer_keys import address_digest, guest_key
from experiments.models import Order, Store
from journeys.addresses import UnreadableAddress, open_address
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    ContactFile,
    ContactRetention,
    ContactStage,
    Contract,
    CustomerMessage,
    Friction,
    Journey,
    JourneyApproval,
    JourneyStep,
    JourneyVersion,
    MessageEvent,
    QuestionAnswer,
    Run,
    Sender,
    SendPoint,
    Shipment,
    StageSettings,
    Suppression,
)

# How each table names its contact, of those that are about customers. All go with the contact.
CONTACT_OF: dict[type[Model], str] = {
    Contact: "pk",
    Address: "contact",
    ConsentRecord: "address__contact",
    Run: "contact",
    SendPoint: "contact",
    CustomerMessage: "contact",
    MessageEvent: "message__contact",
    QuestionAnswer: "contact",
    Friction: "contact",
    Contract: "contact",
    ContactStage: "contact",
}
# How each table names its store, of all that belong to one.
STORE_OF: dict[type[Model], str] = {
    **dict.fromkeys((Contact, Address, Run, SendPoint, CustomerMessage, Contract), "store"),
    ConsentRecord: "address__store",
    MessageEvent: "message__store",
    **dict.fromkeys((QuestionAnswer, Friction), "contact__store"),
    Shipment: "order__store",
    Suppression: "store",
    Sender: "store",
    ContactRetention: "store",
    ContactStage: "store",
    StageSettings: "store",
    ContactFile: "store",
    Journey: "store",
    JourneyVersion: "journey__store",
    JourneyApproval: "version__journey__store",
    JourneyStep: "version__journey__store",
}


def erase_contacts(store: Store, keys: Collection[str]) -> int:
    """Delete these customers' contacts with all that is of them, and their silence on the store's pages."""
    # Locked, in the order of their keys, against news of the same customers: it would come in after the deletion.
    contacts = Contact.objects.filter(store=store, customer_key__in=keys).select_for_update()
    ids = list(contacts.order_by("pk").values_list("pk", flat=True))
    for contact_id in ids:
        silenced_shoppers.silence(store.pk, contact_id, (), None)
    Shipment.objects.filter(order__store=store, order__customer_key__in=keys).delete()
    Contact.objects.filter(pk__in=ids).delete()
    return len(ids)


def conditions_of(store: Store, keys: Collection[str]) -> dict[type[Model], Q]:
    """Return which rows are about these customers, by table."""
    contacts = Contact.objects.filter(store=store, customer_key__in=keys).values("pk")
    conditions: dict[type[Model], Q] = {Shipment: Q(order__store=store, order__customer_key__in=keys)}
    for model, path in CONTACT_OF.items():
        conditions[model] = Q(**{f"{path}__in": contacts})
    return conditions


def address_in_full(address: Address) -> Row:
    """Write an address for the person who has it; one that no key opens says so."""
    try:
        text = open_address(address)
    except UnreadableAddress:
        text = "can't be decrypted"
    return {"channel": address.channel, "address": text, "state": address.state, "named_at": str(address.named_at)}


def key_of_address(store: Store, text: str) -> str:
    """Return the key of the customer who has an address, or would have as a guest; empty where nobody can."""
    digest = address_digest(store.pk, text)
    known = Address.objects.filter(store=store, digest=digest).values_list("contact__customer_key", flat=True).first()
    return known or guest_key(store.pk, text)


def keys_known_by(store: Store, source: str, limit: int) -> set[str]:
    """Return keys of contacts without orders, of whom nobody but this source has said anything of consent."""
    orders = Order.objects.filter(store=OuterRef("store"), customer_key=OuterRef("customer_key"))
    of_others = ConsentRecord.objects.filter(address__contact=OuterRef("pk")).exclude(source__startswith=source)
    known = Contact.objects.filter(store=store).exclude(Exists(orders)).exclude(Exists(of_others))
    return set(known.order_by("pk").values_list("customer_key", flat=True)[:limit])


RECORDS = CustomerRecords(
    known_by=keys_known_by,
    erase=erase_contacts,
    key_of=key_of_address,
    store_of=STORE_OF,
    conditions=conditions_of,
    in_full={Address: address_in_full},
)
