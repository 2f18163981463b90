"""The last look at a message, in the transaction that hands it over: what came in a second ago stops it."""

from datetime import datetime

from django.db.models import Q

from journeys.models import (
    AddressState,
    ConsentBasis,
    ConsentRecord,
    CustomerMessage,
    JourneyStatus,
    Sender,
    Suppression,
)


def why_not(message: CustomerMessage, sender: Sender, now: datetime) -> str:
    """Return the reason why a message isn't sent after all; empty where it is."""
    if message.send_by < now:
        return "too_late"
    if message.send_point is not None and message.send_point.run.journey.status != JourneyStatus.RUNNING:
        return "journey_stopped"
    if not sender.is_on:
        return "sender_off"
    if message.address is None or message.address.state == AddressState.DEAD:
        return "no_address"
    if is_suppressed(message):
        return "suppressed"
    if message.consent is not None and not has_consent(message):
        return "no_consent"
    silent_until = message.contact.friction_until
    if silent_until is not None and silent_until > now:
        return "friction"
    return ""


def is_suppressed(message: CustomerMessage) -> bool:
    """Return whether the address gets nothing more, or nothing of this kind."""
    topics = {"", topic_of(message)}
    return Suppression.objects.filter(store=message.store_id, digest=message.address_digest, topic__in=topics).exists()


def has_consent(message: CustomerMessage) -> bool:
    """Return whether the newest word on messages of this kind is still a yes."""
    records = ConsentRecord.objects.filter(Q(topic="") | Q(topic=topic_of(message)), address=message.address_id)
    newest = records.order_by("-said_at", "-pk").first()
    return newest is not None and newest.basis != ConsentBasis.NONE


def topic_of(message: CustomerMessage) -> str:
    """Return which kind of messages it is of; empty for all."""
    if message.send_point is None:
        return ""
    return message.send_point.step.topic
