"""From a provider's webhook to the message: verified, kept once, read, matched, and what follows for the address."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from journeys.models import (
    Address,
    AddressState,
    ConsentBasis,
    ConsentRecord,
    CustomerMessage,
    MessageEvent,
    MessageState,
    ProviderDelivery,
    ProviderDeliveryStatus,
    SendingSwitch,
    Suppression,
    UnmatchedEvent,
)
from journeys.sending import switches
from journeys.sending.marks import MessageMark
from journeys.tracking import deliveries
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.journeys.tracking.payloads import (
    EPOCH,
    MAILGUN_KEY,
    PASSWORD,
    basic_auth,
    brevo,
    mailgun,
    mailjet,
    postmark,
    sendgrid,
    sparkpost,
)

pytestmark = pytest.mark.django_db
RECIPIENT = "ada@shop.example"
AT = datetime.fromtimestamp(EPOCH, tz=UTC)
Payload = Callable[..., Any]


@pytest.fixture(autouse=True)
def provider(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MESSAGE_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD, "MAILGUN_WEBHOOK_SIGNING_KEY": MAILGUN_KEY, "MAILGUN_API_KEY": "k"}
    return settings


@pytest.fixture
def message() -> CustomerMessage:
    store = factories.make_store()
    make_sender(store)
    return make_message(make_step(store), RECIPIENT, state=MessageState.SENT, sent_at=AT)


def mark_of(message: CustomerMessage) -> str:
    return str(MessageMark.of(message.store_id, message.pk, message.address_digest))


def deliver(provider: str, body: Any, password: str = PASSWORD, headers: dict[str, str] | None = None) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(headers=basic_auth(password) | (headers or {}))
    return client.post(f"/v1/message-events/{provider}", content, content_type="application/json").status_code


def read_all() -> None:
    for delivery in ProviderDelivery.objects.filter(status=ProviderDeliveryStatus.PENDING):
        deliveries.read_provider_delivery(delivery.pk)


given_up = partial(mailgun, "failed", severity="permanent")
CASES = [
    ("postmark", partial(postmark, "Delivery"), "delivered", "ok", ""),
    ("postmark", partial(postmark, "HardBounce"), "bounced", "dead", "bounced"),
    ("postmark", partial(postmark, "SoftBounce"), "soft_bounced", "soft_bounced", ""),
    ("postmark", partial(postmark, "Transient"), "soft_bounced", "soft_bounced", ""),
    ("postmark", partial(postmark, "SpamComplaint"), "complained", "ok", "complained"),
    ("postmark", partial(postmark, "SubscriptionChange"), "unsubscribed", "ok", "unsubscribed"),
    ("postmark", partial(postmark, "BadEmailAddress"), "rejected", "ok", "bounced"),
    ("postmark", partial(postmark, "HardBounce of a suppression"), "bounced", "dead", "bounced"),
    ("mailgun", partial(mailgun, "delivered"), "delivered", "ok", ""),
    ("mailgun", partial(given_up, reason="bounce"), "bounced", "dead", "bounced"),
    ("mailgun", partial(given_up, reason="old"), "soft_bounced", "soft_bounced", ""),
    ("mailgun", partial(given_up, reason="suppress-bounce"), "rejected", "ok", "bounced"),
    ("mailgun", partial(given_up, reason="suppress-complaint"), "rejected", "ok", "complained"),
    ("mailgun", partial(given_up, reason="suppress-unsubscribe"), "rejected", "ok", "unsubscribed"),
    ("mailgun", partial(mailgun, "failed", severity="temporary", reason="generic"), "soft_bounced", "soft_bounced", ""),
    ("mailgun", partial(mailgun, "complained"), "complained", "ok", "complained"),
    ("mailgun", partial(mailgun, "unsubscribed"), "unsubscribed", "ok", "unsubscribed"),
    ("mailjet", partial(mailjet, "sent"), "delivered", "ok", ""),
    ("mailjet", partial(mailjet, "bounce", hard_bounce=True, error="user unknown"), "bounced", "dead", "bounced"),
    ("mailjet", partial(mailjet, "bounce", hard_bounce=False, error="quota"), "soft_bounced", "soft_bounced", ""),
    ("mailjet", partial(mailjet, "spam"), "complained", "ok", "complained"),
    ("mailjet", partial(mailjet, "blocked", error="preblocked"), "rejected", "ok", ""),
    ("sparkpost", partial(sparkpost, "delivery"), "delivered", "ok", ""),
    ("sparkpost", partial(sparkpost, "bounce", bounce_class="10"), "bounced", "dead", "bounced"),
    ("sparkpost", partial(sparkpost, "bounce", bounce_class="22"), "soft_bounced", "soft_bounced", ""),
    ("sparkpost", partial(sparkpost, "list_unsubscribe"), "unsubscribed", "ok", "unsubscribed"),
    ("sendgrid", partial(sendgrid, "delivered"), "delivered", "ok", ""),
    ("sendgrid", partial(sendgrid, "deferred", attempt="1"), "soft_bounced", "soft_bounced", ""),
    ("sendgrid", partial(sendgrid, "bounce", type="bounce", status="5.1.1"), "bounced", "dead", "bounced"),
    ("sendgrid", partial(sendgrid, "bounce", type="blocked"), "soft_bounced", "soft_bounced", ""),
    ("sendgrid", partial(sendgrid, "bounce", type="expired"), "soft_bounced", "soft_bounced", ""),
    ("sendgrid", partial(sendgrid, "dropped", reason="Bounced Address"), "rejected", "ok", "bounced"),
    ("sendgrid", partial(sendgrid, "dropped", reason="Unsubscribed Address"), "rejected", "ok", "unsubscribed"),
    ("sendgrid", partial(sendgrid, "dropped", reason="Spam Reporting Address"), "rejected", "ok", "complained"),
    ("sendgrid", partial(sendgrid, "dropped", reason="Recipient List over Package Quota"), "rejected", "ok", ""),
    ("sendgrid", partial(sendgrid, "spamreport"), "complained", "ok", "complained"),
    ("sendgrid", partial(sendgrid, "group_unsubscribe", asm_group_id=10), "unsubscribed", "ok", "unsubscribed"),
    ("brevo", partial(brevo, "delivered"), "delivered", "ok", ""),
    ("brevo", partial(brevo, "deferred", reason="450 greylisted"), "soft_bounced", "soft_bounced", ""),
    ("brevo", partial(brevo, "hard_bounce", reason=" RecipientError: 550 5.5.0"), "bounced", "dead", "bounced"),
    ("brevo", partial(brevo, "soft_bounce", reason="undefined Unable to find MX"), "soft_bounced", "soft_bounced", ""),
    ("brevo", partial(brevo, "invalid_email"), "bounced", "dead", "bounced"),
    ("brevo", partial(brevo, "blocked", reason="blocked : due to blacklist user"), "rejected", "ok", ""),
    ("brevo", partial(brevo, "error"), "rejected", "ok", ""),
    ("brevo", partial(brevo, "spam"), "complained", "ok", "complained"),
    ("brevo", partial(brevo, "unsubscribe"), "unsubscribed", "ok", "unsubscribed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "payload", "kind", "state", "suppressed"), CASES)
def test_event_of_a_provider_is_stored_and_acted_on_once(provider, message, name, payload, kind, state, suppressed):
    provider.MESSAGE_PROVIDER = name
    body: Any = payload(mark_of(message), RECIPIENT)
    if name == "sparkpost":
        body = [body]
    for _time in range(2):
        assert deliver(name, body) == 200
        read_all()
    event = MessageEvent.objects.get()
    assert (event.message_id, event.kind, event.at.replace(microsecond=0)) == (message.pk, kind, AT)
    assert Address.objects.get().state == state
    assert [row.reason for row in Suppression.objects.all()] == [suppressed] * bool(suppressed)
    delivery = ProviderDelivery.objects.get()
    assert (delivery.status, delivery.events, bytes(delivery.body)) == (ProviderDeliveryStatus.DONE, 1, b"")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("postmark", partial(postmark, "Open")),
        ("postmark", partial(postmark, "SubscriptionChange", SuppressSending=False, SuppressionReason=None)),
        ("sendgrid", partial(sendgrid, "click", url="https://shop.example")),
        ("sendgrid", partial(sendgrid, "group_resubscribe", asm_group_id=10)),
        ("brevo", partial(brevo, "proxy_open")),
    ],
)
def test_event_that_is_nobodys_no_and_no_delivery_is_nothing_that_is_kept(provider, message, name, payload):
    provider.MESSAGE_PROVIDER = name
    assert deliver(name, payload(mark_of(message), RECIPIENT)) == 200
    read_all()
    assert ProviderDelivery.objects.get().status == ProviderDeliveryStatus.DONE
    assert not MessageEvent.objects.exists()
    assert not UnmatchedEvent.objects.exists()


def test_event_without_a_known_time_is_of_when_it_was_heard(provider, message):
    provider.MESSAGE_PROVIDER = "brevo"
    complaint = brevo("complaint", mark_of(message), RECIPIENT)
    del complaint["ts_epoch"]
    deliver("brevo", complaint)
    read_all()
    assert MessageEvent.objects.get().at == ProviderDelivery.objects.get().received_at
    assert Suppression.objects.get().reason == "complained"


def test_form_that_mailgun_sent_before_it_had_json_is_read(provider, message):
    provider.MESSAGE_PROVIDER = "mailgun"
    # What the message carried is among its headers then.
    headers = [["To", RECIPIENT], ["X-Mailgun-Variables", json.dumps({"message": mark_of(message)})]]
    fields = {
        **mailgun("dropped", "", RECIPIENT)["signature"],
        **{"event": "dropped", "recipient": RECIPIENT, "code": "605", "reason": "hardfail"},
        **{"message-headers": json.dumps(headers)},
    }
    answer = Client(headers=basic_auth(PASSWORD)).post("/v1/message-events/mailgun", fields)
    assert answer.status_code == 200
    read_all()
    assert (MessageEvent.objects.get().kind, Suppression.objects.get().reason) == ("rejected", "bounced")


def test_signature_of_sendgrid_is_of_the_time_and_the_bytes(provider, message):
    provider.MESSAGE_PROVIDER = "sendgrid"
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    provider.ANYMAIL = {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": b64encode(public).decode()}
    body = json.dumps(sendgrid("delivered", mark_of(message), RECIPIENT)).encode()
    signature = key.sign(b"1795874400" + body, ec.ECDSA(SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": "1795874400",
    }
    assert deliver("sendgrid", body.replace(b"delivered", b"dropped"), headers=headers) == 401
    assert deliver("sendgrid", body) == 401
    assert deliver("sendgrid", body, headers=headers) == 200
    read_all()
    assert MessageEvent.objects.get().kind == "delivered"


def test_complaint_withdraws_consent_and_is_harder_to_undo_than_an_opt_out(message):
    deliver("postmark", postmark("SubscriptionChange", mark_of(message), RECIPIENT))
    deliver("postmark", postmark("SpamComplaint", mark_of(message), RECIPIENT))
    deliver("postmark", postmark("SubscriptionChange", mark_of(message), RECIPIENT, ChangedAt="2026-11-29T14:00:00Z"))
    read_all()
    assert Suppression.objects.get().reason == "complained"
    assert ConsentRecord.objects.filter(basis=ConsentBasis.NONE, source="postmark").count() == 2


def without_password(message):
    return deliver("postmark", postmark("Delivery", mark_of(message), RECIPIENT), password="none:of it")


def with_wrong_signature(message):
    body = mailgun("delivered", mark_of(message), RECIPIENT)
    body["signature"]["signature"] = "0" * 64
    return deliver("mailgun", body)


def test_delivery_that_isnt_signed_is_refused_and_not_kept(provider, message):
    assert without_password(message) == 401
    provider.MESSAGE_PROVIDER = "mailgun"
    assert with_wrong_signature(message) == 401
    assert not ProviderDelivery.objects.exists()


def test_webhook_that_nothing_verifies_is_refused(provider, message):
    provider.ANYMAIL = {}
    assert deliver("postmark", postmark("Delivery", mark_of(message), RECIPIENT)) == 401
    assert not ProviderDelivery.objects.exists()


def test_other_provider_than_the_installations_is_unknown(message):
    assert deliver("mailjet", mailjet("sent", mark_of(message), RECIPIENT)) == 404
    assert deliver("nobody", {}) == 404


BODIES = (b"", b"{", b"null", b"[]", b"[null]", b'{"event": 5}', b"\xff\x00", b'"text"', b"{}")


@pytest.mark.parametrize("name", ["postmark", "mailgun", "mailjet", "sparkpost", "brevo", "mandrill", "mailersend"])
def test_body_that_is_none_of_the_providers_is_no_error_of_ours(provider, name):
    provider.MESSAGE_PROVIDER = name
    provider.ANYMAIL |= {
        **{"MANDRILL_WEBHOOK_KEY": "k", "MANDRILL_WEBHOOK_URL": "https://x.example"},
        **{"MAILERSEND_SIGNING_SECRET": "s"},
    }
    for body in BODIES:
        assert deliver(name, body) in {200, 400, 401}
    read_all()
    assert not ProviderDelivery.objects.filter(status=ProviderDeliveryStatus.PENDING).exists()
    assert not MessageEvent.objects.exists()


def test_body_that_cant_be_read_is_kept_for_a_week(message):
    deliver("postmark", b"[]")
    read_all()
    delivery = ProviderDelivery.objects.get()
    assert delivery.status == ProviderDeliveryStatus.FAILED
    assert bytes(delivery.body) == b"[]"
    deliveries.forget_old(timezone.now())
    assert ProviderDelivery.objects.exists()
    ProviderDelivery.objects.update(received_at=AT.replace(year=2025))
    deliveries.forget_old(timezone.now())
    assert not ProviderDelivery.objects.exists()


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("Delivery", MessageState.SENT, "said_by_provider"),
        ("SpamComplaint", MessageState.SENT, "said_by_provider"),
        ("Blocked", MessageState.FAILED, "rejected"),
    ],
)
def test_message_of_which_nobody_knew_is_resolved(message, kind, state, reason):
    CustomerMessage.objects.update(state=MessageState.UNKNOWN, reason="worker_gone", sent_at=None)
    deliver("postmark", postmark(kind, mark_of(message), RECIPIENT))
    read_all()
    message.refresh_from_db()
    assert (message.state, message.reason) == (state, reason)
    assert message.provider_id == "883953f4-6105-42a2-a16a-77a8eac79483"


def test_message_without_a_mark_is_found_by_the_providers_id_and_its_address(message):
    CustomerMessage.objects.update(provider_id="883953f4-6105-42a2-a16a-77a8eac79483")
    deliver("postmark", postmark("Delivery", "", "eve@shop.example"))
    read_all()
    assert not MessageEvent.objects.exists()
    deliver("postmark", postmark("Delivery", "", RECIPIENT.upper()))
    read_all()
    assert MessageEvent.objects.get().message_id == message.pk


@pytest.mark.parametrize("mark", ["1-999999-0123456789ab", "", "x", "9" * 40, "1-1-zz"])
def test_event_of_a_message_that_isnt_here_is_kept_without_the_address(message, mark):
    deliver("postmark", postmark("HardBounce", mark, "eve@shop.example"))
    read_all()
    event = UnmatchedEvent.objects.get()
    assert (event.provider, event.kind, event.at) == ("postmark", "bounced", AT)
    assert not Suppression.objects.exists()
    assert SendingSwitch.objects.filter(is_on=False).count() == 0


def test_complaint_of_somebody_who_was_erased_is_remembered(message):
    mark = mark_of(message)
    message.contact.delete()
    deliver("postmark", postmark("SpamComplaint", mark, RECIPIENT))
    read_all()
    assert Suppression.objects.get().digest == message.address_digest
    assert switches.switch().is_on


def test_event_of_a_message_that_this_database_has_never_made_turns_sending_off(message):
    mark = str(MessageMark.of(message.store_id, message.pk + 5_000, message.address_digest))
    deliver("postmark", postmark("Delivery", mark, RECIPIENT))
    read_all()
    assert not switches.switch().is_on
    assert "older than the last message" in switches.switch().off_reason


def test_event_of_a_message_that_this_database_hasnt_sent_yet_turns_sending_off(message):
    CustomerMessage.objects.update(state=MessageState.PLANNED, sent_at=None)
    deliver("postmark", postmark("Delivery", mark_of(message), RECIPIENT))
    read_all()
    assert not switches.switch().is_on


def test_mark_of_another_installation_turns_nothing_off(message):
    deliver("postmark", postmark("Delivery", f"{message.store_id}-{message.pk + 5_000}-0123456789ab", RECIPIENT))
    read_all()
    assert switches.switch().is_on


def test_address_that_arrives_again_is_ok_and_one_that_doesnt_exist_stays_dead(message):
    deliver("postmark", postmark("SoftBounce", mark_of(message), RECIPIENT))
    read_all()
    assert Address.objects.get().state == AddressState.SOFT_BOUNCED
    deliver("postmark", postmark("Delivery", mark_of(message), RECIPIENT))
    read_all()
    assert Address.objects.get().state == AddressState.OK
    deliver("postmark", postmark("HardBounce", mark_of(message), RECIPIENT))
    deliver("postmark", postmark("Delivery", mark_of(message), RECIPIENT, DeliveredAt="2026-11-29T14:00:00Z"))
    read_all()
    assert Address.objects.get().state == AddressState.DEAD
