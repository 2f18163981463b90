"""Erasing a visitor or a customer on request."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from django.db import transaction
from django.db.models import CharField, F, Q
from django.db.models.functions import Cast

from checkout_widgets import customer_records
from checkout_widgets.customers import visitors_of
from checkout_widgets.models import Acceptance, ConfirmationAnswer, DataRequest, Delivery, HeldProduct, TrialOrder
from checkout_widgets.offer_days import erased_views, refresh
from experiments.accounting import customers, funnel_changes, identity, outcomes
from experiments.accounting.outcomes import LockSubject
from experiments.customer_keys import (
    address_digest,
    customer_key,
    guest_key,
    id_of,
    is_of_known_customer,
    private_id,
)
from experiments.models import (
    AssignmentUnit,
    AuditAction,
    AuditEntry,
    CustomerAlias,
    CustomerSighting,
    CustomOutcome,
    Exposure,
    LongOutcome,
    MovedDecline,
    Order,
    OrderClaim,
    Store,
    WidgetEvent,
)
from experiments.reading import offer_views
from experiments.reading.events import are_of_visitors, keep_parts


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


# What shop systems call a request to forget somebody.
REQUESTS = ("customers/redact", "customers/delete", "shop/redact", "customer.deleted")
NOTHING_ERASED = Erasure(events=0, exposures=0, orders=0, acceptances=0, deliveries=0)


def erase_customer(store: Store, customer_id: str, *, actor: str) -> Erasure:
    """Erase every visitor that a customer of the shop was seen as, then what names the customer without a visitor.

    Each in a transaction and with an audit entry of its own: erasing is safe to repeat after an interruption, since the
    customer's id is what goes last. A browser that another customer used as well is erased with all that it has:
    nothing tells whose each event is, and what can't be told apart has to go with the one who asks.
    """
    erasure = NOTHING_ERASED
    # Of an ID that is an address, what is kept in its place, and what was kept before there was anything.
    for named in dict.fromkeys((customer_id, private_id(store.pk, customer_id))):
        for visitor_id in visitors_of(store, named):
            erasure += erase_visitor(store, visitor_id, actor=actor)
        erasure += forget_customer(store, named, actor=actor)
    return erasure


def erase_address(store: Store, address: str, *, actor: str) -> Erasure:
    """Erase whoever has an email address: the guest who has ordered with it, and the customer whose contact has it.

    Nothing where nobody can be found. That the address must never get a message again stays known, by its keyed hash.
    """
    erasure, digest = NOTHING_ERASED, address_digest(store.pk, address)
    for key in sorted(customer_records.keys_of_address(store, address) | {guest_key(store.pk, address)} - {""}):
        # A guest's key stands in the place of an ID where the shop's ID is the address.
        for visitor_id in visitors_of(store, id_of(key)):
            erasure += erase_visitor(store, visitor_id, actor=actor)
        if is_of_known_customer(key):
            erasure += erase_customer(store, id_of(key), actor=actor)
        erasure += forget_key(store, key, digest=digest, actor=actor)
    return erasure


def erase_key(store: Store, key: str, *, actor: str) -> Erasure:
    """Erase the customer who has this key."""
    if is_of_known_customer(key):
        return erase_customer(store, id_of(key), actor=actor)
    return forget_key(store, key, digest=sha256(key.encode()).hexdigest(), actor=actor)


def erase_of_orders(store: Store, external_ids: Collection[str], *, actor: str) -> Erasure:
    """Erase whoever placed these orders, with their browsers, and what the shop has delivered of the orders."""
    erasure = NOTHING_ERASED
    named = Order.objects.filter(store=store, external_id__in=external_ids)
    placed = set(named.values_list("visitor_id", "customer_id", "customer_key"))
    for visitor_id, customer_id, key in sorted(placed):
        if visitor_id:
            erasure += erase_visitor(store, visitor_id, actor=actor)
        if customer_id:
            erasure += erase_customer(store, customer_id, actor=actor)
        if key:
            erasure += erase_key(store, key, actor=actor)
    left = Delivery.objects.filter(connection__store=store, order_external_id__in=external_ids).delete()[0]
    return erasure + replace(NOTHING_ERASED, deliveries=left)


def forget_customer(store: Store, customer_id: str, *, actor: str) -> Erasure:
    """Take a customer's id and key out of orders, delete their deliveries and exposures, and note it."""
    with transaction.atomic():
        # Of an address the keyed hash: addresses are few enough to try them all on a plain one.
        digest = sha256(private_id(store.pk, customer_id).encode()).hexdigest()
        key = customer_key(store.pk, customer_id=customer_id)
        return forget_key(store, key, customer_id=customer_id, digest=digest, actor=actor)


def forget_key(store: Store, key: str, *, digest: str, actor: str, customer_id: str = "") -> Erasure:
    """Forget a customer by key, with all keys that are known to be the same customer's, and note it by the digest.

    Orders stay and name nobody; what the customer was to tests goes, and their sums with it. All in one transaction.
    """
    with transaction.atomic():
        # Against a merge of the customer's keys, which would make another one of the customer's.
        outcomes.lock(LockSubject.MERGE, store.pk, [""])
        keys = all_keys_of(store, key, customer_id)
        of_customer = Q(customer_key__in=keys)
        if customer_id:
            of_customer |= Q(customer_id=customer_id)
        named = Order.objects.filter(of_customer, store=store)
        orders = list(named.values_list("external_id", flat=True))
        # Against newer versions of the same orders, which would name the customer again.
        outcomes.lock(LockSubject.ORDER, store.pk, orders)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, {*keys, customer_id} - {""})
        customer_records.erase(store, keys)
        units = list(map(customers.unit_of, keys))
        outcomes.lock(LockSubject.VISITOR, store.pk, units)
        # But for the request itself, which is emptied once it is done.
        delivered = (Q(order_external_id__in=orders) | Q(customer_key__in=keys)) & ~Q(topic__in=REQUESTS)
        deliveries = Delivery.objects.filter(delivered, connection__store=store).delete()[0]
        forget_named(store, keys, customer_id)
        erasure = replace(
            NOTHING_ERASED,
            exposures=forget_units(store, units),
            orders=named.update(customer_id="", customer_key=""),
            deliveries=deliveries,
        )
        CustomerAlias.objects.filter(store=store, key__in=keys).delete()
        note_erasure(store, "customer", digest, erasure, actor=actor)
    return erasure


def forget_named(store: Store, keys: Collection[str], customer_id: str) -> None:
    """Delete what names a customer and isn't needed without: requests, sightings, answers."""
    DataRequest.objects.filter(store=store, customer_key__in=keys).delete()
    CustomerSighting.objects.filter(store=store, customer_id__in={*keys, customer_id}).delete()
    ConfirmationAnswer.objects.filter(store=store, customer_key__in=keys).delete()


def all_keys_of(store: Store, key: str, customer_id: str) -> set[str]:
    """Return all keys of a customer; of an ID that is an address, the one by which it was kept as it came, too."""
    keys = customers.family_of(store.pk, [customers.first_keys(store.pk, [key])[key]])
    if customer_id:
        keys.add(f"i_{customer_id}")
    return keys


def forget_units(store: Store, units: Collection[str]) -> int:
    """Delete what customers were to tests, and return how many exposures that were."""
    of_units = Q(visitor_id__in=units, experiment__unit=AssignmentUnit.CUSTOMER)
    # Before the exposures: their days are noted by them.
    LongOutcome.objects.filter(of_units, experiment__store=store).delete()
    CustomOutcome.objects.filter(chosen__experiment__store=store, visitor_id__in=units).delete()
    return Exposure.objects.filter(of_units, store=store).delete()[0]


def erase_visitor(store: Store, visitor_id: str, *, actor: str) -> Erasure:
    """Delete the visitor's events, exposures and deliveries; orders and acceptances stay and name nobody any more.

    An order that was only linked to the visitor goes to another browser of its customer, where there is one.
    So the tests have one visitor less, in the funnel and in the counts of offers too. What ClickHouse has of the events
    is read no more, and deleted there by the worker. All in one transaction, with the SHA-256 of the id in the trail.
    """
    with transaction.atomic():
        keep_parts()  # against one that goes on to ClickHouse at this instant
        orders, named = traces_of(store, visitor_id)
        # Tests on customers lose these orders as well: they name nobody any more.
        units = customers.units_of_orders(Order.objects.filter(store=store, visitor_id=visitor_id))
        # Locked against versions of the same orders, and against other orders of the same customers, that arrive
        # meanwhile: they would name the visitor again. In the order in which orders are recorded, so that neither
        # waits for the other for ever.
        outcomes.lock(LockSubject.ORDER, store.pk, orders)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, named)
        # Against whoever counts the visitor's events at this instant: they would stay counted.
        funnel_changes.lock()
        days = offer_views.days_of_visitor(store, visitor_id)
        erased_views.note(store, visitor_id, days)
        # Before the orders lose them: the contacts of whoever placed these go with the browser.
        customer_records.erase(store, set(map(customers.key_of, units)))
        erasure = erase_rows(store, visitor_id, orders)
        for day in days:
            refresh.refresh_views_of(store, day)
        funnel_changes.forget_visitor(store.pk, visitor_id)
        # Their orders now belong to another browser of the customer, whose outcomes change with that.
        visitors = identity.visitors_with_other_orders(identity.link(store.pk, orders, named)) | units
        outcomes.lock(LockSubject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)
        digest = sha256(visitor_id.encode()).hexdigest()
        note_erasure(store, "visitor", digest, erasure, actor=actor)
    return erasure


def traces_of(store: Store, visitor_id: str) -> tuple[list[str], set[str]]:
    """Return the shop's ids of the visitor's orders, and of the customers that the visitor was seen as."""
    orders, named = [], set()
    rows = Order.objects.of_visitor(store, visitor_id).values_list("external_id", "customer_id")
    for external_id, customer_id in rows:
        orders.append(external_id)
        named.add(customer_id)
    sightings = CustomerSighting.objects.filter(store=store, visitor_id=visitor_id)
    named.update(sightings.values_list("customer_id", flat=True))
    return orders, named - {""}


def erase_rows(store: Store, visitor_id: str, orders: list[str]) -> Erasure:
    """Delete what is only about the visitor, and take the visitor out of the rest."""
    of_visitor = {"store": store, "visitor_id": visitor_id}
    acceptances = Acceptance.objects.filter(**of_visitor)
    erasure = Erasure(
        events=WidgetEvent.objects.filter(are_of_visitors(store, [visitor_id]), store=store).delete()[0],
        exposures=Exposure.objects.filter(**of_visitor).delete()[0],
        orders=Order.objects.filter(**of_visitor).update(visitor_id="", customer_id="", customer_key=""),
        # The key is the browser's and may name the visitor; the token's id is as unique, and says nothing.
        acceptances=acceptances.update(visitor_id="erased", idempotency_key=Cast(F("jti"), CharField())),
        deliveries=Delivery.objects.filter(connection__store=store, order_external_id__in=orders).delete()[0],
    )
    CustomOutcome.objects.filter(chosen__experiment__store=store, visitor_id=visitor_id).delete()
    LongOutcome.objects.filter(experiment__store=store, visitor_id=visitor_id).delete()
    # After the events: what has gone on to ClickHouse meanwhile has left its declines here.
    MovedDecline.objects.filter(**of_visitor).delete()
    CustomerSighting.objects.filter(**of_visitor).delete()
    OrderClaim.objects.filter(**of_visitor).delete()
    ConfirmationAnswer.objects.filter(**of_visitor).delete()
    HeldProduct.objects.filter(**of_visitor).delete()
    # A member may have tried an order with their own visitor's id.
    TrialOrder.objects.filter(**of_visitor).remove()
    return erasure


def note_erasure(store: Store, kind: str, digest: str, erasure: Erasure, *, actor: str) -> None:
    """Enter the erasure of a ``visitor`` or a ``customer`` in the audit log, by the digest of what it was asked by."""
    AuditEntry.objects.create(
        store=store,
        actor=actor,
        action=AuditAction.ERASE_VISITOR,
        detail={f"{kind}_sha256": digest} | asdict(erasure),
    )
