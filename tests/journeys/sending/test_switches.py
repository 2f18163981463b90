"""A database that is older than what was sent sends nothing until an operator has said from when on nothing was."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from journeys.models import CustomerMessage, MessageState
from journeys.sending import switches
from journeys.sending.handing_over import send_due
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(server):
    store = factories.make_store()
    make_sender(store)
    return make_step(store)


def test_database_restored_from_before_the_last_message_sends_nothing(step, server):
    message = make_message(step, "ada@shop.example")
    send_due(timezone.now())
    # as the backup has it
    CustomerMessage.objects.update(state=MessageState.PLANNED, sent_at=None)
    assert send_due(timezone.now()) == 0
    assert server.recipients() == {"ada@shop.example": 1}
    assert "older than the last message" in switches.switch().off_reason
    later = make_message(step, "eve@shop.example")
    since = (later.planned_at - timedelta(microseconds=1)).isoformat()
    call_command("resume_sending", since=since)
    send_due(timezone.now())
    assert server.recipients() == {"ada@shop.example": 1, "eve@shop.example": 1}
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.UNKNOWN, "restored")


def test_database_whose_last_message_was_erased_goes_on(step, server):
    make_message(step)
    send_due(timezone.now())
    CustomerMessage.objects.all().delete()
    make_message(step, "eve@shop.example")
    assert send_due(timezone.now()) == 1


def test_nothing_is_sent_without_the_keys_of_addresses(step, server, settings):
    make_message(step)
    settings.ADDRESS_DIGEST_KEY = ""
    assert send_due(timezone.now()) == 0
    assert "ADDRESS_DIGEST_KEY is not set" in switches.switch().off_reason


def test_resuming_asks_for_a_time(step):
    with pytest.raises(CommandError, match="2026-11-30T08:00"):
        call_command("resume_sending", since="yesterday")


def test_operator_stops_sending_and_goes_on_with_what_waits(step, server):
    make_message(step, "ada@shop.example")
    call_command("stop_sending")
    assert send_due(timezone.now()) == 0
    assert "operator" in switches.switch().off_reason
    call_command("resume_sending")
    assert send_due(timezone.now()) == 1
    assert server.recipients() == {"ada@shop.example": 1}


def test_after_a_restore_nothing_goes_on_without_a_time(step, server):
    make_message(step, "ada@shop.example")
    send_due(timezone.now())
    CustomerMessage.objects.update(state=MessageState.PLANNED, sent_at=None)
    call_command("stop_sending")
    with pytest.raises(CommandError, match="--since"):
        call_command("resume_sending")
    assert not switches.switch().is_on
