"""Of what a killed worker had marked, the message that it was handing over is unknown, and no other."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from journeys.models import CustomerMessage, MessageState
from journeys.sending import switches
from journeys.sending.claiming import claim_some
from journeys.sending.handing_over import send_due
from journeys.sending.in_flight import notes
from journeys.sending.in_flight.marking import settle_and_mark
from journeys.sending.in_flight.notes import ClaimedMessage, HandOverNote
from journeys.sending.in_flight.recovery import recover
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
TAKEN, IN_FLIGHT, NEVER_BEGUN = range(3)


@pytest.fixture
def claims(server) -> list[ClaimedMessage]:
    """Three messages of which a worker was killed that had marked them all, and begun two."""
    store = factories.make_store()
    make_sender(store)
    switches.switch()  # made by the first worker that asks for it
    step = make_step(store)
    for number in range(3):
        make_message(step, f"c{number}@shop.example")
    return killed_worker(claim_some(store.pk, timezone.now()))


def killed_worker(claims: list[ClaimedMessage]) -> list[ClaimedMessage]:
    note = HandOverNote()
    note.group(claims)
    assert len(settle_and_mark([], claims, timezone.now())) == 3
    note.begun(claims[TAKEN])
    note.taken(claims[TAKEN], "<taken@tea.example>", AT.timestamp())
    note.begun(claims[IN_FLIGHT])
    os.close(note.file)
    return claims


def states(claims: list[ClaimedMessage]) -> list[tuple[str, str]]:
    messages = CustomerMessage.objects.in_bulk([claim.message_id for claim in claims])
    return [(messages[claim.message_id].state, messages[claim.message_id].reason) for claim in claims]


def test_killed_worker_costs_the_word_on_one_message(claims, server):
    recover(timezone.now())
    assert states(claims) == [("sent", ""), ("unknown", "worker_gone"), ("planned", "")]
    taken = CustomerMessage.objects.get(pk=claims[TAKEN].message_id)
    assert (taken.provider_id, taken.sent_at) == ("<taken@tea.example>", AT)
    assert not list(notes.folder().iterdir())
    assert send_due(timezone.now()) == 1
    assert server.recipients() == {"c2@shop.example": 1}


def test_machine_that_was_started_anew_leaves_all_that_were_marked_unknown(claims, server, monkeypatch, tmp_path):
    monkeypatch.setattr(notes, "BOOT_ID", tmp_path / "none")
    recover(timezone.now())
    assert {state for state, _reason in states(claims)} == {MessageState.SENDING}
    later = timezone.now() + timedelta(minutes=6)
    send_due(later)
    assert {state for state, _reason in states(claims)} == {MessageState.UNKNOWN}
    assert server.taken == []


def test_messages_that_another_worker_has_given_up_are_put_right_by_the_note(claims, server):
    CustomerMessage.objects.update(state=MessageState.UNKNOWN, reason="worker_gone", claimed_until=None)
    recover(timezone.now())
    assert states(claims) == [("sent", ""), ("unknown", "worker_gone"), ("planned", "")]


def test_what_was_claimed_again_is_not_the_dead_workers(claims, server):
    CustomerMessage.objects.update(attempts=2)
    recover(timezone.now())
    assert {state for state, _reason in states(claims)} == {MessageState.SENDING}


def test_database_from_before_what_the_note_says_sends_nothing(claims, server):
    CustomerMessage.objects.update(state=MessageState.PLANNED, attempts=0, claimed_until=None)  # as the backup has it
    assert send_due(timezone.now()) == 0
    assert switches.switch().off_reason == switches.RESTORED
    assert server.taken == []


def test_damaged_note_counts_for_nothing(claims, server):
    (path,) = notes.folder().iterdir()
    path.write_bytes(b"[]\n" + path.read_bytes())
    recover(timezone.now())
    assert {state for state, _reason in states(claims)} == {MessageState.SENDING}


def test_mark_that_is_still_under_way_when_its_worker_is_killed_marks_nothing(server):
    store = factories.make_store()
    make_sender(store)
    switches.switch()
    make_message(make_step(store))
    claims, note = claim_some(store.pk, timezone.now()), HandOverNote()
    note.group(claims)
    os.close(note.file)
    recover(timezone.now())
    assert states(claims) == [("planned", "")]
    assert settle_and_mark([], claims, timezone.now()) == set()
