"""A worker that hears from its database too late leaves alone what others have taken over: nothing goes out twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from journeys.checks.rules import CheckResult
from journeys.models import Address, AddressState, CustomerMessage, MessageState, SendVerdict
from journeys.sending import handing_over, switches
from journeys.sending.batches import ClaimedBatch, cancel, hold_back
from journeys.sending.claiming import LEASE, claim_some, return_lost
from journeys.sending.handing_over import send_due
from journeys.sending.in_flight import line
from journeys.sending.in_flight.line import Line
from journeys.sending.in_flight.marking import settle_and_mark, unmark
from journeys.sending.in_flight.notes import ClaimedMessage
from journeys.sending.in_flight.results import write_refusal
from journeys.sending.transport import HandOver, later, open_transport
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db


class Worker:
    """A worker that has claimed the messages of a store, and does what follows step by step."""

    def __init__(self, store, now) -> None:
        self.claims = claim_some(store.pk, now)
        self.batch = ClaimedBatch(store.sender, self.claims)
        self.line = Line(open_transport())

    def mark(self) -> None:
        self.line.mark(self.batch.take(1))

    def hand_over(self) -> None:
        self.line.hand_over_group(self.batch, timezone.now())

    def end(self) -> None:
        self.line.settle()
        handing_over.give_back(self.claims)
        self.line.close()


@pytest.fixture
def store(server):
    store = factories.make_store()
    make_sender(store)
    switches.switch()  # made by the first worker that asks for it
    make_message(make_step(store), "ada@shop.example")
    return store


@pytest.fixture
def late(store, monkeypatch) -> Worker:
    """A worker whose mark got lost with the database, and its lease while it waited for it."""
    worker = Worker(store, timezone.now())

    def crash(*arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(line, "settle_and_mark", crash)
        with pytest.raises(OperationalError):
            worker.mark()
    return worker


@pytest.fixture
def other(store, late) -> Worker:
    """A worker that has claimed the same message since, and has it on its way."""
    after = timezone.now() + LEASE + timedelta(seconds=1)
    return_lost(after)
    worker = Worker(store, after)
    worker.mark()
    assert message().state == MessageState.SENDING
    return worker


def message() -> CustomerMessage:
    return CustomerMessage.objects.get()


def test_message_that_another_worker_hands_over_is_not_planned_again(late, other, server):
    late.end()
    assert message().state == MessageState.SENDING
    other.hand_over()
    other.end()
    assert message().state == MessageState.SENT
    send_due(timezone.now())
    assert server.recipients() == {"ada@shop.example": 1}


def cancel_it(claim: ClaimedMessage) -> None:
    cancel(claim, "too_long")


def hold_it_back(claim: ClaimedMessage) -> None:
    hold_back(claim, CheckResult(SendVerdict.SUPPRESSED))


def put_it_off(claim: ClaimedMessage) -> None:
    hold_back(claim, CheckResult(retry_at=timezone.now()))


def give_it_back(claim: ClaimedMessage) -> None:
    handing_over.give_back([claim])


def unmark_it(claim: ClaimedMessage) -> None:
    unmark([claim])


def have_it_refused_for_now(claim: ClaimedMessage) -> None:
    write_refusal(claim, later("smtp 451"), timezone.now())


def have_it_refused(claim: ClaimedMessage) -> None:
    write_refusal(claim, HandOver(state=MessageState.FAILED, reason="smtp 550", is_dead=True), timezone.now())


def mark_it_too(claim: ClaimedMessage) -> None:
    assert settle_and_mark([], [claim], timezone.now()) == set()


@pytest.mark.parametrize(
    "write",
    [
        *(cancel_it, hold_it_back, put_it_off, give_it_back, unmark_it),
        *(have_it_refused_for_now, have_it_refused, mark_it_too),
    ],
)
def test_nothing_that_a_late_worker_writes_changes_what_another_has_claimed(
    late, other, server, write: Callable[[ClaimedMessage], None]
):
    (claim,) = late.claims
    before = CustomerMessage.objects.values().get()
    write(claim)
    assert CustomerMessage.objects.values().get() == before
    assert Address.objects.get().state == AddressState.OK
    other.hand_over()
    other.end()
    assert message().state == MessageState.SENT
    late.end()
    send_due(timezone.now())
    assert server.recipients() == {"ada@shop.example": 1}


def test_message_that_was_given_up_before_it_was_begun_is_planned_again(late):
    settle_and_mark([], late.claims, timezone.now())  # the mark had come to the database before it went away
    return_lost(timezone.now() + LEASE + timedelta(seconds=1))
    assert message().state == MessageState.UNKNOWN
    late.end()
    assert message().state == MessageState.PLANNED


def test_mark_that_is_still_under_way_when_its_worker_has_written_all_marks_nothing(late):
    late.line.settle()
    assert message().state == MessageState.PLANNED
    assert settle_and_mark([], late.claims, timezone.now()) == set()
