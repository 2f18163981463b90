"""A contact is found by an exact address, by the shop's ID, or by an order's number, and in no other way."""

from experiments.accounting.customers import first_keys
from experiments.customer_keys import address_digest, customer_key
from experiments.models import Order, Store
from journeys.models import Address, Contact


def find_contact(store: Store, who: str) -> Contact | None:
    """Return the contact with this address, this customer ID of the shop, or this order."""
    by_address = Address.objects.filter(store=store, digest=address_digest(store.pk, who)).select_related("contact")
    address = by_address.first()
    if address is not None:
        return address.contact
    keys = [customer_key(store.pk, customer_id=who.strip()), customer_key(store.pk, address=who)]
    keys += Order.objects.filter(store=store, external_id=who.strip()).values_list("customer_key", flat=True)
    first = set(first_keys(store.pk, [key for key in keys if key]).values())
    return Contact.objects.filter(store=store, customer_key__in=first).order_by("pk").first()
