"""One acceptance, one order: of all orders that carry an acceptance the first counts for its test.

Which one that is follows from the orders as they are now, so that it doesn't matter in which order they arrive: an
order that counts before one that doesn't (unpaid, cancelled, a renewal), what the shop sent before what only a browser
told of, then the earliest ``placed_at``. The lines of all others are refused with ``already_used``.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from experiments.accounting import identity, outcomes
from experiments.accounting.customers import unit_of
from experiments.accounting.outcomes import LockSubject
from experiments.models import Order, OrderLine
from experiments.sql_files import read_sql

ALREADY_USED = "already_used"

CARRYING = read_sql(__file__, "lock_carrying_orders")
SETTLE = read_sql(__file__, "settle_acceptances")


def lock(store_id: int, acceptances: Collection[UUID]) -> None:
    """Let one transaction at a time settle these acceptances, else two orders that arrive at once would both count."""
    if acceptances:
        outcomes.lock(LockSubject.ACCEPTANCE, store_id, acceptances)


def acceptances_on(orders: Collection[Order]) -> set[UUID]:
    """Name the acceptances that the stored lines of these orders carry."""
    return acceptance_ids(OrderLine.objects.filter(order__in=list(orders), acceptance_id__isnull=False))


def settle(store_id: int, acceptances: Collection[UUID]) -> set[str]:
    """Let each acceptance count for its first order, and return the visitors and customers whose lines changed by that.

    The caller holds the acceptances' locks in the same transaction, has written and linked its own orders before, and
    sees to the outcomes of the visitors.
    """
    if not acceptances:
        return set()
    parameters: dict[str, Any] = {"store_id": store_id, "acceptances": sorted(map(str, acceptances))}
    with connection.cursor() as cursor:
        cursor.execute(CARRYING, parameters)
        cursor.execute(SETTLE, parameters)
        rows = cursor.fetchall()
    visitors: set[str] = set()
    for named, linked, key in rows:
        visitors.update((named, linked, unit_of(key)))
    return identity.known_only(visitors)


def used_before(order_ids: Collection[int]) -> list[tuple[str, int]]:
    """List the lines of these orders whose acceptance counts for another one: external ids, with positions in order."""
    lines = OrderLine.objects.filter(order__in=list(order_ids), refused_code=ALREADY_USED)
    return list(lines.order_by("order_id", "position").values_list("order__external_id", "position"))


def carried_by_several(store_id: int) -> list[UUID]:
    """List the acceptances that more than one order of the store carries, and those refused as if there were, in
    order."""
    lines = OrderLine.objects.filter(order__store=store_id, acceptance_id__isnull=False)
    several = lines.values("acceptance_id").annotate(orders=Count("order", distinct=True)).filter(orders__gt=1)
    refused = lines.filter(refused_code=ALREADY_USED)
    return sorted(acceptance_ids(several) | acceptance_ids(refused))


def acceptance_ids(lines: QuerySet[OrderLine, Any]) -> set[UUID]:
    """Read the acceptances of lines, each of which has one."""
    acceptances: set[UUID] = set(lines.values_list("acceptance_id", flat=True))  # type: ignore[arg-type]
    return acceptances
