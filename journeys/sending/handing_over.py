"""Hands over what was claimed, one message in flight: whatever kills the worker costs at most the word on one.

A message is marked as being sent, and that is committed, before the server sees it: ``in_flight/line.py``.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils import timezone

from journeys.models import MessageState, Sender
from journeys.sending.batches import ClaimedBatch
from journeys.sending.claiming import claim_some, expire, return_lost, rows_of, senders_with_due
from journeys.sending.in_flight.line import Line, ServerAway, when_database_is_there
from journeys.sending.in_flight.notes import ClaimedMessage
from journeys.sending.in_flight.recovery import recover
from journeys.sending.switches import is_sending_on, switch
from journeys.sending.table_statistics import analyze_if_believed_empty
from journeys.sending.transport import open_transport

logger = logging.getLogger(__name__)


def send_due(now: datetime) -> int:
    """Send what is due in all stores, and return how many messages were handed over."""
    expire(now)
    recover(now)  # before those are given up whose lease has ended: their worker's note may know more
    return_lost(now)
    if not is_sending_on():
        return 0
    store_ids = senders_with_due(now)
    if store_ids:
        analyze_if_believed_empty()
    line = Line(open_transport())
    try:
        for store_id in store_ids:
            send_of_store(store_id, line)
    # Told once for all that wait: each would fail alike, and they are tried again with the next round.
    except ServerAway:
        logger.warning("The mail server for messages can't be reached.")
    finally:
        line.close()
    return line.sent


def send_of_store(store_id: int, line: Line) -> None:
    """Send what is due in a store, as far as its rate goes. Raises ``ServerAway``."""
    while switch().is_on and (claims := claim_some(store_id, timezone.now())):
        send_claimed(store_id, claims, line)
        expire(timezone.now())  # what became too late meanwhile was given back, and isn't claimed for ever


def send_claimed(store_id: int, claims: Sequence[ClaimedMessage], line: Line) -> None:
    """Hand over what was claimed, one after the other. Raises ``ServerAway``, and gives back the rest."""
    batch = ClaimedBatch(Sender.objects.select_related("store").get(store=store_id), claims)
    try:
        line.send_all(batch)
    finally:
        line.settle()
        when_database_is_there(partial(give_back, claims))


def give_back(claims: Sequence[ClaimedMessage]) -> None:
    """Plan again what was claimed and not begun."""
    left = rows_of(claims).filter(state=MessageState.CLAIMED)
    left.update(state=MessageState.PLANNED, claimed_until=None)
