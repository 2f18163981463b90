"""What is known of an order beside one version of it: refunds told on their own, versions of the same second."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction
from django.db.models import QuerySet

from experiments.accounting import identity, outcomes
from experiments.accounting.order_data import OrderData, RefundData
from experiments.accounting.outcomes import LockSubject
from experiments.models import UNSIGNED, Order, OrderStatus, Refund, Store

PROGRESS = (OrderStatus.PENDING, OrderStatus.ON_HOLD, OrderStatus.PAID, OrderStatus.CANCELLED)


class UnknownOrder(LookupError):
    """News about an order that has not arrived yet."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"Order {external_id} has not arrived yet.")


@contextmanager
def locked_for_change(store: Store, external_id: str) -> Iterator[Order]:
    """The stored order, for a change that its visitor's outcomes follow in the same transaction.

    Raises ``UnknownOrder``.
    """
    with transaction.atomic():
        outcomes.lock(LockSubject.ORDER, store.pk, [external_id])
        order = Order.objects.filter(store=store, external_id=external_id).first()
        if order is None:
            raise UnknownOrder(external_id)
        outcomes.lock(LockSubject.CUSTOMER, store.pk, {order.customer_id} - {""})
        yield order
        (link,) = identity.link(store.pk, [external_id], [])
        visitors = (identity.visitors_with_other_orders([link]) | {link.visitor_id}) - {""}
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
    """This version of the order, and the stored refunds that are as new as it and may not be in it yet.

    For sources that tell of refunds on their own: else a version that comes late would take them away. Versions are of
    whole seconds, so that a refund of the same second may be missing in it. The caller holds a transaction that stores
    the result; the order stays locked until it ends.
    """
    outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
    later = refunds_of(store, data).filter(refunded_at__gte=data.updated_at)
    return with_stored_refunds(with_further_status(store, data), later)


def with_known_refund_times(store: Store, data: OrderData) -> OrderData:
    """This version of the order, its refunds at the times at which they were first seen.

    For sources that don't say when a refund was made, and whose versions hold all of them: a refund that is not in a
    newer version was taken back. Of two versions of the same second nobody can say which is the newer, so that the
    refunds of both count. The order stays locked until the caller's transaction ends.
    """
    outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
    stored = refunds_of(store, data)
    known = dict(stored.values_list("external_id", "refunded_at"))
    refunds = [replace(refund, at=known.get(refund.external_id, refund.at)) for refund in data.refunds]
    timed = with_further_status(store, replace(data, refunds=tuple(refunds)))
    return with_stored_refunds(timed, stored.filter(order__updated_at=data.updated_at))


def refunds_of(store: Store, data: OrderData) -> QuerySet[Refund]:
    """What is stored of the order's refunds."""
    return Refund.objects.filter(order__store=store, order__external_id=data.external_id)


def with_stored_refunds(data: OrderData, stored: QuerySet[Refund]) -> OrderData:
    """The order with those of the stored refunds that it doesn't have."""
    known = {refund.external_id for refund in data.refunds}
    missing = [
        RefundData(refund.external_id, refund.amount_minor, refund.refunded_at, tuple(refund.lines))
        for refund in stored.exclude(external_id__in=known).order_by("external_id")
    ]
    return replace(data, refunds=(*data.refunds, *missing))


def with_further_status(store: Store, data: OrderData) -> OrderData:
    """The order in the state that is further of two versions of the same second: what is paid was unpaid before."""
    if data.restored_at is not None:  # says itself that it comes after
        return data
    same = Order.objects.filter(store=store, external_id=data.external_id, updated_at=data.updated_at)
    stored = same.exclude(source=UNSIGNED).values_list("sent_status", flat=True).first()
    return replace(data, status=max(data.status, stored or data.status, key=PROGRESS.index))
