"""News about one order that come without the order itself: a refund, a cancellation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from experiments.accounting import identity, outcomes
from experiments.accounting.order_data import OrderData, RefundData
from experiments.accounting.outcomes import Subject
from experiments.models import Order, OrderStatus, Refund, Store


class UnknownOrder(LookupError):
    """News about an order that has not arrived yet."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"Order {external_id} has not arrived yet.")


@contextmanager
def changing(store: Store, external_id: str) -> Iterator[Order]:
    """The stored order, for a change that its visitor's outcomes follow in the same transaction.

    Raises ``UnknownOrder``.
    """
    with transaction.atomic():
        outcomes.lock(Subject.ORDER, store.pk, [external_id])
        order = Order.objects.filter(store=store, external_id=external_id).first()
        if order is None:
            raise UnknownOrder(external_id)
        outcomes.lock(Subject.CUSTOMER, store.pk, {order.customer_id} - {""})
        yield order
        (link,) = identity.link(store.pk, [external_id], [])
        visitors = (identity.moved([link]) | {link.visitor_id}) - {""}
        outcomes.lock(Subject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)


def add_refund(order: Order, data: RefundData) -> None:
    """Store a refund of the order, or what is now known of it."""
    Refund.objects.update_or_create(
        order=order,
        external_id=data.external_id,
        defaults={"amount_minor": data.amount_minor, "refunded_at": data.at, "lines": list(data.lines)},
    )


def cancel(order: Order, at: datetime) -> None:
    """Cancel the order, unless a version of it is known that is newer than this moment."""
    if order.updated_at <= at:
        order.status, order.updated_at = OrderStatus.CANCELLED, at
        order.save(update_fields=["status", "updated_at"])


def with_later_refunds(store: Store, data: OrderData) -> OrderData:
    """This version of the order, and the stored refunds that are newer than it and so can't be in it.

    For sources that tell of refunds on their own: else a version that comes late would take them away. The caller
    holds a transaction that stores the result; the order stays locked until it ends.
    """
    outcomes.lock(Subject.ORDER, store.pk, [data.external_id])
    known = {refund.external_id for refund in data.refunds}
    later = Refund.objects.filter(
        order__store=store, order__external_id=data.external_id, refunded_at__gt=data.updated_at
    ).exclude(external_id__in=known)
    missing = [
        RefundData(refund.external_id, refund.amount_minor, refund.refunded_at, tuple(refund.lines)) for refund in later
    ]
    return replace(data, refunds=(*data.refunds, *missing))


def with_known_refund_times(store: Store, data: OrderData) -> OrderData:
    """This version of the order, its refunds at the times at which they were first seen.

    For sources that don't say when a refund was made.
    """
    stored = Refund.objects.filter(order__store=store, order__external_id=data.external_id)
    known = dict(stored.values_list("external_id", "refunded_at"))
    refunds = [replace(refund, at=known.get(refund.external_id, refund.at)) for refund in data.refunds]
    return replace(data, refunds=tuple(refunds))
