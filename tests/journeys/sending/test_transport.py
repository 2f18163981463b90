"""Messages by providers' APIs, as their documentation says these answer: at most once, whatever they answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journeys.models import Address, AddressState, CustomerMessage, MessageState
from journeys.sending.handing_over import send_due
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.journeys.sending.provider_server import ProviderServer, provider_server

pytestmark = pytest.mark.django_db
TO = "ada@shop.example"
# https://postmarkapp.com/developer/api/email-api, https://documentation.mailgun.com, section Messages,
# https://developers.brevo.com/reference/sendtransacemail, https://resend.com/docs/api-reference/emails/send-email
TAKEN = {
    "postmark": (200, {"To": TO, "MessageID": "p-1", "ErrorCode": 0, "Message": "OK"}),
    "mailgun": (200, {"id": "<m-1@mg.example>", "message": "Queued. Thank you."}),
    "brevo": (201, {"messageId": "<b-1@smtp-relay.mailin.fr>"}),
    "resend": (200, {"id": "r-1"}),
}
KEYS = {
    "POSTMARK_SERVER_TOKEN": "key",
    "MAILGUN_API_KEY": "key",
    "MAILGUN_SENDER_DOMAIN": "tea.example",
    "BREVO_API_KEY": "key",
    "RESEND_API_KEY": "key",
}


@pytest.fixture(params=TAKEN)
def provider(request, settings, tmp_path) -> Iterator[tuple[str, ProviderServer]]:
    name = request.param
    settings.DATA_DIR, settings.MESSAGE_PROVIDER = tmp_path, name
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = ["a key of the tests"], "another one"
    with provider_server() as server:
        settings.ANYMAIL = {**KEYS, f"{name.upper()}_API_URL": server.url, "REQUESTS_TIMEOUT": 5}
        yield name, server


@pytest.fixture
def message(provider) -> CustomerMessage:
    store = factories.make_store()
    make_sender(store)
    return make_message(make_step(store), TO)


def state_of(message: CustomerMessage) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def headers_of(name: str, asked: dict[str, Any]) -> dict[str, str]:
    if name == "postmark":
        return {header["Name"]: header["Value"] for header in asked["Headers"]}
    if name == "mailgun":
        return {field.removeprefix("h:"): value for field, value in asked.items() if field.startswith("h:")}
    return dict(asked["headers"])


def test_message_goes_out_once_with_its_headers_to_unsubscribe(provider, message):
    name, server = provider
    server.answers = [TAKEN[name]]
    assert (send_due(timezone.now()), send_due(timezone.now())) == (1, 0)
    assert state_of(message) == (MessageState.SENT, "")
    assert message.provider_id
    ((_path, asked),) = server.asked
    headers = headers_of(name, asked)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/m/u/" in headers["List-Unsubscribe"]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_message_that_the_provider_refuses_fails(provider, message, status):
    _name, server = provider
    server.answers = [(status, {"message": "no", "Message": "no", "ErrorCode": 300})]
    send_due(timezone.now())
    assert state_of(message) == (MessageState.FAILED, f"provider {status}")
    assert send_due(timezone.now() + timedelta(hours=2)) == 0


@pytest.mark.parametrize("status", [401, 403, 429])
def test_account_that_the_provider_refuses_makes_all_messages_wait(provider, message, status):
    name, server = provider
    other = make_message(message.send_point.step, "eve@shop.example")
    server.answers = [(status, {"message": "slow down"})]
    assert send_due(timezone.now()) == 1
    assert len(server.asked) == 1
    assert state_of(message) == (MessageState.PLANNED, f"provider {status}")
    assert message.next_attempt_at > timezone.now() + timedelta(minutes=4)
    assert state_of(other) == (MessageState.PLANNED, "")
    server.answers = [TAKEN[name], TAKEN[name]]
    CustomerMessage.objects.update(next_attempt_at=timezone.now())
    assert send_due(timezone.now()) == 2
    assert {state_of(message)[0], state_of(other)[0]} == {MessageState.SENT}
    assert len(server.asked) == 3


@pytest.mark.parametrize("answer", [(500, {"message": "oops"}), (503, {"message": "oops"}), None, (200, "nonsense")])
def test_message_of_which_nobody_knows_is_never_sent_again(provider, message, answer):
    _name, server = provider
    server.answers = [answer, answer]
    send_due(timezone.now())
    assert state_of(message) == (MessageState.UNKNOWN, "no_answer")
    send_due(timezone.now() + timedelta(hours=2))
    assert len(server.asked) == 1


def test_provider_that_is_too_slow_may_have_the_message(provider, message, settings):
    name, server = provider
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    server.answers, server.seconds = [TAKEN[name]], 1.0
    send_due(timezone.now())
    assert state_of(message) == (MessageState.UNKNOWN, "no_answer")
    assert len(server.asked) == 1


def test_provider_that_nobody_reaches_has_taken_nothing(provider, message, settings):
    name, server = provider
    settings.ANYMAIL = {**settings.ANYMAIL, f"{name.upper()}_API_URL": "http://127.0.0.1:1/"}
    send_due(timezone.now())
    assert state_of(message) == (MessageState.PLANNED, "no connection to provider")
    assert server.asked == []


@pytest.mark.parametrize("provider", ["postmark"], indirect=True)
def test_address_that_the_provider_sends_nothing_to_gets_nothing_more(provider, message):
    _name, server = provider
    told = "You tried to send to recipients that have been marked as inactive.\nFound inactive addresses: " + TO
    server.answers = [(422, {"ErrorCode": 406, "Message": told + ".\nInactive recipients are ones that"})]
    send_due(timezone.now())
    assert state_of(message) == (MessageState.FAILED, "refused")
    assert Address.objects.get(pk=message.address_id).state == AddressState.DEAD
