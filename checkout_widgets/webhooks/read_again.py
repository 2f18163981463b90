"""Deliveries that are kept, read again: what older versions of this program understood less well.

Orders from before unpaid ones were told apart, and those with tokens from before an acceptance counted for one order
and under a coupon, are what their kept deliveries say now. Reading again changes nothing that is right already, so that
it can be repeated and interrupted.
"""

import logging
from collections.abc import Iterator, Sequence

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.webhooks import deliveries
from checkout_widgets.webhooks.deliveries import Ignored
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from experiments import refused_values
from experiments.accounting.order_changes import UnknownOrder
from experiments.accounting.order_data import BadOrder
from experiments.models import Order, OrderLine, OrderStatus, Store

logger = logging.getLogger(__name__)

BATCH = 500  # orders whose ids are held in memory at a time


def read_again(store: Store) -> int:
    """Read the kept deliveries of the store's orders that need it, and return how many orders were read.

    An order is a transaction of its own, so that nothing that arrives meanwhile has to wait.
    """
    number = 0
    for external_id in unread(store):
        if read_order_again(store, external_id):
            number += 1
    return number


def unread(store: Store) -> Iterator[str]:
    """The orders with kept deliveries that none was read of since, in order, batch by batch.

    By the deliveries, which are of a month, and not by the orders, which are of all time.
    """
    last = ""
    while batch := kept_orders(store, last):
        yield from unread_orders(store, batch).values_list("external_id", flat=True)
        last = batch[-1]


def kept_orders(store: Store, last: str) -> list[str]:
    """The next ``BATCH`` orders after this one of which a delivery is kept."""
    connections = list(store.connections.values_list("pk", flat=True))
    kept = Delivery.objects.filter(connection__in=connections, order_external_id__gt=last, status=DeliveryStatus.DONE)
    return list(kept.order_by("order_external_id").values_list("order_external_id", flat=True).distinct()[:BATCH])


def unread_orders(store: Store, external_ids: Sequence[str]) -> QuerySet[Order]:
    """Those of these orders whose payment was awaited or given up, or that have a token."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"), acceptance_id=None)
    with_token = Exists(lines.exclude(refused_code="", experiment_key=""))
    waiting = Q(status__in=(OrderStatus.PENDING, OrderStatus.ON_HOLD))
    orders = Order.objects.filter(store=store, sent_status="", external_id__in=external_ids)
    return orders.filter(waiting | with_token).order_by("external_id")


def read_order_again(store: Store, external_id: str) -> bool:
    """Apply the order's kept deliveries again as they arrived, and say whether there were any."""
    kept = Delivery.objects.filter(
        connection__store=store, order_external_id=external_id, status=DeliveryStatus.DONE
    ).select_related("connection__store")
    in_order = list(kept.order_by("received_at", "pk"))
    # One transaction for all of them, so that no report is made of the order halfway through its history.
    with transaction.atomic():
        for delivery in in_order:
            apply_again(delivery)
    return bool(in_order)


def apply_again(delivery: Delivery) -> None:
    """Apply the delivery without counting its refused tokens a second time; what can't be read stays as it is."""
    try:
        with transaction.atomic():  # a savepoint: one that can't be read leaves what the others changed
            deliveries.apply(delivery)
    except (BadPayload, BadOrder, Ignored, UnknownOrder) as error:
        logger.warning("Delivery %s can't be read again: %s", delivery.pk, error)
    except DatabaseError as error:
        if not refused_values.is_permanent(error):
            raise  # the database is away: the job is tried again as a whole
        logger.warning("Delivery %s can't be stored: %s", delivery.pk, refused_values.name_of(error))
