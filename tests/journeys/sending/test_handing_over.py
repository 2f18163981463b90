"""Every message ends in one state, none is sent twice, and what came in a second ago stops it."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from journeys.models import (
    Address,
    AddressState,
    ConsentBasis,
    CustomerMessage,
    JourneyStatus,
    MessageState,
    Run,
    Suppression,
)
from journeys.sending import batches, handing_over
from journeys.sending.composing import Writer
from journeys.sending.handing_over import send_due
from journeys.sending.in_flight import line
from journeys.sending.transport import SmtpTransport, open_transport
from tests import factories
from tests.journeys.messages import WORDS, make_message, make_sender, make_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(server):
    store = factories.make_store()
    make_sender(store)
    return make_step(store)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in CustomerMessage.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@pytest.mark.slow
def test_due_messages_are_sent_once_each(step, server):
    for number in range(45):
        make_message(step, f"c{number}@shop.example")
    assert send_due(timezone.now()) == 45
    assert send_due(timezone.now()) == 0
    assert states() == {MessageState.SENT: 45}
    assert set(server.recipients().values()) == {1}
    assert len(server.recipients()) == 45


def test_mail_says_who_it_is_from_and_how_to_unsubscribe(step, server):
    make_message(step, "ada@shop.example")
    send_due(timezone.now())
    mail = message_from_bytes(server.contents[0], policy=policy.default)
    assert mail["From"] == "Tea shop <hello@tea.example>"
    assert mail["Subject"] == "How is the mug?"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http")
    assert "/m/u/" in mail["List-Unsubscribe"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert max(len(line) for line in server.contents[0].split(b"\r\n")) <= 998
    message = CustomerMessage.objects.get()
    assert message.provider_id == mail["Message-ID"]


@pytest.mark.parametrize(
    ("reply", "state", "is_dead"),
    [
        ("550 no such user", MessageState.FAILED, True),
        ("554 not wanted", MessageState.FAILED, False),
        ("451 try later", MessageState.PLANNED, False),
        ("421 busy", MessageState.PLANNED, False),
    ],
)
def test_reply_of_the_server_decides(step, server, reply, state, is_dead):
    server.replies["ada@shop.example"] = reply
    message, other = make_message(step, "ada@shop.example"), make_message(step, "eve@shop.example")
    send_due(timezone.now())
    message.refresh_from_db()
    assert message.state == state
    assert (Address.objects.get(contact=message.contact).state == AddressState.DEAD) == is_dead
    assert Suppression.objects.exists() == is_dead
    if state == MessageState.PLANNED:
        assert message.next_attempt_at > timezone.now() + timedelta(minutes=4)
    other.refresh_from_db()
    assert other.state in {MessageState.SENT, MessageState.UNKNOWN, MessageState.PLANNED}


def test_message_that_the_server_refused_for_now_is_sent_later_once(step, server):
    server.data_replies = ["451 try later"]
    message = make_message(step, "ada@shop.example")
    send_due(timezone.now())
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.PLANNED, 1)
    CustomerMessage.objects.update(next_attempt_at=timezone.now())
    send_due(timezone.now())
    assert server.recipients() == {"ada@shop.example": 1}


def test_message_whose_answer_got_lost_is_unknown_and_never_sent_again(step, server):
    server.data_replies = ["hang up"]
    message, other = make_message(step), make_message(step, "eve@shop.example")
    send_due(timezone.now())
    send_due(timezone.now())
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.UNKNOWN, "no_answer")
    other.refresh_from_db()
    assert other.state == MessageState.SENT


def test_messages_wait_while_no_server_can_be_reached(step, settings):
    settings.EMAIL_PORT = 1
    for _ in range(3):
        make_message(step)
    send_due(timezone.now())
    assert states() == {MessageState.PLANNED: 3}


def stop_journey(message):
    message.send_point.run.journey.status = JourneyStatus.PAUSED
    message.send_point.run.journey.save()


def switch_sender_off(message):
    message.store.sender.is_on = False
    message.store.sender.save()


def withdraw_consent(message):
    factories.make_consent(message.address, ConsentBasis.NONE, said_at=timezone.now())


def suppress(message):
    Suppression.objects.create(
        store=message.store, digest=message.address_digest, reason="unsubscribed", at=timezone.now()
    )


def be_silent(message):
    message.contact.friction_until = timezone.now() + timedelta(days=1)
    message.contact.save()


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        (stop_journey, MessageState.PLANNED, ""),
        (switch_sender_off, MessageState.PLANNED, ""),
        (withdraw_consent, MessageState.CANCELLED, "no_consent"),
        (suppress, MessageState.CANCELLED, "suppressed"),
        (be_silent, MessageState.CANCELLED, "friction"),
    ],
)
def test_what_came_in_a_second_ago_stops_a_message(step, server, act, state, reason):
    message = make_message(step)
    act(message)
    send_due(timezone.now())
    message.refresh_from_db()
    assert (message.state, message.reason) == (state, reason)
    assert server.taken == []


def test_message_that_is_too_late_expires(step, server):
    message = make_message(step, send_by=timezone.now() - timedelta(seconds=1))
    send_due(timezone.now())
    message.refresh_from_db()
    assert message.state == MessageState.EXPIRED
    assert server.taken == []


def test_rate_of_a_sender_holds(step, server):
    store = step.version.journey.store
    store.sender.per_minute = 5
    store.sender.save()
    for _ in range(9):
        make_message(step)
    now = timezone.now()
    assert send_due(now) == 5
    assert send_due(now) == 0


def test_one_stores_messages_dont_wait_for_anothers_switch(step, server):
    off = factories.make_store()
    make_sender(off, is_on=False)
    make_message(make_step(off), "off@shop.example")
    make_message(step, "on@shop.example")
    send_due(timezone.now())
    assert server.recipients() == {"on@shop.example": 1}


class SlowServer(SmtpTransport):
    """Does something while a message is on its way."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(EmailBackend())
        self.act = act

    def finish(self):
        self.act()
        return super().finish()


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (stop_journey, MessageState.PLANNED),
        (switch_sender_off, MessageState.PLANNED),
        (suppress, MessageState.CANCELLED),
    ],
)
def test_what_stops_at_once_stops_the_next_message_while_one_is_on_its_way(step, server, monkeypatch, act, state):
    monkeypatch.setattr(batches, "FRESH", timedelta(hours=1))
    monkeypatch.setattr(line, "FRESH", timedelta(0))
    first, second = make_message(step, "ada@shop.example"), make_message(step, "eve@shop.example")
    acts = iter([lambda: act(second)])
    monkeypatch.setattr(handing_over, "open_transport", lambda: SlowServer(lambda: next(acts, str)()))
    send_due(timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (MessageState.SENT, state)
    assert server.recipients() == {"ada@shop.example": 1}


@pytest.mark.slow
@pytest.mark.parametrize("act", [withdraw_consent, be_silent])
def test_checks_are_asked_again_where_the_server_took_its_time(step, server, monkeypatch, act):
    monkeypatch.setattr(batches, "FRESH", timedelta(0))
    messages = [make_message(step, f"c{number}@shop.example") for number in range(3)]
    acts = iter([lambda: act(messages[1])])
    monkeypatch.setattr(handing_over, "open_transport", lambda: SlowServer(lambda: next(acts, str)()))
    send_due(timezone.now())
    messages[1].refresh_from_db()
    assert messages[1].state == MessageState.CANCELLED
    assert server.recipients() == {"c0@shop.example": 1, "c2@shop.example": 1}


def test_connection_that_the_server_ended_between_two_messages_costs_none(step, server):
    first, second = make_message(step), make_message(step, "eve@shop.example")
    transport = open_transport()
    writer = Writer(step.version.journey.store.sender, [first.pk, second.pk], timezone.now())
    transport.start(writer.write(first.pk))
    assert transport.finish().state == MessageState.SENT
    server.hang_up_at_mail = 1
    transport.start(writer.write(second.pk))
    assert transport.finish().state == MessageState.SENT
    assert len(server.taken) == 2


def test_line_that_begins_with_a_dot_arrives_as_it_is(server):
    store = factories.make_store()
    make_sender(store)
    words = WORDS | {"blocks": [{"kind": "text", "id": "t", "text": "Wait\n.\n..for it"}]}
    make_message(make_step(store, document=words))
    send_due(timezone.now())
    mail = message_from_bytes(server.contents[0], policy=policy.default)
    text = next(mail.iter_parts()).get_content()
    assert text.splitlines()[:3] == ["Wait", ".", "..for it"]


def test_two_readers_of_one_step_get_their_own_links_and_orders(server):
    store = factories.make_store()
    make_sender(store)
    factories.make_product(store, sku="mug", title="Mug <b>&</b>")
    words = WORDS | {"subject": "Your {bought}", "blocks": [{"kind": "order_summary", "id": "o"}]}
    step = make_step(store, document=words)
    for number, sku in ((1, "mug"), (2, "pot")):
        message = make_message(step, f"c{number}@shop.example")
        lines = [{"sku": sku, "quantity": number, "price_minor": 1200}]
        order = factories.make_order(store, external_id=f"10{number}", lines=lines)
        Run.objects.filter(contact=message.contact).update(order=order)
    send_due(timezone.now())
    mails = [message_from_bytes(content, policy=policy.default) for content in server.contents]
    assert [mail["Subject"] for mail in mails] == ["Your Mug <b>&</b>", "Your pot"]
    assert len({mail["List-Unsubscribe"] for mail in mails}) == 2
    for mail, number, other in zip(mails, (1, 2), (2, 1), strict=True):
        text, html = (part.get_content() for part in mail.iter_parts())
        link = mail["List-Unsubscribe"].strip(" <>")
        assert link in text
        assert link in html
        assert f"10{number}" in text
        assert f"10{number}" in html
        assert f"10{other}" not in text + html
    assert "Mug &lt;b&gt;&amp;&lt;/b&gt;" in list(mails[0].iter_parts())[1].get_content()
