"""Erasing a visitor on request."""

from dataclasses import asdict, dataclass
from hashlib import sha256

from django.db import transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast

from checkout_widgets.models import Acceptance, Delivery
from experiments.accounting import identity, outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.models import (
    AuditAction,
    AuditEntry,
    CustomerSighting,
    Exposure,
    Order,
    OrderClaim,
    Store,
    WidgetEvent,
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows were erased, or lost what named the visitor."""

    events: int
    exposures: int
    orders: int
    acceptances: int
    deliveries: int


def erase_visitor(store: Store, visitor_id: str, *, actor: str) -> Erasure:
    """Delete the visitor's events, exposures and deliveries; orders and acceptances stay and name nobody any more.

    An order that was only linked to the visitor goes to another browser of its customer, where there is one.
    So the store's own records stay complete, and the tests have one visitor less. All in one transaction, with an
    entry in the audit log that holds the SHA-256 of the visitor's id: enough to prove it, not to find anybody.
    """
    with transaction.atomic():
        of_visitor = {"store": store, "visitor_id": visitor_id}
        rows = list(Order.objects.of_visitor(store, visitor_id).values_list("external_id", "customer_id"))
        orders, customers = [external_id for external_id, _ in rows], {customer_id for _, customer_id in rows} - {""}
        customers |= set(CustomerSighting.objects.filter(**of_visitor).values_list("customer_id", flat=True))
        outcomes.lock(LockSubject.ORDER, store.pk, orders)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, customers)
        erasure = Erasure(
            events=WidgetEvent.objects.filter(**of_visitor).delete()[0],
            exposures=Exposure.objects.filter(**of_visitor).delete()[0],
            orders=Order.objects.filter(**of_visitor).update(visitor_id="", customer_id=""),
            acceptances=Acceptance.objects.filter(**of_visitor).update(
                visitor_id="erased", idempotency_key=Cast(F("jti"), CharField())
            ),
            deliveries=Delivery.objects.filter(connection__store=store, order_external_id__in=orders).delete()[0],
        )
        CustomerSighting.objects.filter(**of_visitor).delete()
        OrderClaim.objects.filter(**of_visitor).delete()
        # another browser's of the customer
        visitors = identity.visitors_with_other_orders(identity.link(store.pk, orders, customers))
        outcomes.lock(LockSubject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)
        digest = sha256(visitor_id.encode()).hexdigest()
        AuditEntry.objects.create(
            store=store,
            actor=actor,
            action=AuditAction.ERASE_VISITOR,
            detail={"visitor_sha256": digest} | asdict(erasure),
        )
    return erasure
