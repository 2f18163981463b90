"""What providers deliver: kept first, then read by the worker, and forgotten once it is read."""

import hashlib
import json
import logging
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from journeys.models import ProviderDelivery, ProviderDeliveryStatus, UnmatchedEvent
from journeys.tracking.events import heard_of
from journeys.tracking.matching import apply
from journeys.tracking.providers import NotSetUp, ProviderWebhook, UnreadableBody, kept_environ

logger = logging.getLogger(__name__)

# Long enough that the operator sees what can't be read, and short because it names addresses.
UNREAD_DAYS = 7
# Providers repeat themselves for three days at most; what is known of it beside its digest is nothing.
READ_DAYS = 7
UNMATCHED_DAYS = 30


def keep(provider: str, *, body: bytes, content_type: str, headers: dict[str, str], now: datetime) -> bool:
    """Keep a delivery and queue it, in one transaction; False where it was delivered before.

    Raises ``django.db.Error`` where the database is away.
    """
    described = json.dumps([provider, headers], sort_keys=True).encode()
    digest = hashlib.sha256(described + b"\n" + body).digest()
    fields = {"body": body, "content_type": content_type, "headers": headers, "received_at": now}
    with transaction.atomic():
        delivery, is_new = ProviderDelivery.objects.get_or_create(provider=provider, digest=digest, defaults=fields)
        if is_new:
            queue(delivery)
    return is_new


def queue(delivery: ProviderDelivery) -> None:
    """Let the worker read the delivery once the transaction is committed."""
    try:
        read_provider_delivery.defer(delivery_id=delivery.pk)
    except ConnectorException as error:
        raise OperationalError(str(error)) from error


@app.task(queue="webhooks", retry=RetryStrategy(max_attempts=10, exponential_wait=4))
def read_provider_delivery(delivery_id: int) -> None:
    """Read what a provider delivered; after 4 s, 16 s, ... again where the database or a setting is away."""
    delivery = ProviderDelivery.objects.filter(pk=delivery_id, status=ProviderDeliveryStatus.PENDING).first()
    if delivery is not None:  # forgotten since it was queued, or read already
        read(delivery)


def read(delivery: ProviderDelivery) -> None:
    """Apply each event of a delivery, then forget its body: it names addresses. Raises ``NotSetUp``."""
    environ = kept_environ(delivery.content_type, delivery.headers)
    try:
        events = ProviderWebhook(delivery.provider).read(environ, bytes(delivery.body))
    except UnreadableBody as error:
        logger.warning("Delivery %s of %s can't be read: %s", delivery.pk, delivery.provider, error)
        finish(delivery, ProviderDeliveryStatus.FAILED, error=f"can't be read: {error}")
        return
    except NotSetUp as error:
        logger.error("%s", error)
        raise
    for event in events:
        heard = heard_of(event, delivery.provider, delivery.received_at)
        if heard is not None:
            apply(heard, timezone.now())
    delivery.events = len(events)
    delivery.body = b""
    finish(delivery, ProviderDeliveryStatus.DONE)


def finish(delivery: ProviderDelivery, status: ProviderDeliveryStatus, error: str = "") -> None:
    """Note what became of a delivery."""
    delivery.status, delivery.error = status, error[:200]
    delivery.save(update_fields=["status", "error", "events", "body"])


def forget_old(now: datetime) -> None:
    """Delete what is no longer kept."""
    ends = {
        ProviderDeliveryStatus.DONE: READ_DAYS,
        ProviderDeliveryStatus.FAILED: UNREAD_DAYS,
        ProviderDeliveryStatus.PENDING: UNMATCHED_DAYS,
    }
    for status, days in ends.items():
        ProviderDelivery.objects.filter(status=status, received_at__lt=now - timedelta(days=days)).delete()
    UnmatchedEvent.objects.filter(received_at__lt=now - timedelta(days=UNMATCHED_DAYS)).delete()


@app.periodic(cron="37 4 * * *")
@app.task(queueing_lock="forget_provider_deliveries")
def forget_provider_deliveries(timestamp: int) -> None:
    """Delete what providers delivered some days ago."""
    forget_old(timezone.now())
