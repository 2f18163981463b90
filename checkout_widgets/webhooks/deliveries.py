"""What was delivered -> orders. Each delivery is applied whole or not at all, and applying it again changes nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Min

from checkout_widgets import costs
from checkout_widgets.edge import snapshot
from checkout_widgets.edge.accepted_lines import TokenReader
from checkout_widgets.models import ConnectionKind, Delivery, DeliveryStatus
from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads, shopify, woocommerce
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from experiments import refused_values
from experiments.accounting import ingestion, order_changes, single_use
from experiments.accounting.order_changes import UnknownOrder
from experiments.accounting.order_data import BadOrder, OrderData
from experiments.accounting.orders import record_order
from experiments.accounting.refunded_goods import Basis
from experiments.models import Order, OrderLine, OrderStatus, Store

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 9
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a delivery: why its order doesn't count, and the codes of the tokens that don't."""

    remark: str = ""
    rejected: tuple[str, ...] = ()


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
            applied = handle(delivery)
            store_id = delivery.connection.store_id
            ingestion.count_rejections(store_id, "orders", applied.rejected, delivery.received_at)
    except Ignored as reason:
        delivery.finish(DeliveryStatus.IGNORED, str(reason))
    except (BadPayload, BadOrder) as error:
        delivery.fail(str(error), is_final=True)
    except UnknownOrder as error:
        delivery.fail(str(error), is_final=delivery.attempts + 1 >= MAX_ATTEMPTS)
    except Exception as error:
        if refused_values.is_for_good(error):
            logger.warning("Delivery %s can't be stored: %s", delivery.pk, refused_values.name_of(error))
            delivery.fail(f"It has a value that can't be stored: {refused_values.reason(error)}", is_final=True)
            return
        logger.exception("Delivery %s failed.", delivery.pk)
        delivery.fail(f"{type(error).__name__}: {error}", is_final=delivery.attempts + 1 >= MAX_ATTEMPTS)
    else:
        delivery.finish(DeliveryStatus.DONE, applied.remark)


def shopify_order(delivery: Delivery) -> Applied:
    """``orders/create``, ``orders/updated``, ``orders/paid``, ``orders/cancelled``."""
    order = shopify.read_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.test:
        raise Ignored("It is a test order.")
    store = delivery.connection.store
    products = products_of(store, order.goods)
    tokens = token_reader(delivery, shopify.visitor_of(order))
    data = shopify.order_data(order, tokens.read, products)
    return record(delivery, order_changes.with_later_refunds(store, data), tokens)


def shopify_refund(delivery: Delivery) -> Applied:
    """``refunds/create``: valued like the order's lines, which say whether prices are kept with tax or without."""
    refund = shopify.read_refund(bytes(delivery.body))
    if refund.order_id is None:
        raise BadPayload("The refund says no order_id.")
    delivery.order_external_id = str(refund.order_id)
    store = delivery.connection.store
    products = products_of(store, refund.goods)
    with order_changes.changing(store, delivery.order_external_id) as order:
        kept = set(OrderLine.objects.filter(order=order).values_list("sku", "price_minor"))
        data = shopify.refund_data(
            refund,
            is_tax_in=lambda line: (line.stored_name(products), line.price_set.minor()) not in kept,
            basis=basis_of(order),
        )
        order_changes.add_refund(order, data)
    return Applied()


def basis_of(order: Order) -> Basis:
    """What the stored order is made of."""
    return Basis(
        goods_minor=order.subtotal_minor - order.discount_minor,
        tax_minor=order.tax_minor,
        shipping_minor=order.shipping_minor,
        total_minor=order.total_minor,
    )


def woocommerce_order(delivery: Delivery) -> Applied:
    """``order.created``, ``order.updated``."""
    order = woocommerce.read_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.is_draft:
        raise Ignored("The shopper is still filling in the checkout.")
    return record_woocommerce(delivery, order)


def woocommerce_restoration(delivery: Delivery) -> Applied:
    """``order.restored``: beats every deletion that arrived before it, whatever version the order is."""
    order = woocommerce.read_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.is_draft:
        raise Ignored("The shopper is still filling in the checkout.")
    return record_woocommerce(delivery, order, restored_at=delivery.received_at)


def record_woocommerce(delivery: Delivery, order: woocommerce.Order, restored_at: datetime | None = None) -> Applied:
    """Store the order; one in the trash is deleted, as if that had been told on its own."""
    store = delivery.connection.store
    tokens = token_reader(delivery, woocommerce.visitor_of(order))
    data = woocommerce.order_data(order, tokens.read, products_of(store, order.goods))
    deleted_at = delivery.received_at if order.is_in_trash else None
    data = replace(data, restored_at=restored_at, deleted_at=deleted_at)
    return record(delivery, order_changes.with_known_refund_times(store, data), tokens)


def deletion(delivery: Delivery) -> Applied:
    """``order.deleted``, ``orders/delete``: cancelled until something restores it, also where it is still to come.

    The body is an id alone. So this is a version without contents that is older than any other.
    """
    order = payloads.read_deleted_order(bytes(delivery.body))
    store = delivery.connection.store
    delivery.order_external_id = str(order.id)
    at = first_arrival(delivery)
    gone = OrderData(str(order.id), at, OLDEST, store.currency, (), 0, 0, status=OrderStatus.CANCELLED, deleted_at=at)
    record_order(store, gone, source=delivery.connection.kind)
    return Applied()


def first_arrival(delivery: Delivery) -> datetime:
    """When this very delivery first arrived: a copy that comes after a restoration is no second deletion."""
    if not delivery.external_id:
        return delivery.received_at
    same = Delivery.objects.filter(
        connection=delivery.connection_id,
        topic=delivery.topic,
        external_id=delivery.external_id,
        order_external_id=delivery.order_external_id,
    )
    first: datetime | None = same.aggregate(first=Min("received_at"))["first"]
    return min(first or delivery.received_at, delivery.received_at)


def token_reader(delivery: Delivery, visitor_id: str) -> TokenReader:
    """For an order of the delivery's store. Raises ``LookupError`` while its configuration is not loaded yet."""
    store = snapshot.current().by_site_key[delivery.connection.store.site_key]
    return TokenReader(store, delivery.received_at, visitor_id)


def products_of(store: Store, lines: Sequence[shopify.Line | woocommerce.Line]) -> ShopProducts:
    """What the catalogue knows of the products in these lines."""
    external_ids = {external_id for line in lines for external_id in line.external_ids}
    return ShopProducts.of(store.pk, {line.sku for line in lines if line.sku}, external_ids)


def record(delivery: Delivery, data: OrderData, tokens: TokenReader) -> Applied:
    """Store the order, and say why it doesn't count, where it doesn't."""
    store = delivery.connection.store
    [data] = costs.fill(store.pk, [data])
    recorded = record_order(store, data, source=delivery.connection.kind)
    used = [single_use.ALREADY_USED] * len(recorded.used_lines)
    return Applied(remark(store, data), (*tokens.rejected, *used))


def remark(store: Store, data: OrderData) -> str:
    """Why the order doesn't count; empty where it does, or was cancelled."""
    if data.currency != store.currency:
        return f"It is in {data.currency} and doesn't count: the store's currency is {store.currency}."
    if data.status == OrderStatus.PENDING:
        return "The order isn't paid yet. It counts once it is paid."
    if data.repeat_kind and not store.is_repeat_counted:
        return f"It is a {data.repeat_kind} of an earlier order and doesn't count."
    return ""


HANDLERS: dict[tuple[str, str], Callable[[Delivery], Applied]] = {
    (ConnectionKind.SHOPIFY, "orders/create"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/updated"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/paid"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/cancelled"): shopify_order,
    (ConnectionKind.SHOPIFY, "orders/delete"): deletion,
    (ConnectionKind.SHOPIFY, "refunds/create"): shopify_refund,
    (ConnectionKind.WOOCOMMERCE, "order.created"): woocommerce_order,
    (ConnectionKind.WOOCOMMERCE, "order.updated"): woocommerce_order,
    (ConnectionKind.WOOCOMMERCE, "order.restored"): woocommerce_restoration,
    (ConnectionKind.WOOCOMMERCE, "order.deleted"): deletion,
}
SAYS_NO_VERSION = {"order.deleted"}  # the same body may mean another deletion
