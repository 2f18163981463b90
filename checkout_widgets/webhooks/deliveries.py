"""Deliveries -> orders and products. Each is applied whole or not at all; again, it changes nothing."""

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from checkout_widgets import costs
from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.accepted_lines import TokenReader
from checkout_widgets.models import Delivery, DeliveryStatus
from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.trial_orders import marks
from checkout_widgets.trial_orders.rehearsal import note_read, rehearse
from checkout_widgets.webhooks import customers_of_deliveries, privacy_requests
from checkout_widgets.webhooks.products import store_products
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from checkout_widgets.webhooks.shop_systems.shop_system import (
    Event,
    NamedProduct,
    ProductNews,
    ShopSystem,
    StoredOrder,
)
from experiments import refused_values
from experiments.accounting import ingestion, order_changes, single_use
from experiments.accounting.order_changes import UnknownOrder
from experiments.accounting.order_data import BadOrder, OrderData
from experiments.accounting.orders import record_order
from experiments.accounting.refunded_goods import Basis
from experiments.customer_keys import customer_key, guest_key
from experiments.models import Order, OrderLine, OrderStatus, Store

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 9  # the queue waits 4 s, 16 s, ... between them: about a day in all
IS_TRIAL = "It is a test order, sent from the setup page."
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)

AnyShopSystem = ShopSystem[Any, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a delivery: why its order doesn't count, and the codes of the tokens that don't."""

    remark: str = ""
    rejected: tuple[str, ...] = ()
    status: DeliveryStatus = DeliveryStatus.DONE


class Ignored(Exception):
    """A delivery that is right and of no interest; the message says why."""


def process(delivery_id: int) -> bool:
    """Apply the delivery, note what became of it, and return whether to try again later.

    What can't be understood is given up at once, anything else after ``MAX_ATTEMPTS``.
    """
    with transaction.atomic():
        # Locked, so that a job that the queue hands out twice doesn't apply the delivery twice at once.
        delivery = Delivery.objects.open().select_for_update(of=("self",)).filter(pk=delivery_id).first()
        if delivery is None:
            return False
        attempt(delivery)
    if delivery.status == DeliveryStatus.DONE and delivery.order_external_id:
        # Refunds and parcels that came before this order failed; now they can be applied, and needn't wait for long.
        for waiting in Delivery.objects.waiting_for(delivery).values_list("pk", flat=True):
            process(waiting)
    return delivery.status == DeliveryStatus.FAILED


def attempt(delivery: Delivery) -> None:
    """Apply the delivery and note what became of it."""
    is_last = delivery.attempts + 1 >= MAX_ATTEMPTS
    try:
        # A savepoint: what was written before a failure is undone, and the note of the failure is not.
        with transaction.atomic():
            applied = apply(delivery)
            store_id = delivery.connection.store_id
            ingestion.count_rejections(store_id, "orders", applied.rejected, delivery.received_at)
    except Ignored as reason:
        delivery.finish(DeliveryStatus.IGNORED, str(reason))
    except (BadPayload, BadOrder) as error:
        delivery.fail(str(error), is_final=True)
    except UnknownOrder as error:
        delivery.fail(str(error), is_final=is_last)
    except Exception as error:  # whatever it is, it costs this delivery only
        fail_unexpectedly(delivery, error, is_last=is_last)
    else:
        delivery.finish(applied.status, applied.remark)


def fail_unexpectedly(delivery: Delivery, error: Exception, *, is_last: bool) -> None:
    """Note a failure that isn't the body's; one by a value that PostgreSQL never takes is final."""
    if refused_values.is_permanent(error):
        logger.warning("Delivery %s can't be stored: %s", delivery.pk, refused_values.name_of(error))
        delivery.fail(f"It has a value that can't be stored: {refused_values.reason(error)}", is_final=True)
        return
    # Where, and not what: an exception's text may quote the body, and with it whom the order is of.
    frames = traceback.extract_tb(error.__traceback__)
    logger.error("Delivery %s failed: %s\n%s", delivery.pk, type(error).__name__, "".join(frames.format()))
    delivery.fail(f"{type(error).__name__} in {place_of(frames)}", is_final=is_last)


def place_of(frames: traceback.StackSummary) -> str:
    """Return where an exception was raised, as ``payloads.py, line 40``."""
    if not frames:
        return "an unknown place"
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}"


def apply(delivery: Delivery) -> Applied:
    """Read the delivery and store what it tells.

    Raises ``Ignored``, ``BadPayload``, ``BadOrder``, and ``UnknownOrder`` for a refund that came before its order.
    """
    system = SHOP_SYSTEMS[delivery.connection.kind]
    topic = system.recognize_topic(delivery.topic)
    if topic is None:  # only where a release stopped reading it: others are refused at the door
        raise Ignored(f"Offerlift doesn't read deliveries of the topic {delivery.topic}.")
    match topic.event:
        case Event.ORDER:
            return apply_order(delivery, system)
        case Event.RESTORATION:
            return apply_order(delivery, system, restored_at=delivery.received_at)
        case Event.REFUND:
            return apply_refund(delivery, system)
        case Event.DELETION:
            return apply_deletion(delivery, system)
        case Event.CUSTOMER:
            return apply_customer(delivery, system)
        case Event.PRODUCT:
            return apply_products(delivery, system.parse_product(bytes(delivery.body)))
        case Event.PRODUCT_DELETION:
            return apply_products(delivery, [system.parse_product_deletion(bytes(delivery.body))])
        case Event.ERASURE | Event.SHOP_ERASURE | Event.DATA_REQUEST:
            privacy_requests.keep_request(delivery, topic.event)
            return Applied()


def apply_order(delivery: Delivery, system: AnyShopSystem, *, restored_at: datetime | None = None) -> Applied:
    """Store this version of the order. One that was restored beats every deletion that arrived before it."""
    order = system.parse_order(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    if order.reason_to_ignore:
        raise Ignored(order.reason_to_ignore)
    store = delivery.connection.store
    tokens = token_reader(delivery, order.visitor_id)
    data = system.read_order(order, tokens.read, products_of(store, order.goods))
    # An order that the shop shows in its trash is deleted, as if that had been told on its own.
    deleted_at = delivery.received_at if order.is_deleted else None
    key = guest_key(store.pk, order.address)
    data = replace(data, restored_at=restored_at, deleted_at=deleted_at, guest_key=key)
    data = system.complete_order(store, data)
    [data] = costs.fill_missing_costs(store.pk, [data])
    trial_id = marks.read_mark(store.pk, order.trial_mark)
    if trial_id is not None:
        return try_order(delivery, data, trial_id)
    applied = record(delivery, data, tokens)
    return replace(applied, rejected=(*applied.rejected, *customers_of_deliveries.tell_of_order(delivery, system)))


def apply_customer(delivery: Delivery, system: AnyShopSystem) -> Applied:
    """Hand on what is said of a customer or a parcel. Raises ``UnknownOrder`` until the order that it is of is here."""
    news = system.read_customer(delivery.topic, bytes(delivery.body), delivery.received_at)
    if news is None:
        raise Ignored(f"A delivery of the topic {delivery.topic} says nothing of a customer.")
    delivery.order_external_id = news.order_external_id
    if not news.order_external_id:
        # By which an erasure of the customer finds it.
        delivery.customer_key = customer_key(
            delivery.connection.store_id, customer_id=news.customer_id, address=news.address
        )
    customers_of_deliveries.hand_on(delivery.connection.store, news)
    return Applied(customers_of_deliveries.remark(news), customers_of_deliveries.codes(news))


def try_order(delivery: Delivery, data: OrderData, trial_id: UUID) -> Applied:
    """Say of a test order what was understood of it, and leave nothing else behind."""
    store = delivery.connection.store
    rehearsal = rehearse(store, data, source=delivery.connection.kind)
    note_read(store, trial_id, data.external_id, rehearsal.understood)
    # Ignored, and not done: what is done may be read again some day, and refunds of it may wait.
    return Applied(IS_TRIAL, status=DeliveryStatus.IGNORED)


def apply_refund(delivery: Delivery, system: AnyShopSystem) -> Applied:
    """Store a refund that is told on its own. Raises ``UnknownOrder`` until its order has arrived."""
    refund = system.parse_refund(bytes(delivery.body))
    if refund.order_id is None:
        raise BadPayload("The refund says no order_id.")
    delivery.order_external_id = str(refund.order_id)
    store = delivery.connection.store
    products = products_of(store, refund.goods)
    with order_changes.locked_for_change(store, delivery.order_external_id) as order:
        data = system.read_refund(refund, stored_order(order), products)
        order_changes.add_refund(order, data)
    return Applied("", customers_of_deliveries.tell_of_refund(delivery))


def stored_order(order: Order) -> StoredOrder:
    """Return what a refund's value depends on."""
    basis = Basis(
        goods_minor=order.subtotal_minor - order.discount_minor,
        tax_minor=order.tax_minor,
        shipping_minor=order.shipping_minor,
        total_minor=order.total_minor,
    )
    prices = OrderLine.objects.filter(order=order).values_list("sku", "price_minor")
    return StoredOrder(basis, set(prices))


def apply_deletion(delivery: Delivery, system: AnyShopSystem) -> Applied:
    """Cancel the order until something restores it, also where it is still to come.

    The body is an id alone. So this is a version without contents that is older than any other.
    """
    order = system.parse_deletion(bytes(delivery.body))
    delivery.order_external_id = str(order.id)
    store, deleted_at = delivery.connection.store, first_arrival(delivery)
    deleted = OrderData(
        external_id=str(order.id),
        placed_at=deleted_at,
        updated_at=OLDEST,
        currency=store.currency,
        lines=(),
        subtotal_minor=0,
        total_minor=0,
        status=OrderStatus.CANCELLED,
        deleted_at=deleted_at,
    )
    record_order(store, deleted, source=delivery.connection.kind)
    return Applied()


def apply_products(delivery: Delivery, products: Sequence[ProductNews]) -> Applied:
    """Take over what products of the catalog cost and how many there are; of others nothing, as imports bring them."""
    if not store_products(delivery.connection.store, products):
        raise Ignored("None of its products is in the catalog. Import them first.")
    return Applied()


def first_arrival(delivery: Delivery) -> datetime:
    """Return when this very delivery first arrived: a copy that comes after a restoration is no second deletion."""
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
    """Return a reader for an order's tokens. Raises ``LookupError`` until the store's configuration is loaded."""
    store = live_configuration.current().by_site_key[delivery.connection.store.site_key]
    return TokenReader(store, delivery.received_at, visitor_id)


def products_of(store: Store, lines: Sequence[NamedProduct]) -> ShopProducts:
    """Return what the catalogue knows of the products in these lines."""
    skus: set[str] = set()
    external_ids: set[str] = set()
    for line in lines:
        external_ids.update(line.external_ids)
        if line.sku:
            skus.add(line.sku)
    return ShopProducts.of(store.pk, skus, external_ids)


def record(delivery: Delivery, data: OrderData, tokens: TokenReader) -> Applied:
    """Store the order, and return why it doesn't count, where it doesn't."""
    store = delivery.connection.store
    recorded = record_order(store, data, source=delivery.connection.kind)
    used = [single_use.ALREADY_USED] * len(recorded.used_lines)
    return Applied(remark(store, data), (*tokens.rejected, *used))


def remark(store: Store, data: OrderData) -> str:
    """Return why the order doesn't count; empty where it does, or was cancelled."""
    if data.currency != store.currency:
        return f"It is in {data.currency} and doesn't count: the store's currency is {store.currency}."
    if data.status == OrderStatus.PENDING:
        return "The order isn't paid yet. It counts once it is paid."
    if data.repeat_kind and not store.is_repeat_counted:
        return f"It is a {data.repeat_kind} of an earlier order and doesn't count."
    return ""
