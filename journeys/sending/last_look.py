"""The last look at a message, in the transaction that hands it over: what came in a second ago stops it."""

from datetime import datetime
from typing import Any

from checkout_widgets.models import Product
from journeys.consent import basis_for
from journeys.models import (
    AddressState,
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
    if message.consent is not None and not has_consent(message, now):
        return "no_consent"
    silent_until = message.contact.friction_until
    if silent_until is not None and silent_until > now:
        return "friction"
    return ""


def is_suppressed(message: CustomerMessage) -> bool:
    """Return whether the address gets nothing more, or nothing of this kind."""
    topics = {"", topic_of(message)}
    return Suppression.objects.filter(store=message.store_id, digest=message.address_digest, topic__in=topics).exists()


def has_consent(message: CustomerMessage, now: datetime) -> bool:
    """Return whether a message of this kind to the address still rests on something."""
    assert message.address is not None
    return basis_for(message.address, topic_of(message), now, categories=categories_of(message)) is not None


def categories_of(message: CustomerMessage) -> set[str]:
    """Return the categories of what the message offers: a soft opt-in is good for similar products alone."""
    if message.send_point is None:
        return set()
    keys = offer_keys(message.send_point.step.document)
    products = Product.objects.filter(store=message.store_id, offer_items__offer__key__in=keys)
    return set(products.values_list("category", flat=True)) - {""}


def offer_keys(document: dict[str, Any]) -> set[str]:
    """Return the keys of the offers that a step's document has, in all of its variants."""
    documents = [document, *document.get("variants", {}).values()]
    return {one["offer"] for one in documents if one.get("offer")}


def topic_of(message: CustomerMessage) -> str:
    """Return which kind of messages it is of; empty for all."""
    if message.send_point is None:
        return ""
    return message.send_point.step.topic
