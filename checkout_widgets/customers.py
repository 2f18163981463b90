"""The browsers of a store's customer, for who asks what is known of them, or to be forgotten."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from experiments.models import CustomerSighting, Order, Store


def visitors_of(store: Store, customer_id: str) -> list[str]:
    """Return the visitors that a customer was seen as, or has ordered as, each once."""
    sightings = CustomerSighting.objects.filter(store=store, customer_id=customer_id)
    visitors = set(sightings.values_list("visitor_id", flat=True))
    visitors.update(named_by(Order.objects.filter(store=store, customer_id=customer_id)))
    return sorted(visitors - {""})


def used_by_others(store: Store, visitors: Collection[str], customer_id: str) -> set[str]:
    """Return which of the visitors any other customer was seen as, or has ordered as, too."""
    sightings = CustomerSighting.objects.filter(store=store, visitor_id__in=visitors)
    shared = set(sightings.exclude(customer_id=customer_id).values_list("visitor_id", flat=True))
    # An order without a customer is a guest's: it tells of nobody else.
    orders = Order.objects.of_visitors(store, visitors).exclude(customer_id__in=(customer_id, ""))
    shared.update(named_by(orders))
    return shared.intersection(visitors)


def named_by(orders: "QuerySet[Order, Any]") -> set[str]:
    """Return the visitors that orders name, or are linked to; empty texts for none."""
    visitors: set[str] = set()
    for of_order in orders.values_list("visitor_id", "linked_visitor_id"):
        visitors.update(of_order)
    return visitors
