"""Whose an order is, where it doesn't name its visitor.

First the visitor whose browser said so on the confirmation page (``OrderClaim``), if what it said of the total is what
a signed source says. Else the visitor with whom the order's customer was last seen before the order, else the first
after it: by an order that names both, or by an exposure while logged in (``CustomerSighting``). The result stands in
``Order.linked_visitor_id``, and is computed again from all of that whenever any of it changes, so that it doesn't
matter what arrives first.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from experiments.models import Order, OrderClaim
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql

LINK = read_sql(__file__, "link_orders")
SEE_CUSTOMERS = read_sql(__file__, "see_customers")
VERIFY_CLAIMS = read_sql(__file__, "verify_claims")


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


class Sighting(NamedTuple):
    """A customer was seen as a visitor."""

    customer_id: str
    visitor_id: str
    seen_at: datetime


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
    """List the orders, with their customers, that a link may be found for or is stored of."""
    claims = OrderClaim.objects.filter(store=OuterRef("store"), external_id=OuterRef("external_id"))
    has_customer = ~Q(customer_id="")
    may_be_linked = Q(visitor_id="") & (has_customer | Exists(claims))
    is_linked = ~Q(linked_visitor_id="")
    orders = Order.objects.filter(store=store_id).filter(is_linked | may_be_linked)
    return list(orders.order_by("external_id").values_list("external_id", "customer_id"))


def visitors_with_other_orders(links: Iterable[LinkedOrder]) -> set[str]:
    """Name the visitors who lost an order or gained one."""
    visitors: set[str] = set()
    for order in links:
        if order.before != order.now:
            visitors.update((order.before, order.now))
    return known_only(visitors)


def known_only(ids: set[str]) -> set[str]:
    """Leave out the empty id, which stands for a visitor or customer whom nobody knows."""
    return ids - {""}


def see_customers(store_id: int, sightings: Iterable[Sighting]) -> None:
    """Note that customers were seen as visitors; the first time of each pair stays."""
    with connection.cursor() as cursor:
        cursor.execute(SEE_CUSTOMERS, {"store_id": store_id, **columns_of(Sighting._fields, sightings)})


def verify_claims(store_id: int, external_ids: Collection[str]) -> None:
    """Believe the claims that give the total of the order as a signed source gives it."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFY_CLAIMS, {"store_id": store_id, "external_ids": list(external_ids)})
