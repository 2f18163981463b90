"""The messages that a worker has claimed together: looked at together, written one by one, handed over one by one.

What the checks say is true for a moment, so that it is asked again before it is older than ``FRESH``: an order one
second before a message stops it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from journeys.checks import claims
from journeys.checks.rules import CheckResult
from journeys.models import CustomerMessage, MessageState, Sender
from journeys.sending.composing import CannotBeWritten, OutgoingMail, Writer

FRESH = timedelta(milliseconds=600)
# What messages are written from, such as prices: the page that a link leads to says where one has changed since.
WRITTEN_FROM_FOR = timedelta(seconds=5)


class ClaimedBatch:
    """Claimed messages of one store, in the order in which they go out."""

    def __init__(self, sender: Sender, ids: Sequence[int]) -> None:
        self.sender = sender
        self.ids = list(ids)
        self.position = 0  # of the one that goes out next
        self.looked_from = 0  # the positions that the last look was at
        self.looked_until = 0
        self.looked_at: datetime | None = None
        self.checked: dict[int, CheckResult] = {}
        self.writer: Writer | None = None

    @property
    def next_id(self) -> int | None:
        """The message that goes out next; None after the last."""
        if self.position < len(self.ids):
            return self.ids[self.position]
        return None

    def write_next(self) -> OutgoingMail | None:
        """Write the next message that may go out, and end or put off those before it that may not; None at the end."""
        while self.next_id is not None:
            mail = None
            if self.may_go_out(self.next_id):
                mail = self.written(self.next_id)
            if mail is not None:
                return mail
            self.position += 1
        return None

    def may_go_out(self, message_id: int) -> bool:
        """Whether the checks let a message go out; where not, its row says why."""
        self.look_if_needed(timezone.now())
        checked = self.checked[message_id]
        if not checked.may_go_out:
            hold_back(message_id, checked)
        return checked.may_go_out

    def is_fresh(self, now: datetime) -> bool:
        """Whether what the checks said of the next message holds still."""
        is_looked_at = self.looked_from <= self.position < self.looked_until
        return is_looked_at and self.looked_at is not None and now - self.looked_at <= FRESH

    def look_if_needed(self, now: datetime) -> None:
        """Ask the checks anew where the last look is too old."""
        if self.is_fresh(now):
            return
        upcoming = self.ids[self.position : self.position + self.look_ahead()]
        self.looked_from, self.looked_until, self.looked_at = self.position, self.position + len(upcoming), now
        self.checked = claims.why_not_each(upcoming, now)

    def look_ahead(self) -> int:
        """Return how many to look at together: twice as many as went out since the last look, all at the beginning.

        A server that takes seconds for each message gets one looked at for each.
        """
        if self.looked_at is None:
            return len(self.ids)
        return max(1, 2 * (self.position - self.looked_from))

    def written(self, message_id: int) -> OutgoingMail | None:
        """Write a message; None where it can't be, which ends it."""
        now = timezone.now()
        if self.writer is None or now - self.writer.now > WRITTEN_FROM_FOR:
            self.writer = Writer(self.sender, self.ids[self.position :], now)
        try:
            return self.writer.write(message_id)
        except CannotBeWritten as error:
            cancel(message_id, error.reason)
            return None


def cancel(message_id: int, reason: str) -> None:
    """End a claimed message that isn't handed over."""
    claimed = CustomerMessage.objects.filter(pk=message_id, state=MessageState.CLAIMED)
    claimed.update(state=MessageState.CANCELLED, reason=reason[:32], claimed_until=None)


def hold_back(message_id: int, checked: CheckResult) -> None:
    """End a message that the checks hold back for good, and put off one that they hold back for now."""
    if checked.verdict is not None:
        cancel(message_id, checked.verdict.value)
    elif checked.retry_at is not None:
        claimed = CustomerMessage.objects.filter(pk=message_id, state=MessageState.CLAIMED)
        claimed.update(state=MessageState.PLANNED, claimed_until=None, next_attempt_at=checked.retry_at)
