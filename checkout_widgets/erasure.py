"""Erasing a visitor on request."""

from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from django.db import transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast

from checkout_widgets.customers import visitors_of
from checkout_widgets.models import Acceptance, Delivery, TrialOrder
from checkout_widgets.offer_days import refresh
from experiments.accounting import funnel_changes, identity, outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.models import (
    AuditAction,
    AuditEntry,
    CustomerSighting,
    CustomOutcome,
    Exposure,
    Order,
    OrderClaim,
    Store,
    WidgetEvent,
)
from experiments.reading import offer_views
from experiments.reading.events import are_of_visitors


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows were erased, or lost what named the visitor."""

    events: int
    exposures: int
    orders: int
    acceptances: int
    deliveries: int

    def __add__(self, other: "Erasure") -> "Erasure":
        """Add up what was erased of two visitors."""
        return Erasure(
            events=self.events + other.events,
            exposures=self.exposures + other.exposures,
            orders=self.orders + other.orders,
            acceptances=self.acceptances + other.acceptances,
            deliveries=self.deliveries + other.deliveries,
        )


NOTHING_ERASED = Erasure(events=0, exposures=0, orders=0, acceptances=0, deliveries=0)


def erase_customer(store: Store, customer_id: str, *, actor: str) -> Erasure:
    """Erase every visitor that a customer of the shop was seen as, then what names the customer without a visitor.

    Each in a transaction and with an audit entry of its own: erasing is safe to repeat after an interruption, since the
    customer's id is what goes last. A browser that another customer used as well is erased with all that it has:
    nothing tells whose each event is, and what can't be told apart has to go with the one who asks.
    """
    erasure = NOTHING_ERASED
    for visitor_id in visitors_of(store, customer_id):
        erasure += erase_visitor(store, visitor_id, actor=actor)
    return erasure + forget_customer(store, customer_id, actor=actor)


def forget_customer(store: Store, customer_id: str, *, actor: str) -> Erasure:
    """Take a customer's id out of orders that have no visitor, delete their deliveries, and note it."""
    with transaction.atomic():
        of_customer = Order.objects.filter(store=store, customer_id=customer_id)
        orders = list(of_customer.values_list("external_id", flat=True))
        # Against newer versions of the same orders, which would name the customer again.
        outcomes.lock(LockSubject.ORDER, store.pk, orders)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, {customer_id})
        deliveries = Delivery.objects.filter(connection__store=store, order_external_id__in=orders).delete()[0]
        CustomerSighting.objects.filter(store=store, customer_id=customer_id).delete()
        erasure = replace(NOTHING_ERASED, orders=of_customer.update(customer_id=""), deliveries=deliveries)
        note_erasure(store, "customer", customer_id, erasure, actor=actor)
    return erasure


def erase_visitor(store: Store, visitor_id: str, *, actor: str) -> Erasure:
    """Delete the visitor's events, exposures and deliveries; orders and acceptances stay and name nobody any more.

    An order that was only linked to the visitor goes to another browser of its customer, where there is one.
    So the store's own records stay complete, and the tests have one visitor less, in the funnel too, where the
    visitor's counts are known even when the events are gone for their age, and in the counts of offers while the events
    are there. All in one transaction, with an
    entry in the audit log that holds the SHA-256 of the visitor's id: enough to prove it, not to find anybody.
    """
    with transaction.atomic():
        orders, customers = traces_of(store, visitor_id)
        # Locked against versions of the same orders, and against other orders of the same customers, that arrive
        # meanwhile: they would name the visitor again. In the order in which orders are recorded, so that neither
        # waits for the other for ever.
        outcomes.lock(LockSubject.ORDER, store.pk, orders)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, customers)
        # Against whoever counts the visitor's events at this instant: they would stay counted.
        funnel_changes.lock()
        days = offer_views.days_of_visitor(store, visitor_id)
        erasure = erase_rows(store, visitor_id, orders)
        for day in days:
            refresh.refresh_views_of(store, day)
        funnel_changes.forget_visitor(store.pk, visitor_id)
        # Their orders now belong to another browser of the customer, whose outcomes change with that.
        visitors = identity.visitors_with_other_orders(identity.link(store.pk, orders, customers))
        outcomes.lock(LockSubject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)
        note_erasure(store, "visitor", visitor_id, erasure, actor=actor)
    return erasure


def traces_of(store: Store, visitor_id: str) -> tuple[list[str], set[str]]:
    """Return the shop's ids of the visitor's orders, and of the customers that the visitor was seen as."""
    orders, customers = [], set()
    rows = Order.objects.of_visitor(store, visitor_id).values_list("external_id", "customer_id")
    for external_id, customer_id in rows:
        orders.append(external_id)
        customers.add(customer_id)
    sightings = CustomerSighting.objects.filter(store=store, visitor_id=visitor_id)
    customers.update(sightings.values_list("customer_id", flat=True))
    return orders, customers - {""}


def erase_rows(store: Store, visitor_id: str, orders: list[str]) -> Erasure:
    """Delete what is only about the visitor, and take the visitor out of the rest."""
    of_visitor = {"store": store, "visitor_id": visitor_id}
    acceptances = Acceptance.objects.filter(**of_visitor)
    erasure = Erasure(
        events=WidgetEvent.objects.filter(are_of_visitors(store, [visitor_id]), store=store).delete()[0],
        exposures=Exposure.objects.filter(**of_visitor).delete()[0],
        orders=Order.objects.filter(**of_visitor).update(visitor_id="", customer_id=""),
        # The key is the browser's and may name the visitor; the token's id is as unique, and says nothing.
        acceptances=acceptances.update(visitor_id="erased", idempotency_key=Cast(F("jti"), CharField())),
        deliveries=Delivery.objects.filter(connection__store=store, order_external_id__in=orders).delete()[0],
    )
    CustomOutcome.objects.filter(chosen__experiment__store=store, visitor_id=visitor_id).delete()
    CustomerSighting.objects.filter(**of_visitor).delete()
    OrderClaim.objects.filter(**of_visitor).delete()
    # A member may have tried an order with their own visitor's id.
    TrialOrder.objects.filter(**of_visitor).remove()
    return erasure


def note_erasure(store: Store, kind: str, erased_id: str, erasure: Erasure, *, actor: str) -> None:
    """Enter the erasure of a ``visitor`` or a ``customer`` in the audit log, without the id."""
    digest = sha256(erased_id.encode()).hexdigest()
    AuditEntry.objects.create(
        store=store,
        actor=actor,
        action=AuditAction.ERASE_VISITOR,
        detail={f"{kind}_sha256": digest} | asdict(erasure),
    )
