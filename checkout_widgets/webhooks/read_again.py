"""Deliveries that are kept, read again: what older versions of this program understood less well.

Orders from before unpaid ones were told apart, and those with a token that was refused then, are what their kept
deliveries say now. Reading again changes nothing that is right already, so that it can be repeated and interrupted.
"""

import logging
from collections.abc import Iterator

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks.deliveries import HANDLERS, Ignored
from checkout_widgets.webhooks.payloads import BadPayload
from experiments import refused_values
from experiments.accounting.order_changes import UnknownOrder
from experiments.accounting.order_data import BadOrder
from experiments.models import Order, OrderLine, OrderStatus, Store

logger = logging.getLogger(__name__)

BATCH = 500


def read_again(store: Store) -> int:
    """Read the kept deliveries of the store's orders that need it, and return how many orders were read.

    An order is a transaction of its own, so that nothing that arrives meanwhile has to wait.
    """
    return sum(read_order_again(store, external_id) for external_id in unread(store))


def unread(store: Store) -> Iterator[str]:
    """The orders that no delivery was read of since, in order, batch by batch."""
    last = 0
    while batch := list(unread_orders(store).filter(pk__gt=last).values_list("pk", "external_id")[:BATCH]):
        yield from (external_id for _, external_id in batch)
        last = batch[-1][0]


def unread_orders(store: Store) -> QuerySet[Order]:
    """Those whose payment was awaited or given up, and those with a refused token."""
    refused = Exists(OrderLine.objects.filter(order=OuterRef("pk")).exclude(refused_code=""))
    waiting = Q(status__in=(OrderStatus.PENDING, OrderStatus.ON_HOLD))
    orders = Order.objects.filter(store=store, sent_status="", source__in=store.connections.values("kind"))
    return orders.filter(waiting | refused).order_by("pk")


def read_order_again(store: Store, external_id: str) -> bool:
    """Apply the order's kept deliveries again as they arrived, and say whether there were any."""
    kept = Delivery.objects.filter(
        connection__store=store, order_external_id=external_id, status=DeliveryStatus.DONE
    ).select_related("connection__store")
    deliveries = list(kept.order_by("received_at", "pk"))
    with transaction.atomic():
        for delivery in deliveries:
            apply_again(delivery)
    return bool(deliveries)


def apply_again(delivery: Delivery) -> None:
    """Apply the delivery without counting its refused tokens a second time; what can't be read stays as it is."""
    try:
        with transaction.atomic():
            HANDLERS[delivery.connection.kind, delivery.topic](delivery)
    except (BadPayload, BadOrder, Ignored, UnknownOrder) as error:
        logger.warning("Delivery %s can't be read again: %s", delivery.pk, error)
    except DatabaseError as error:
        if not refused_values.is_for_good(error):  # the database is away: the job is tried again as a whole
            raise
        logger.warning("Delivery %s can't be stored: %s", delivery.pk, refused_values.name_of(error))
