"""What was delivered -> orders. Each delivery is applied whole or not at all, and applying it again changes nothing."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

from checkout_widgets import costs
from checkout_widgets.models import ConnectionKind, Delivery, DeliveryStatus
from checkout_widgets.webhooks import shopify, woocommerce
from checkout_widgets.webhooks.accepted import AcceptedOffers
from checkout_widgets.webhooks.payloads import BadPayload, ExperimentOf
from experiments import refused_values
from experiments.accounting import ingestion, order_changes
from experiments.accounting.order_changes import UnknownOrder
from experiments.accounting.order_data import BadOrder, OrderData
from experiments.accounting.orders import record_order
from experiments.models import OrderLine, OrderStatus, Store

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 9


class Ignored(Exception):
    """A delivery that is right and of no interest; the message says why."""


def process(delivery_id: int) -> bool:
    """Apply the delivery, note what became of it, and say whether to try again later.

    What can't be understood is given up at once, anything else after ``MAX_ATTEMPTS``.
    """
    with transaction.atomic():
        delivery = Delivery.objects.open().select_for_update(of=("self",)).filter(pk=delivery_id).first()
        if delivery is None:
            return False
        attempt(delivery)
    if delivery.status == DeliveryStatus.DONE:
        for waiting in Delivery.objects.waiting_for(delivery).values_list("pk", flat=True):
            process(waiting)
    return delivery.status == DeliveryStatus.FAILED


def attempt(delivery: Delivery) -> None:
    """Apply the delivery and note what became of it."""
    handle = HANDLERS[delivery.connection.kind, delivery.topic]
    try:
        with transaction.atomic():
            remark = handle(delivery)
    except Ignored as reason:
        delivery.finish(DeliveryStatus.IGNORED, str(reason))
    except (BadPayload, BadOrder) as error:
        delivery.fail(str(error), is_final=True)
    except UnknownOrder as error:
        delivery.fail(str(error), is_final=delivery.attempts + 1 >= MAX_ATTEMPTS)
    except Exception as error:
        if refused_values.is_for_good(error):
            logger.warning("Delivery %s can't be stored: %s", delivery.pk, refused_values.name_of(error))
            delivery.fail(f"A value in it can't be stored: {error}", is_final=True)
            return
        logger.exception("Delivery %s failed.", delivery.pk)
        delivery.fail(f"{type(error).__name__}: {error}", is_final=delivery.attempts + 1 >= MAX_ATTEMPTS)
    else:
        delivery.finish(DeliveryStatus.DONE, remark)


def shopify_order(delivery: Delivery) -> str:
    """``orders/create``, ``orders/updated``, ``orders/paid``, ``orders/cancelled``."""
    order = shopify.read_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.test:
        raise Ignored("It is a test order.")
    return record(delivery, partial(shopify.order_data, order), order_changes.with_later_refunds)


def shopify_refund(delivery: Delivery) -> str:
    """``refunds/create``: valued like the order's lines, which say whether prices are kept with tax or without."""
    refund = shopify.read_refund(bytes(delivery.body))
    if refund.order_id is None:
        raise BadPayload("The refund says no order_id.")
    delivery.order_external_id = str(refund.order_id)
    with order_changes.changing(delivery.connection.store, delivery.order_external_id) as order:
        kept = set(OrderLine.objects.filter(order=order).values_list("sku", "price_minor"))
        data = shopify.refund_data(refund, lambda line: (line.name[:64], line.price_set.minor()) not in kept)
        order_changes.add_refund(order, data)
    return ""


def woocommerce_order(delivery: Delivery) -> str:
    """``order.created``, ``order.updated``, ``order.restored``."""
    order = woocommerce.read_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.is_draft:
        raise Ignored("The shopper is still filling in the checkout.")
    return record(delivery, partial(woocommerce.order_data, order), order_changes.with_known_refund_times)


def woocommerce_deletion(delivery: Delivery) -> str:
    """``order.deleted``: cancelled as of now; where the order is still to come, it comes too late."""
    order = woocommerce.read_deleted_order(bytes(delivery.body))
    store, at = delivery.connection.store, delivery.received_at
    delivery.order_external_id = str(order.id)
    try:
        with order_changes.changing(store, delivery.order_external_id) as stored:
            order_changes.cancel(stored, at)
    except UnknownOrder:
        gone = OrderData(str(order.id), at, at, store.currency, (), 0, 0, status=OrderStatus.CANCELLED)
        record_order(store, gone, source=delivery.connection.kind)
    return ""


def record(
    delivery: Delivery,
    read: Callable[[ExperimentOf], OrderData],
    with_refunds: Callable[[Store, OrderData], OrderData],
) -> str:
    """Store the order, and say why it doesn't count, where it doesn't; ``read`` is told how to know accepted offers."""
    store = delivery.connection.store
    accepted = AcceptedOffers.of(store, delivery.received_at)
    [data] = costs.fill(store.pk, [with_refunds(store, read(accepted.experiment_of))])
    record_order(store, data, source=delivery.connection.kind)
    ingestion.count_rejections(store.pk, "orders", accepted.rejected, delivery.received_at)
    if data.currency != store.currency:
        return f"It is in {data.currency} and doesn't count: the store's currency is {store.currency}."
    return ""


HANDLERS: dict[tuple[str, str], Callable[[Delivery], str]] = {
    (ConnectionKind.SHOPIFY, "orders/create"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/updated"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/paid"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/cancelled"): shopify_order,
    (ConnectionKind.SHOPIFY, "refunds/create"): shopify_refund,
    (ConnectionKind.WOOCOMMERCE, "order.created"): woocommerce_order,
    (ConnectionKind.WOOCOMMERCE, "order.updated"): woocommerce_order,
    (ConnectionKind.WOOCOMMERCE, "order.restored"): woocommerce_order,
    (ConnectionKind.WOOCOMMERCE, "order.deleted"): woocommerce_deletion,
}
SAYS_NO_VERSION = {"order.deleted"}  # the same body may mean another deletion
