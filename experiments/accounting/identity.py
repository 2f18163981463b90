"""Whose an order is, where it doesn't name its visitor.

First the visitor whose browser said so on the confirmation page (``OrderClaim``), if what it said of the total is what
a signed source says. Else the visitor with whom the order's customer was last seen before the order, else the first
after it: by an order that names both, or by an exposure while logged in (``CustomerSighting``). The result stands in
``Order.linked_visitor_id``, and is computed again from all of that whenever any of it changes, so that it doesn't
matter what arrives first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from experiments.models import Order, OrderClaim

LINK = """
WITH theirs AS MATERIALIZED (
    SELECT id FROM experiments_order WHERE store_id = %(store_id)s AND external_id = ANY(%(external_ids)s::text[])
    UNION
    SELECT id FROM experiments_order
    WHERE store_id = %(store_id)s AND customer_id = ANY(%(customers)s::text[]) AND customer_id <> ''
),
found AS MATERIALIZED (
    SELECT orders.id, orders.external_id, orders.visitor_id, orders.linked_visitor_id AS before,
        CASE WHEN orders.visitor_id = '' THEN COALESCE(claim.visitor_id, seen.visitor_id, '') ELSE '' END AS now
    FROM theirs JOIN experiments_order AS orders USING (id)
    LEFT JOIN LATERAL (
        SELECT claim.visitor_id FROM experiments_orderclaim AS claim
        WHERE claim.store_id = %(store_id)s AND claim.external_id = orders.external_id
            AND (claim.is_verified OR orders.source = 'snippet')
        ORDER BY claim.claimed_at, claim.visitor_id LIMIT 1
    ) AS claim ON true
    LEFT JOIN LATERAL (
        SELECT sighting.visitor_id FROM (
            SELECT named.placed_at AS at, named.visitor_id FROM experiments_order AS named
            WHERE named.store_id = %(store_id)s AND named.customer_id = orders.customer_id AND named.customer_id <> ''
                AND named.visitor_id <> ''
            UNION ALL
            SELECT seen_at, visitor_id FROM experiments_customersighting
            WHERE store_id = %(store_id)s AND customer_id = orders.customer_id AND orders.customer_id <> ''
        ) AS sighting
        ORDER BY sighting.at > orders.placed_at, abs(extract(epoch FROM sighting.at - orders.placed_at)),
            sighting.visitor_id
        LIMIT 1
    ) AS seen ON orders.visitor_id = '' AND claim.visitor_id IS NULL
),
written AS (
    UPDATE experiments_order AS orders SET linked_visitor_id = found.now
    FROM found WHERE orders.id = found.id AND found.before <> found.now
)
SELECT external_id, visitor_id, before, now FROM found
"""

SEE_CUSTOMERS = """
INSERT INTO experiments_customersighting AS stored (store_id, customer_id, visitor_id, seen_at)
SELECT %s, customer_id, visitor_id, min(seen_at)
FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS sighting (customer_id, visitor_id, seen_at)
GROUP BY customer_id, visitor_id ORDER BY customer_id, visitor_id
ON CONFLICT (store_id, customer_id, visitor_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
WHERE EXCLUDED.seen_at < stored.seen_at
"""

VERIFY_CLAIMS = """
UPDATE experiments_orderclaim AS claim SET is_verified = true
FROM experiments_order AS orders
WHERE claim.store_id = %s AND claim.external_id = ANY(%s::text[]) AND NOT claim.is_verified
    AND orders.store_id = claim.store_id AND orders.external_id = claim.external_id AND orders.source <> 'snippet'
    AND (claim.currency, claim.total_minor) IN (
        (orders.currency, orders.total_minor), (orders.presentment_currency, orders.presentment_total_minor))
"""


@dataclass(frozen=True, slots=True)
class LinkedOrder:
    """Whose an order was and is: the visitor whom it names, and the one it is linked to where it names none."""

    external_id: str
    named: str
    before: str
    now: str

    @property
    def visitor_id(self) -> str:
        """Whose it is; empty where nobody knows."""
        return self.named or self.now


def link(store_id: int, external_ids: Collection[str], customers: Collection[str]) -> list[LinkedOrder]:
    """Find again whose these orders are, and all orders of these customers: one statement, however many.

    The caller holds the locks of the orders and customers in the same transaction, and sees to the outcomes of the
    visitors ``before`` and ``now``.
    """
    parameters: dict[str, int | list[str]] = {
        "store_id": store_id,
        "external_ids": list(external_ids),
        "customers": list(customers),
    }
    with connection.cursor() as cursor:
        cursor.execute(LINK, parameters)
        return [LinkedOrder(*row) for row in cursor.fetchall()]


def linkable(store_id: int) -> list[tuple[str, str]]:
    """Orders, with their customers, that a link may be found for or is stored of."""
    claimed = Exists(OrderClaim.objects.filter(store=OuterRef("store"), external_id=OuterRef("external_id")))
    orders = Order.objects.filter(store=store_id).filter(
        ~Q(linked_visitor_id="") | (Q(visitor_id="") & (~Q(customer_id="") | claimed))
    )
    return list(orders.order_by("external_id").values_list("external_id", "customer_id"))


def visitors_with_other_orders(links: Iterable[LinkedOrder]) -> set[str]:
    """The visitors who lost an order or gained one."""
    return {visitor for one in links if one.before != one.now for visitor in (one.before, one.now)} - {""}


def see_customers(store_id: int, sightings: Sequence[tuple[str, str, datetime]]) -> None:
    """Note that customers were seen as visitors, at these times; the first time of each pair stays."""
    with connection.cursor() as cursor:
        cursor.execute(SEE_CUSTOMERS, [store_id, *map(list, zip(*sightings, strict=True))])


def verify_claims(store_id: int, external_ids: Collection[str]) -> None:
    """Believe the claims that say the total of the order as a signed source says it."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFY_CLAIMS, [store_id, list(external_ids)])
