"""The messages that a worker has claimed together: looked at together, written and handed over one by one.

What the checks say is true for a moment, so that it is asked again before it is older than ``FRESH``: an order one
second before a message stops it.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from journeys.checks import claims
from journeys.checks.rules import CheckResult
from journeys.models import MessageState, Sender
from journeys.sending.claiming import rows_of
from journeys.sending.composing import CannotBeWritten, OutgoingMail, Writer
from journeys.sending.in_flight.notes import ClaimedMessage

FRESH = timedelta(milliseconds=600)
# What messages are written from, such as prices: the page that a link leads to says where one has changed since.
WRITTEN_FROM_FOR = timedelta(seconds=5)


class ClaimedBatch:
    """Claimed messages of one store, in the order in which they go out."""

    def __init__(self, sender: Sender, claims: Sequence[ClaimedMessage]) -> None:
        self.sender = sender
        self.ids = [claim.message_id for claim in claims]
        self.waiting = deque(claims)
        self.taken_since_look = 0
        self.looked_at: datetime | None = None
        self.checked: dict[int, CheckResult] = {}
        self.writer: Writer | None = None
        self.newest: OutgoingMail | None = None  # written while the one before was on its way

    def take(self, most: int) -> list[ClaimedMessage]:
        """Take the next messages that may go out; the rows of those before them that may not say why."""
        claims: list[ClaimedMessage] = []
        while self.waiting and len(claims) < most:
            self.look_if_needed(timezone.now())
            claim = self.waiting.popleft()
            self.taken_since_look += 1
            checked = self.checked[claim.message_id]
            if checked.may_go_out:
                claims.append(claim)
            else:
                hold_back(claim, checked)
        return claims

    def put_back(self, claims: Sequence[ClaimedMessage]) -> None:
        """Take messages back that didn't get their turn: they come first then."""
        self.waiting.extendleft(reversed(claims))

    def upcoming(self) -> ClaimedMessage | None:
        """Return the message that comes next, if all stays as it is; None where nobody has looked at it yet."""
        if not self.waiting:
            return None
        checked = self.checked.get(self.waiting[0].message_id)
        if checked is None or not checked.may_go_out:
            return None
        return self.waiting[0]

    def is_fresh(self, now: datetime) -> bool:
        """Whether what the checks said of the next message holds still."""
        is_looked_at = self.waiting[0].message_id in self.checked
        return is_looked_at and self.looked_at is not None and now - self.looked_at <= FRESH

    def look_if_needed(self, now: datetime) -> None:
        """Ask the checks anew where the last look is too old."""
        if self.is_fresh(now):
            return
        upcoming = islice(self.waiting, self.look_ahead())
        # A transaction, as the checks turn PostgreSQL's compiler off for as long as one.
        with transaction.atomic():
            self.checked = claims.why_not_each([claim.message_id for claim in upcoming], now)
        self.looked_at, self.taken_since_look = now, 0

    def look_ahead(self) -> int:
        """Return how many to look at together: twice as many as went out since the last look, all at the beginning.

        A server that takes seconds for each message gets one looked at for each.
        """
        if self.looked_at is None:
            return len(self.waiting)
        return max(1, 2 * self.taken_since_look)

    def written(self, claim: ClaimedMessage) -> OutgoingMail | None:
        """Write a message; None where it can't be, which ends it."""
        if self.newest is not None and self.newest.message_id == claim.message_id:
            return self.newest
        now = timezone.now()
        if self.writer is None or now - self.writer.now > WRITTEN_FROM_FOR:
            self.writer = Writer(self.sender, self.ids, now)
        try:
            self.newest = self.writer.write(claim.message_id)
        except CannotBeWritten as error:
            cancel(claim, error.reason)
            return None
        return self.newest


def cancel(claim: ClaimedMessage, reason: str) -> None:
    """End a claimed message that isn't handed over, marked as being sent or not."""
    held = (MessageState.CLAIMED, MessageState.SENDING)
    claimed = rows_of([claim]).filter(state__in=held)
    claimed.update(state=MessageState.CANCELLED, reason=reason[:32], claimed_until=None)


def hold_back(claim: ClaimedMessage, checked: CheckResult) -> None:
    """End a message that the checks hold back for good, and put off one that they hold back for now."""
    if checked.verdict is not None:
        cancel(claim, checked.verdict.value)
    elif checked.retry_at is not None:
        claimed = rows_of([claim]).filter(state=MessageState.CLAIMED)
        claimed.update(state=MessageState.PLANNED, claimed_until=None, next_attempt_at=checked.retry_at)
