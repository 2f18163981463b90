"""Messages go out in groups that are marked together, and no more of a group than is still true."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journeys.models import Address, CustomerMessage, MessageState
from journeys.sending import batches, switches
from journeys.sending.batches import ClaimedBatch
from journeys.sending.claiming import claim_some
from journeys.sending.handing_over import send_claimed, send_due
from journeys.sending.in_flight import line, notes
from journeys.sending.in_flight.line import FRESH, LARGEST_GROUP, Line
from journeys.sending.in_flight.notes import HandOverNote
from journeys.sending.transport import open_transport
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(server):
    store = factories.make_store()
    make_sender(store)
    switches.switch()  # made by the first worker that asks for it
    return make_step(store)


def states() -> list[str]:
    return list(CustomerMessage.objects.order_by("pk").values_list("state", flat=True))


def statements_for(step, number: int) -> int:
    for _ in range(number):
        make_message(step)
    with CaptureQueriesContext(connection) as statements:
        assert send_due(timezone.now()) == number
    return len(statements)


@pytest.mark.slow
def test_messages_of_a_group_cost_one_statement(step, monkeypatch):
    # whatever else this machine has to do
    monkeypatch.setattr(batches, "FRESH", timedelta(hours=1))
    monkeypatch.setattr(batches, "WRITTEN_FROM_FOR", timedelta(hours=1))
    monkeypatch.setattr(line, "FRESH", timedelta(hours=1))
    statements_for(step, 1)  # from then on, the last message is asked for
    few, many = statements_for(step, 40), statements_for(step, 140)
    assert (many - few) / 100 <= 1 / LARGEST_GROUP


def test_messages_of_a_group_that_took_too_long_are_looked_at_anew(step, server, monkeypatch):
    monkeypatch.setattr(line, "FRESH", timedelta(0))
    for number in range(3):
        make_message(step, f"c{number}@shop.example")
    claims = claim_some(step.version.journey.store_id, timezone.now())
    slow = Line(open_transport())
    slow.group_size = 3
    batch = ClaimedBatch(step.version.journey.store.sender, claims)
    taken = batch.take(3)
    assert slow.hand_over_group(batch, slow.mark(taken)) == 1
    assert states() == [MessageState.SENDING] * 3
    slow.unmark_rest(batch)
    assert states() == [MessageState.SENDING, MessageState.CLAIMED, MessageState.CLAIMED]
    assert batch.take(3) == claims[1:]
    slow.settle()
    slow.close()
    assert states() == [MessageState.SENT, MessageState.CLAIMED, MessageState.CLAIMED]


@pytest.mark.parametrize(
    ("begun", "took", "size"),
    [
        (1, FRESH / 4, 2),
        (LARGEST_GROUP - 1, FRESH / 2, LARGEST_GROUP),
        (5, FRESH, 5),
        (1, 40 * FRESH, 1),
        (0, FRESH / 4, 2),
    ],
)
def test_groups_grow_while_the_server_is_quick(step, begun, took, size):
    quick = Line(open_transport())
    assert quick.next_size(begun, took) == size
    quick.close()


def test_nothing_is_handed_over_that_cannot_be_noted(step, server, monkeypatch):
    for _ in range(2):
        make_message(step)

    def full(self, claim):
        raise OSError("No space left on device")

    monkeypatch.setattr(HandOverNote, "begun", full)
    with pytest.raises(OSError, match="No space left"):
        send_due(timezone.now())
    assert states() == [MessageState.PLANNED, MessageState.PLANNED]
    assert server.taken == []
    assert not list(notes.folder().iterdir())


def test_message_that_cannot_be_written_ends_and_the_next_goes_out(step, server):
    bad, good = make_message(step, "a@shop.example"), make_message(step, "b@shop.example")
    Address.objects.filter(messages=bad).update(value=b"nothing that opens")
    claims = claim_some(step.version.journey.store_id, timezone.now())
    sending = Line(open_transport())
    sending.group_size = 2
    send_claimed(step.version.journey.store_id, claims, sending)
    sending.close()
    assert states() == [MessageState.CANCELLED, MessageState.SENT]
    assert server.recipients() == {"b@shop.example": 1}
    good.refresh_from_db()
    assert good.provider_id


@pytest.mark.parametrize("address", ["jörg@shop.example", "ada@" + "x" * 70 + "ü.example"])
def test_address_that_smtp_cannot_name_fails_alone(step, server, address):
    make_message(step, address)
    make_message(step, "eve@bücher.example")
    send_due(timezone.now())
    assert states() == [MessageState.FAILED, MessageState.SENT]
    assert server.recipients() == {"eve@xn--bcher-kva.example": 1}
