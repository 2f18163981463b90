"""What a server's word does to a message that it didn't take, and to its address."""

from datetime import datetime, timedelta

from django.db import transaction

from journeys.models import Address, AddressState, CustomerMessage, MessageState, Suppression, SuppressionReason
from journeys.sending.claiming import rows_of
from journeys.sending.in_flight.notes import ClaimedMessage
from journeys.sending.transport import HandOver

LONGEST_WAIT = timedelta(hours=1)  # between two attempts; the last one is before ``send_by``


@transaction.atomic
def write_refusal(claim: ClaimedMessage, result: HandOver, now: datetime) -> None:
    """Write what came of a message, anything but sent. Writes nothing where it is gone: its contact was erased."""
    # Also where it was given up as unknown meanwhile: whoever handed it over knows better.
    open_states = (MessageState.SENDING, MessageState.UNKNOWN)
    # Locked against whoever gives it up as unknown just now.
    message = rows_of([claim]).select_for_update().filter(state__in=open_states).first()
    if message is None:
        return
    message.state, message.reason, message.claimed_until = result.state, result.reason[:32], None
    if result.retry_in is not None:
        plan_again(message, result.retry_in, now)
    message.save()
    if result.is_dead:
        suppress_dead(message, now)


def plan_again(message: CustomerMessage, first_wait: timedelta, now: datetime) -> None:
    """Plan the next attempt, each time after twice as long, until ``send_by`` ends it."""
    wait = first_wait * 2 ** min(message.attempts - 1, 8)
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
