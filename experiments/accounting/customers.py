"""Who placed an order, on whatever device: the customer's key, which assignment hashes and outcomes are found by.

It is made of the shop's own ID of the customer, else of the address that the order came with (``customer_keys``). An
order keeps the key that an earlier version gave it where a later one names nobody. Two keys may turn out to be one
customer's: then all orders and exposures go to the key that was used for assignment first (``merging.py``), and a later
order with the other key does too.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from experiments.accounting import outcomes
from experiments.accounting.order_data import OrderData
from experiments.accounting.outcomes import LockSubject
from experiments.customer_keys import CUSTOMER_PREFIX, customer_key
from experiments.models import CustomerAlias, Order


def unit_of(key: str) -> str:
    """Name the customer as exposures do, in the place of a visitor; empty where nobody knows the customer."""
    return key and f"{CUSTOMER_PREFIX}{key}"


def key_of(unit: str) -> str:
    """Return the customer's key of what ``unit_of`` named; empty of a visitor."""
    if not unit.startswith(CUSTOMER_PREFIX):
        return ""
    return unit.removeprefix(CUSTOMER_PREFIX)


def key_said(store_id: int, version: OrderData, stored: Order | None) -> str:
    """Return the key of an order's customer as this version and what is stored say it, whatever it is an alias of.

    The shop's own ID goes before an address, also where an earlier version named it and this one doesn't.
    """
    customer_id = version.customer_id
    if stored is not None:
        customer_id = customer_id or stored.customer_id
    if customer_id:
        return customer_key(store_id, customer_id=customer_id)
    if version.guest_key or stored is None:
        return version.guest_key
    return stored.customer_key


def first_keys(store_id: int, keys: Collection[str]) -> dict[str, str]:
    """Return by key the one that its customer was first assigned by: itself, but for an alias.

    Only as long as the caller holds the keys' locks (``LockSubject.CUSTOMER``) does that stay true.
    """
    first = dict(zip(keys, keys, strict=True))
    named = set(keys) - {""}
    # Most orders of shops that name nobody have no key: nothing to ask for.
    if not named:
        return first
    aliases = CustomerAlias.objects.filter(store=store_id, key__in=named)
    first.update(aliases.values_list("key", "first_key"))
    return first


def family_of(store_id: int, firsts: Collection[str]) -> set[str]:
    """Return these keys with all that stand for them."""
    aliases = CustomerAlias.objects.filter(store=store_id, first_key__in=firsts)
    return {*firsts, *aliases.values_list("key", flat=True)}


def keys_of_orders(store_id: int, stated_keys: Mapping[str, str]) -> dict[str, str]:
    """Return by order what key it gets, from the key that each was sent with. The caller holds these keys' locks."""
    first = first_keys(store_id, set(stated_keys.values()))
    keys = {}
    for external_id, key in stated_keys.items():
        keys[external_id] = first[key]
    return keys


def units_of_orders(orders: Iterable[Order]) -> set[str]:
    """Name the customers of stored orders as exposures do."""
    units = set()
    for order in orders:
        units.add(unit_of(order.customer_key))
    return units - {""}


def fill_missing_keys(store_id: int) -> int:
    """Give orders of known customers their keys where they have none, and return how many had none.

    Such orders were stored by a process of the release before while the database was already this one's.
    """
    unkeyed = Order.objects.filter(store=store_id, customer_key="").exclude(customer_id="")
    filled = 0
    for customer_id in unkeyed.order_by("customer_id").values_list("customer_id", flat=True).distinct():
        filled += fill_keys_of(store_id, customer_id)
    return filled


def fill_keys_of(store_id: int, customer_id: str) -> int:
    """Do the same for one customer, with the outcomes that follow."""
    own_key = customer_key(store_id, customer_id=customer_id)
    with transaction.atomic():
        # Against a merge of this key, and an order of the customer: it would keep the key that it was written with.
        outcomes.lock(LockSubject.CUSTOMER, store_id, [customer_id, own_key])
        key = first_keys(store_id, [own_key])[own_key]
        unkeyed = Order.objects.filter(store=store_id, customer_id=customer_id, customer_key="")
        filled = unkeyed.update(customer_key=key)
        outcomes.lock(LockSubject.VISITOR, store_id, [unit_of(key)])
        outcomes.recompute(store_id, [unit_of(key)])
    return filled
