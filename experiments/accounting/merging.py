"""Two keys that turn out to be one customer's: a guest who opened an account, or two accounts that the shop merged.

Everything goes to the key that was used for assignment first, and orders that come later with the other key do too
(``customers.first_keys``). Where both were exposed in a test, the earlier exposure is the customer's; if that was in
different variants, it is a conflicting one, like that of a visitor who saw several.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from experiments.accounting import outcomes
from experiments.accounting.customers import family_of, first_keys, unit_of
from experiments.accounting.outcomes import LockSubject
from experiments.models import AssignmentUnit, CustomerAlias, CustomOutcome, Exposure, LongOutcome, Order
from experiments.sql_files import read_sql

MOVE_EXPOSURES = read_sql(__file__, "move_exposures")


def merge_customers(store_id: int, earlier: str, later: str, *, at: datetime | None = None) -> str:
    """Make one customer of two keys, and return the key that all of it has now: what ``earlier`` is or stands for.

    Safe to repeat and in any order: merging what is one already changes nothing, and chains of keys lead to one.
    Nothing is merged where one of the keys is empty. A transaction of its own: called within the one that records an
    order of the customer, it would ask for locks in another order than everybody else; there, queue
    ``jobs.merge_customers``.
    """
    if not earlier or not later:
        return earlier or later
    with transaction.atomic():
        # Against another merge of the store: the keys that belong together must not change while they are locked.
        outcomes.lock(LockSubject.MERGE, store_id, [""])
        first = first_keys(store_id, [earlier, later])
        kept, given_up = first[earlier], first[later]
        if kept == given_up:
            return kept
        # Against orders and send points of the customer that arrive at this instant: they see the alias, or are moved.
        outcomes.lock(LockSubject.CUSTOMER, store_id, lockable(family_of(store_id, [kept, given_up])))
        outcomes.lock(LockSubject.VISITOR, store_id, [unit_of(kept), unit_of(given_up)])
        note_alias(store_id, kept, given_up, at or timezone.now())
        move_orders(store_id, kept, given_up)
        move_exposures(store_id, kept, given_up)
        outcomes.recompute(store_id, [unit_of(kept)])
    return kept


def lockable(keys: Collection[str]) -> set[str]:
    """Return the keys with the shop's own IDs in them: sightings lock the customer by that alone."""
    ids = set()
    for key in keys:
        kind, _, rest = key.partition("_")
        if kind == "i":
            ids.add(rest)
    return ids.union(keys)


def note_alias(store_id: int, kept: str, given_up: str, at: datetime) -> None:
    """Let the key that is given up, and all that stood for it, stand for the one that is kept."""
    CustomerAlias.objects.filter(store=store_id, first_key=given_up).update(first_key=kept)
    CustomerAlias.objects.create(store_id=store_id, key=given_up, first_key=kept, merged_at=at)


def move_orders(store_id: int, kept: str, given_up: str) -> None:
    """Give the orders of one key the other."""
    orders = Order.objects.filter(store=store_id, customer_key=given_up)
    # By id, as others lock rows of several orders: two that lock them in different orders deadlock.
    ids = list(orders.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    Order.objects.filter(pk__in=ids).update(customer_key=kept)


def move_exposures(store_id: int, kept: str, given_up: str) -> None:
    """Make the exposures of one key the other's; of two in one test the earlier stays."""
    parameters: dict[str, Any] = {"store_id": store_id, "kept": unit_of(kept), "given_up": unit_of(given_up)}
    with connection.cursor() as cursor:
        cursor.execute(MOVE_EXPOSURES, parameters)
    of_given_up = Q(visitor_id=unit_of(given_up), experiment__unit=AssignmentUnit.CUSTOMER)
    Exposure.objects.filter(of_given_up, store=store_id).delete()
    # These are worked out anew under the key that is kept; those of a key without exposures would be found by nobody.
    LongOutcome.objects.filter(of_given_up, experiment__store=store_id).delete()
    CustomOutcome.objects.filter(chosen__experiment__store=store_id, visitor_id=unit_of(given_up)).delete()
