"""One acceptance, one order: of all orders that carry an acceptance the first counts for its test.

Which one that is follows from the orders as they are now, so that it doesn't matter in which order they arrive: an
order that counts before one that doesn't (unpaid, cancelled, a renewal), what the shop sent before what only a browser
told of, then the earliest ``placed_at``. The lines of all others are refused with ``already_used``.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Count

from experiments.accounting import outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.models import OrderLine

ALREADY_USED = "already_used"

# Orders are locked by id: whoever links one of them to another visitor waits, and then sees the lines as they are here.
# A link that is being written is waited for, and its visitor is the one that is returned.
CARRYING = """
SELECT orders.id FROM experiments_order AS orders
WHERE orders.store_id = %(store_id)s AND orders.id IN (
    SELECT order_id FROM experiments_orderline WHERE acceptance_id = ANY(%(acceptances)s::uuid[]))
ORDER BY orders.id FOR NO KEY UPDATE
"""
SETTLE = """
WITH carrying AS MATERIALIZED (
    SELECT DISTINCT line.acceptance_id, orders.id AS order_id, orders.source = 'snippet' AS is_unsigned,
        orders.placed_at, orders.external_id,
        orders.status IN ('paid', 'on_hold') AND orders.currency = store.currency AND orders.repeat_kind = '' AS counts
    FROM experiments_orderline AS line
    JOIN experiments_order AS orders ON orders.id = line.order_id AND orders.store_id = %(store_id)s
    JOIN experiments_store AS store ON store.id = orders.store_id
    WHERE line.acceptance_id = ANY(%(acceptances)s::uuid[])
),
first AS (
    SELECT DISTINCT ON (acceptance_id) acceptance_id, order_id FROM carrying
    ORDER BY acceptance_id, NOT counts, is_unsigned, placed_at, external_id
),
written AS (
    UPDATE experiments_orderline AS line SET
        experiment_key = CASE WHEN line.order_id = first.order_id THEN line.token_experiment_key ELSE '' END,
        is_upsell = line.order_id = first.order_id,
        refused_code = CASE WHEN line.order_id = first.order_id THEN '' ELSE 'already_used' END
    FROM carrying JOIN first USING (acceptance_id)
    WHERE line.order_id = carrying.order_id AND line.acceptance_id = carrying.acceptance_id
        AND line.is_upsell <> (line.order_id = first.order_id)
    RETURNING line.order_id
)
SELECT DISTINCT orders.visitor_id, orders.linked_visitor_id
FROM experiments_order AS orders JOIN written ON written.order_id = orders.id
"""


def lock(store_id: int, acceptances: Collection[UUID]) -> None:
    """Let one transaction at a time settle these acceptances, else two orders that arrive at once would both count."""
    if acceptances:
        outcomes.lock(LockSubject.ACCEPTANCE, store_id, [str(acceptance) for acceptance in acceptances])


def acceptances_on(order_ids: Collection[int]) -> set[UUID]:
    """The acceptances that the stored lines of these orders carry."""
    lines = OrderLine.objects.filter(order__in=order_ids, acceptance_id__isnull=False)
    return {acceptance for acceptance in lines.values_list("acceptance_id", flat=True) if acceptance is not None}


def settle(store_id: int, acceptances: Collection[UUID]) -> set[str]:
    """Let each acceptance count for its first order, and return the visitors whose lines changed by that.

    The caller holds the acceptances' locks in the same transaction, has written and linked its own orders before, and
    sees to the outcomes of the visitors.
    """
    if not acceptances:
        return set()
    parameters: dict[str, int | list[str]] = {
        "store_id": store_id,
        "acceptances": sorted(str(acceptance) for acceptance in acceptances),
    }
    with connection.cursor() as cursor:
        cursor.execute(CARRYING, parameters)
        cursor.execute(SETTLE, parameters)
        return {visitor for pair in cursor.fetchall() for visitor in pair} - {""}


def used_before(order_ids: Collection[int]) -> set[tuple[int, int]]:
    """Of these orders the lines whose acceptance counts for another one: row ids of orders, with positions."""
    lines = OrderLine.objects.filter(order__in=order_ids, refused_code=ALREADY_USED)
    return set(lines.values_list("order_id", "position"))


def carried_by_several(store_id: int) -> list[UUID]:
    """The acceptances that more than one order of the store carries, and those refused as if there were, in order."""
    lines = OrderLine.objects.filter(order__store=store_id, acceptance_id__isnull=False)
    several = lines.values("acceptance_id").annotate(orders=Count("order", distinct=True)).filter(orders__gt=1)
    refused = lines.filter(refused_code=ALREADY_USED)
    found = {*several.values_list("acceptance_id", flat=True), *refused.values_list("acceptance_id", flat=True)}
    return sorted(acceptance for acceptance in found if acceptance is not None)
