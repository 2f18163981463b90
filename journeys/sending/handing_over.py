"""Hands over what was claimed, one message in flight: whatever kills the worker costs at most the word on one.

A message is marked as being sent, and that is committed, before the server sees it. What came of it is written in the
transaction that begins the next one, which saves a round trip a message.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from journeys.checks import claims
from journeys.checks.rules import CheckResult
from journeys.models import Address, AddressState, CustomerMessage, MessageState, Sender, Suppression, SuppressionReason
from journeys.sending.claiming import LEASE, claim_some, expire, return_lost, senders_with_due
from journeys.sending.composing import CannotBeWritten, OutgoingMail, compose
from journeys.sending.switches import is_sending_on, remember_sent
from journeys.sending.transport import HandOver, Transport, open_transport

logger = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(hours=1)  # between two attempts; the last one is before ``send_by``
RELATED = (
    *("store", "contact", "address", "consent"),
    *("send_point__step", "send_point__variant", "send_point__run__order", "send_point__run__journey"),
)


class ServerAway(Exception):
    """Nobody answers where messages are handed over: all of them wait."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A message that was handed over, and what came of it."""

    message_id: int
    result: HandOver


def send_due(now: datetime) -> int:
    """Send what is due in all stores, and return how many messages were handed over."""
    expire(now)
    return_lost(now)
    if not is_sending_on():
        return 0
    transport, sent = open_transport(), 0
    try:
        for store_id in senders_with_due(now):
            sent += send_of_store(store_id, transport)
    except ServerAway:
        logger.warning("The mail server for messages can't be reached.")
    finally:
        transport.close()
    return sent


def send_of_store(store_id: int, transport: Transport) -> int:
    """Send what is due in a store, as far as its rate goes. Raises ``ServerAway``."""
    sent = 0
    while ids := claim_some(store_id, timezone.now()):
        sent += send_claimed(ids, transport)
    return sent


def send_claimed(ids: Sequence[int], transport: Transport) -> int:
    """Hand over what was claimed, one after the other. Raises ``ServerAway``, and gives back the rest."""
    last, sent = None, 0
    try:
        for message_id in ids:
            mail = begin(message_id, last, timezone.now())
            last = None
            if mail is not None:
                last = Finished(message_id, transport.hand_over(mail))
                sent += 1
                if last.result.is_server_away:
                    raise ServerAway
    finally:
        with transaction.atomic():
            if last is not None:
                note(last, timezone.now())
            give_back(ids)
    return sent


def give_back(ids: Sequence[int]) -> None:
    """Plan again what was claimed and not begun."""
    left = CustomerMessage.objects.filter(pk__in=ids, state=MessageState.CLAIMED)
    left.update(state=MessageState.PLANNED, claimed_until=None)


def begin(message_id: int, last: Finished | None, now: datetime) -> OutgoingMail | None:
    """Write what came of the last one, look at this one again, and mark it as being sent.

    None where it isn't to be sent (any more): it was cancelled, or its lease ended and another worker has it.
    """
    with transaction.atomic():
        if last is not None:
            note(last, now)
        messages = CustomerMessage.objects.select_related(*RELATED)
        message = messages.select_for_update(of=("self",)).filter(pk=message_id, state=MessageState.CLAIMED).first()
        if message is None or message.claimed_until is None or message.claimed_until < now:
            return None
        sender = Sender.objects.get(store=message.store_id)
        if not sender.is_on:  # turned off since it was claimed: it waits, as those that weren't claimed do
            give_back([message_id])
            return None
        if message.send_by < now:
            give_back([message_id])
            expire(now)
            return None
        checked = claims.why_not(message, now)
        if not checked.may_go_out:
            hold_back(message, checked)
            return None
        try:
            mail = compose(message, sender, now)
        except CannotBeWritten as error:
            cancel(message, error.reason)
            return None
        message.state, message.claimed_until = MessageState.SENDING, now + LEASE
        message.save(update_fields=["state", "claimed_until"])
        return mail


def cancel(message: CustomerMessage, reason: str) -> None:
    """End a message that isn't handed over."""
    message.state, message.reason, message.claimed_until = MessageState.CANCELLED, reason[:32], None
    message.save(update_fields=["state", "reason", "claimed_until"])


def hold_back(message: CustomerMessage, checked: CheckResult) -> None:
    """End a message that the checks hold back for good, and put off one that they hold back for now."""
    if checked.verdict is not None:
        cancel(message, checked.verdict.value)
    elif checked.retry_at is not None:
        message.state, message.claimed_until, message.next_attempt_at = MessageState.PLANNED, None, checked.retry_at
        message.save(update_fields=["state", "claimed_until", "next_attempt_at"])


def note(finished: Finished, now: datetime) -> None:
    """Write what came of a message. Raises nothing where it is gone: its contact was erased meanwhile."""
    # Also where it was given up as unknown meanwhile: whoever handed it over knows better.
    open_states = (MessageState.SENDING, MessageState.UNKNOWN)
    message = CustomerMessage.objects.select_for_update().filter(pk=finished.message_id, state__in=open_states).first()
    if message is None:
        return
    result = finished.result
    message.state, message.reason, message.claimed_until = result.state, result.reason[:32], None
    message.provider_id = result.provider_id[:200]
    if result.state == MessageState.SENT:
        message.sent_at = now
        remember_sent(message)
    if result.retry_in is not None:
        plan_again(message, result, now)
    message.save()
    if result.is_dead:
        suppress_dead(message, now)


def plan_again(message: CustomerMessage, result: HandOver, now: datetime) -> None:
    """Plan the next attempt, each time after twice as long, until ``send_by`` ends it."""
    assert result.retry_in is not None
    wait = result.retry_in * 2 ** min(message.attempts - 1, 8)
    message.next_attempt_at = now + min(wait, LONGEST_WAIT)


def suppress_dead(message: CustomerMessage, now: datetime) -> None:
    """Send nothing more to an address that doesn't exist."""
    if message.address is not None:
        Address.objects.filter(pk=message.address.pk).update(state=AddressState.DEAD)
    Suppression.objects.get_or_create(
        store_id=message.store_id,
        digest=message.address_digest,
        topic="",
        defaults={"reason": SuppressionReason.BOUNCED, "at": now},
    )
