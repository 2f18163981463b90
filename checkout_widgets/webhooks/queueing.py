"""Deliveries into the queue: kept first, then done by the worker."""

from datetime import datetime
from hashlib import sha256

from django.db import OperationalError, transaction
from procrastinate.exceptions import ConnectorException

from checkout_widgets.models import Connection, Delivery, DeliveryStatus
from checkout_widgets.models.delivery import DeliveryQuerySet
from checkout_widgets.tasks import process_delivery
from checkout_widgets.webhooks.deliveries import SAYS_NO_VERSION


def keep(connection: Connection, *, topic: str, external_id: str, body: bytes, now: datetime) -> bool:
    """Keep the delivery and queue it, in one transaction; False where it was delivered before.

    Raises ``django.db.Error`` where the database is away.
    """
    fields = {"external_id": external_id, "body": body, "received_at": now}
    digest = None if topic in SAYS_NO_VERSION else sha256(topic.encode() + b"\n" + body).digest()
    with transaction.atomic():
        if digest is None:
            delivery, is_new = Delivery.objects.create(connection=connection, topic=topic, **fields), True
        else:
            delivery, is_new = Delivery.objects.get_or_create(
                connection=connection, digest=digest, defaults=fields | {"topic": topic}
            )
        if is_new:
            queue(delivery)
    return is_new


def try_again(deliveries: DeliveryQuerySet) -> int:
    """Start over with those that failed or were given up, and say how many they are."""
    with transaction.atomic():
        failed = list(deliveries.retryable().select_for_update(of=("self",)))
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in failed]).update(
            status=DeliveryStatus.PENDING, attempts=0
        )
        for delivery in failed:
            queue(delivery)
    return len(failed)


def queue(delivery: Delivery) -> None:
    """Let the worker process the delivery once the transaction is committed."""
    try:
        process_delivery.defer(delivery_id=delivery.pk)
    except ConnectorException as error:
        raise OperationalError(str(error)) from error
