"""What deliveries say of customers is handed on, and never costs an order that came with it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction

from checkout_widgets import customer_news
from checkout_widgets.customer_news import CustomerNews
from checkout_widgets.models import Delivery
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.shop_system import ShopSystem
from experiments import refused_values
from experiments.accounting.order_changes import UnknownOrder
from experiments.models import Order, Store

logger = logging.getLogger(__name__)

BAD_CUSTOMER = "bad_customer"  # what is counted where something of a customer can't be read or kept


def tell_of_order(delivery: Delivery, system: ShopSystem[Any, Any]) -> tuple[str, ...]:
    """Hand on what an order says of its customer, and return the codes to count."""
    return tell_safely(
        delivery, partial(system.read_customer, delivery.topic, bytes(delivery.body), delivery.received_at)
    )


def tell_of_refund(delivery: Delivery) -> tuple[str, ...]:
    """Hand on that money was paid back for an order."""
    news = CustomerNews(
        source=delivery.connection.kind, said_at=delivery.received_at, order_external_id=delivery.order_external_id
    )
    return tell_safely(delivery, lambda: news)


def tell_safely(delivery: Delivery, read: Callable[[], CustomerNews | None]) -> tuple[str, ...]:
    """Hand on what is read. The order is stored already, and stays so whatever fails here."""
    try:
        with transaction.atomic():  # a savepoint: what was written of the customer before a failure is undone
            news = read()
            if news is None:
                return ()
            customer_news.tell(delivery.connection.store, news)
    except Exception as error:
        if isinstance(error, DatabaseError) and not refused_values.is_permanent(error):
            raise  # the delivery is tried again as a whole
        # Its kind alone: a message may quote what was read, and with it an address.
        logger.error("What delivery %s says of the customer can't be kept: %s", delivery.pk, type(error).__name__)
        return (BAD_CUSTOMER,)
    return codes(news)


def hand_on(store: Store, news: CustomerNews) -> None:
    """Hand on what a delivery of its own says. Raises ``BadPayload`` where it names nobody, and ``UnknownOrder``."""
    if not news.order_external_id and not news.customer_id and not news.address:
        raise BadPayload(f"It names neither an order nor a customer. {remark(news)}".strip())
    known = Order.objects.filter(store=store, external_id=news.order_external_id)
    if news.order_external_id and not known.exists():
        raise UnknownOrder(news.order_external_id)
    customer_news.tell(store, news)


def codes(news: CustomerNews) -> tuple[str, ...]:
    """Return what is counted of the news: that some of it couldn't be read."""
    if news.unread:
        return (BAD_CUSTOMER,)
    return ()


def remark(news: CustomerNews) -> str:
    """Return which fields were left out; empty where all could be read. Never their values."""
    if not news.unread:
        return ""
    return f"Not understood and left out: {', '.join(news.unread)}."
