"""Deliveries into the queue: kept first, then done by the worker."""

from datetime import datetime
from hashlib import sha256

from django.db import OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from checkout_widgets.models import Connection, Delivery, DeliveryStatus
from checkout_widgets.models.delivery import DeliveryQuerySet
from checkout_widgets.webhooks.deliveries import process
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS


class TryAgain(Exception):
    """Asks the queue for another attempt later."""


# Jobs wait in the database under this name, those of the release before too.
@app.task(name="checkout_widgets.tasks.process_delivery", queue="webhooks", retry=RetryStrategy(exponential_wait=4))
def process_delivery(delivery_id: int) -> None:
    """Apply what a shop system sent; after 4 s, 16 s, ... again, about a day long."""
    if process(delivery_id):
        raise TryAgain


def keep(connection: Connection, *, topic: str, external_id: str, body: bytes, now: datetime) -> bool:
    """Keep the delivery and queue it, in one transaction; False where it was delivered before.

    Raises ``django.db.Error`` where the database is away.
    """
    fields = {"topic": topic, "external_id": external_id, "body": body, "received_at": now}
    with transaction.atomic():
        if is_versioned(connection, topic):
            delivery, is_new = Delivery.objects.get_or_create(
                connection=connection, digest=digest_of(topic, body), defaults=fields
            )
        else:
            # The same body may mean another deletion, so that none is taken for a copy of an earlier one.
            delivery, is_new = Delivery.objects.create(connection=connection, **fields), True
        if is_new:
            queue(delivery)
    return is_new


def is_versioned(connection: Connection, topic: str) -> bool:
    """Whether the topic's bodies say which version of the order they are about."""
    known = SHOP_SYSTEMS[connection.kind].recognize_topic(topic)
    return known is None or known.is_versioned


def digest_of(topic: str, body: bytes) -> bytes:
    """Return what two deliveries of the same have in common, whatever the shop calls each of them."""
    return sha256(topic.encode() + b"\n" + body).digest()


def try_again(deliveries: DeliveryQuerySet) -> int:
    """Start over with those that failed or were given up, and return how many they are."""
    with transaction.atomic():
        # Locked against a second click and the worker: each is queued once, and none that is done meanwhile.
        failed = list(deliveries.retryable().select_for_update(of=("self",)))
        chosen = Delivery.objects.filter(pk__in=[delivery.pk for delivery in failed])
        chosen.update(status=DeliveryStatus.PENDING, attempts=0)
        for delivery in failed:
            queue(delivery)
    return len(failed)


def queue(delivery: Delivery) -> None:
    """Let the worker process the delivery once the transaction is committed."""
    try:
        process_delivery.defer(delivery_id=delivery.pk)
    except ConnectorException as error:
        # The queue is in the same database: callers that know what to do without it know Django's error.
        raise OperationalError(str(error)) from error
