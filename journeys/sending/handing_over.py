"""Hands over what was claimed, one message in flight: whatever kills the worker costs at most the word on one.

A message is marked as being sent, and that is committed, before the server sees it. What came of it is written by the
statement that begins the next one. While the server looks at a message, the next one is written.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from experiments.sql_files import read_sql
from journeys.models import Address, AddressState, CustomerMessage, MessageState, Sender, Suppression, SuppressionReason
from journeys.sending.batches import ClaimedBatch
from journeys.sending.claiming import LEASE, claim_some, expire, return_lost, senders_with_due
from journeys.sending.composing import OutgoingMail
from journeys.sending.switches import is_sending_on, remember_sent, switch
from journeys.sending.transport import HandOver, Transport, open_transport

logger = logging.getLogger(__name__)

BEGIN_NEXT = read_sql(__file__, "begin_next")
LONGEST_WAIT = timedelta(hours=1)  # between two attempts; the last one is before ``send_by``
DATABASE_BACK_WITHIN_S = 120.0  # shorter than the lease, after which others give the message up as unknown
DATABASE_PAUSE_S = 0.5


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
    # Told once for all that wait: each would fail alike, and they are tried again with the next round.
    except ServerAway:
        logger.warning("The mail server for messages can't be reached.")
    finally:
        transport.close()
    return sent


def send_of_store(store_id: int, transport: Transport) -> int:
    """Send what is due in a store, as far as its rate goes. Raises ``ServerAway``."""
    sent = 0
    while switch().is_on and (ids := claim_some(store_id, timezone.now())):
        sent += send_claimed(store_id, ids, transport)
        expire(timezone.now())  # what became too late meanwhile was given back, and isn't claimed for ever
    return sent


def send_claimed(store_id: int, ids: Sequence[int], transport: Transport) -> int:
    """Hand over what was claimed, one after the other. Raises ``ServerAway``, and gives back the rest."""
    batch = ClaimedBatch(Sender.objects.select_related("store").get(store=store_id), ids)
    line = Line(transport)
    try:
        while (mail := batch.write_next()) is not None:
            transport.prepare(mail)
            line.finish()
            # Asked again, where the server took its time with the one before.
            if batch.may_go_out(mail.message_id):
                line.begin(mail)
            batch.position += 1
    finally:
        line.end()
        when_database_is_there(partial(give_back, ids))
    return line.sent


class Line:
    """The messages that go out by one transport, one at a time: the one in flight, and what came of the last.

    ``beginning`` is the one that is being marked as sent right now: where the database goes away meanwhile, nobody
    knows whether it is marked, but it certainly wasn't handed over.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.in_flight: OutgoingMail | None = None
        self.last: Finished | None = None
        self.beginning: int | None = None
        self.sent = 0

    def finish(self) -> None:
        """Wait for the word on the message in flight, where there is one. Raises ``ServerAway``."""
        if self.in_flight is None:
            return
        self.last = Finished(self.in_flight.message_id, self.transport.finish())
        self.in_flight = None
        self.sent += 1
        if self.last.result.is_server_away:
            raise ServerAway

    def begin(self, mail: OutgoingMail) -> None:
        """Write what came of the last message, mark this one as being sent, and begin to hand it over.

        It stays as it is where it may not go out any more, or another worker has it since its lease ended.
        """
        now = timezone.now()
        if self.last is not None and self.last.result.state != MessageState.SENT:
            note(self.last, now)
            self.last = None
        self.beginning = mail.message_id
        may_go_out = begin_next(self.last, mail.message_id, now)
        self.last = self.beginning = None
        if may_go_out:
            self.transport.start(mail)
            self.in_flight = mail

    def end(self) -> None:
        """Wait for the last one, and write what came of it."""
        try:
            self.finish()
        except ServerAway:
            logger.warning("The mail server for messages went away.")
        when_database_is_there(self.write_down)

    def write_down(self) -> None:
        """Write what isn't written yet."""
        if self.last is not None:
            note(self.last, timezone.now())
        if self.beginning is not None:
            marked = CustomerMessage.objects.filter(pk=self.beginning, state=MessageState.SENDING)
            marked.update(state=MessageState.PLANNED, claimed_until=None)
        self.last = self.beginning = None


def begin_next(taken: Finished | None, next_id: int, now: datetime) -> bool:
    """Note the last message as sent, and mark the next as being sent: whether it may be handed over."""
    taken_id, provider_id = None, ""
    if taken is not None:
        taken_id, provider_id = taken.message_id, taken.result.provider_id[:200]
        remember_sent(taken_id)
    parameters = {
        **{"taken_id": taken_id, "provider_id": provider_id, "next_id": next_id},
        **{"now": now, "until": now + LEASE},
    }
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_NEXT, parameters)
        return cursor.fetchone() is not None


def when_database_is_there(write: Callable[[], None]) -> None:
    """Write what only this worker knows; where the database is away, as after a crash, as soon as it is back.

    Raises what the database raises where it stays away.
    """
    deadline = time.monotonic() + DATABASE_BACK_WITHIN_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(DATABASE_PAUSE_S)


def give_back(ids: Sequence[int]) -> None:
    """Plan again what was claimed and not begun."""
    left = CustomerMessage.objects.filter(pk__in=ids, state=MessageState.CLAIMED)
    left.update(state=MessageState.PLANNED, claimed_until=None)


@transaction.atomic
def note(finished: Finished, now: datetime) -> None:
    """Write what came of a message. Raises nothing where it is gone: its contact was erased meanwhile."""
    # Also where it was given up as unknown meanwhile: whoever handed it over knows better.
    open_states = (MessageState.SENDING, MessageState.UNKNOWN)
    # Locked against whoever gives it up as unknown just now.
    message = CustomerMessage.objects.select_for_update().filter(pk=finished.message_id, state__in=open_states).first()
    if message is None:
        return
    result = finished.result
    message.state, message.reason, message.claimed_until = result.state, result.reason[:32], None
    message.provider_id = result.provider_id[:200]
    if result.state == MessageState.SENT:
        message.sent_at = now
        remember_sent(message.pk)
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
