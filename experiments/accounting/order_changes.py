"""What is known of an order beside one version of it: refunds told on their own, versions of the same second."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from experiments.accounting import identity, outcomes
from experiments.accounting.customers import unit_of
from experiments.accounting.order_data import OrderData, RefundData
from experiments.accounting.outcomes import LockSubject
from experiments.models import UNSIGNED, Order, OrderStatus, Refund, Store

# From what comes first to what comes last: of two versions of the same second the further one counts.
PROGRESS = (OrderStatus.PENDING, OrderStatus.ON_HOLD, OrderStatus.PAID, OrderStatus.CANCELLED)


class UnknownOrder(LookupError):
    """News about an order that has not arrived yet."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"Order {external_id} has not arrived yet.")


@contextmanager
def locked_for_change(store: Store, external_id: str) -> Iterator[Order]:
    """Give the stored order for a change that its visitor's outcomes follow in the same transaction.

    Raises ``UnknownOrder`` where it isn't stored.
    """
    with transaction.atomic():
        # Against a version of the order that arrives at this instant, and would replace what is changed here.
        outcomes.lock(LockSubject.ORDER, store.pk, [external_id])
        order = Order.objects.filter(store=store, external_id=external_id).first()
        if order is None:
            raise UnknownOrder(external_id)
        # Against a sighting or another order of the customer: each would be linked without the other.
        outcomes.lock(LockSubject.CUSTOMER, store.pk, identity.known_only({order.customer_id, order.customer_key}))
        # Its customer may have been merged with another until the lock was there.
        order.refresh_from_db(fields=["customer_key"])
        yield order
        (link,) = identity.link(store.pk, [external_id], [])
        visitors = identity.visitors_with_other_orders([link]) | {link.visitor_id, unit_of(order.customer_key)}
        visitors = identity.known_only(visitors)
        # Against exposures of these visitors that arrive at this instant: they and the change would miss each other.
        outcomes.lock(LockSubject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)


def add_refund(order: Order, data: RefundData) -> None:
    """Store a refund of the order, or what is now known of it."""
    Refund.objects.update_or_create(
        order=order,
        external_id=data.external_id,
        defaults={"amount_minor": data.amount_minor, "refunded_at": data.at, "lines": list(data.lines)},
    )


def with_later_refunds(store: Store, data: OrderData) -> OrderData:
    """Add to this version of the order the stored refunds that are as new as it and may not be in it yet.

    For sources that tell of refunds on their own: else a version that comes late would take them away. Versions are of
    whole seconds, so that a refund of the same second may be missing in it. The caller holds a transaction that stores
    the result; the order stays locked until it ends.
    """
    outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
    later = refunds_of(store, data).filter(refunded_at__gte=data.updated_at)
    return with_stored_refunds(with_further_status(store, data), later)


def with_known_refund_times(store: Store, data: OrderData) -> OrderData:
    """Give this version of the order with its refunds at the times at which they were first seen.

    For sources that don't say when a refund was made, and whose versions hold all of them: a refund that is not in a
    newer version was taken back. Of two versions of the same second nobody can say which is the newer, so that the
    refunds of both count. The order stays locked until the caller's transaction ends.
    """
    outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
    stored = refunds_of(store, data)
    first_seen = dict(stored.values_list("external_id", "refunded_at"))
    refunds = []
    for refund in data.refunds:
        at = first_seen.get(refund.external_id, refund.at)
        refunds.append(replace(refund, at=at))
    timed = with_further_status(store, replace(data, refunds=tuple(refunds)))
    return with_stored_refunds(timed, stored.filter(order__updated_at=data.updated_at))


def refunds_of(store: Store, data: OrderData) -> QuerySet[Refund]:
    """Query what is stored of the order's refunds."""
    return Refund.objects.filter(order__store=store, order__external_id=data.external_id)


def with_stored_refunds(data: OrderData, stored: QuerySet[Refund]) -> OrderData:
    """Add to the order those of the stored refunds that it doesn't have."""
    known = {refund.external_id for refund in data.refunds}
    refunds = list(data.refunds)
    for refund in stored.exclude(external_id__in=known).order_by("external_id"):
        data_of_refund = RefundData(
            refund.external_id, refund.amount_minor, refund.refunded_at, lines=tuple(refund.lines)
        )
        refunds.append(data_of_refund)
    return replace(data, refunds=tuple(refunds))


def with_further_status(store: Store, data: OrderData) -> OrderData:
    """Give the order the status that is further of two versions of the same second: what is paid was unpaid before."""
    if data.restored_at is not None:  # says itself that it comes after
        return data
    same = Order.objects.filter(store=store, external_id=data.external_id, updated_at=data.updated_at)
    stored = same.exclude(source=UNSIGNED).values_list("sent_status", flat=True).first()
    if not stored:  # empty in an order from before there was a column for it
        return data
    return replace(data, status=max(data.status, stored, key=PROGRESS.index))
