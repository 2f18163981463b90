"""Addresses that shops sent as IDs of customers, before the key that an address gives was kept in their place.

A customer at a time: orders, sightings, exposures and the contact go to that key together, so that nobody sees half of
it. An interruption loses nothing, as the next run finds what is left.
"""

from collections.abc import Iterator

from django.db import transaction

from experiments.accounting import outcomes
from experiments.accounting.identity import Sighting, link, see_customers, visitors_with_other_orders
from experiments.accounting.merging import merge_customers
from experiments.accounting.outcomes import LockSubject
from experiments.customer_keys import is_address, private_id
from experiments.models import CustomerAlias, CustomerSighting, Order, Store
from journeys.contacts.merging import merge_contacts
from journeys.models import Contact

OLD_KEY = "i_"


def kept_in_clear(store: Store) -> Iterator[str]:
    """Yield the addresses that stand as customers' IDs, each once."""
    orders = Order.objects.filter(store=store)
    found = set(orders.filter(customer_id__contains="@").values_list("customer_id", flat=True))
    keys = set(orders.filter(customer_key__contains="@").values_list("customer_key", flat=True))
    keys.update(Contact.objects.filter(store=store, customer_key__contains="@").values_list("customer_key", flat=True))
    for key in keys:
        found.add(key.removeprefix(OLD_KEY))
    sightings = CustomerSighting.objects.filter(store=store, customer_id__contains="@")
    found.update(sightings.values_list("customer_id", flat=True))
    yield from sorted(filter(is_address, found))


def hide(store: Store, address: str) -> bool:
    """Keep the key that an address gives in its place; False where no key is set to hash it with."""
    key, old_key = private_id(store.pk, address), f"{OLD_KEY}{address}"
    if not key:
        return False
    with transaction.atomic():
        # The same locks as a merge, in its order: it takes them again.
        outcomes.lock(LockSubject.MERGE, store.pk, [""])
        outcomes.lock(LockSubject.CUSTOMER, store.pk, {address, key, old_key})
        # Where the guest had become this customer, the address was the key that is kept: now it is the other way round.
        CustomerAlias.objects.filter(store=store, key=key, first_key=old_key).delete()
        kept = merge_customers(store.pk, key, old_key)
        merge_contacts(store, kept, old_key)
        CustomerAlias.objects.filter(store=store, key=old_key).delete()
        rename(store, address, key)
    return True


def rename(store: Store, address: str, key: str) -> None:
    """Put the key into orders and sightings."""
    Order.objects.filter(store=store, customer_id=address).update(customer_id=key)
    named = CustomerSighting.objects.filter(store=store, customer_id=address)
    seen = []
    for visitor, at in named.values_list("visitor_id", "seen_at"):
        seen.append(Sighting(key, visitor, at))
    if seen:
        see_customers(store.pk, sorted(seen))
        named.delete()
    # The links stay as they were, but where both IDs had been sent.
    changed = visitors_with_other_orders(link(store.pk, [], [key]))
    if changed:
        outcomes.lock(LockSubject.VISITOR, store.pk, changed)
        outcomes.recompute(store.pk, changed)
