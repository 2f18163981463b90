"""Unsubscribing by the letter of RFC 8058: at once, without cookies, and never by opening a link."""

from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from experiments.customer_keys import address_digest
from journeys.models import ConsentRecord, CustomerMessage, MessageEvent, MessageEventKind, Suppression
from journeys.signed_links.signing import AddressLink, sign
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step

pytestmark = pytest.mark.django_db
ADA = "ada@shop.example"


@pytest.fixture
def message() -> CustomerMessage:
    store = factories.make_store()
    make_sender(store)
    return make_message(make_step(store, topic="care"), ADA)


def token_of(message: CustomerMessage, locale: str = "en") -> str:
    digest = bytes.fromhex(message.address_digest)
    return sign(
        AddressLink(store_id=message.store_id, digest=digest, topic="care", message_id=message.pk, locale=locale)
    )


def topics() -> set[str]:
    return set(Suppression.objects.values_list("topic", flat=True))


def test_opening_the_link_changes_nothing(message):
    client = Client(enforce_csrf_checks=True)
    for method in (client.get, client.head):
        answer = method(f"/m/u/{token_of(message)}")
        assert answer.status_code == 200
    assert not Suppression.objects.exists()
    assert ConsentRecord.objects.count() == 1


def test_one_click_of_a_mail_program_unsubscribes_at_once(message):
    answer = Client(enforce_csrf_checks=True).post(
        f"/m/u/{token_of(message)}", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert not answer.cookies
    assert "You are unsubscribed" in answer.content.decode()
    assert topics() == {""}
    assert ConsentRecord.objects.latest("said_at").basis == "none"
    assert MessageEvent.objects.get().kind == MessageEventKind.UNSUBSCRIBED


def test_one_click_as_a_form_of_several_parts_unsubscribes_too(message):
    # RFC 8058, 3.2: the better of the two kinds of content
    answer = Client(enforce_csrf_checks=True).post(f"/m/u/{token_of(message)}", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert topics() == {""}


def test_one_click_is_never_led_elsewhere(message, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().post(f"/m/u/{token_of(message)}", {"List-Unsubscribe": "One-Click"}, secure=True)
    assert (answer.status_code, "Location" in answer) == (200, False)


def test_who_is_logged_in_in_the_same_browser_makes_no_difference(message):
    client = Client()
    client.force_login(factories.make_user(message.store, role="viewer"))
    client.post(f"/m/u/{token_of(message)}", {"List-Unsubscribe": "One-Click"})
    assert Suppression.objects.get().digest == address_digest(message.store_id, ADA)


def test_link_says_nothing_of_whose_it_is(message):
    token = token_of(message)
    said = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"ada" not in said.lower()
    assert b"shop" not in said.lower()


def test_unsubscribing_twice_is_said_the_same_and_stored_once(message):
    for _ in range(2):
        assert Client().post(f"/m/u/{token_of(message)}").status_code == 200
    assert Suppression.objects.count() == 1
    assert MessageEvent.objects.count() == 1


def test_unsubscribing_works_after_everything_else_was_erased(message):
    token = token_of(message)
    message.contact.delete()
    assert Client().post(f"/m/u/{token}").status_code == 200
    assert Suppression.objects.get().digest == address_digest(message.store_id, ADA)


def test_link_of_one_store_does_nothing_in_another(message):
    other = factories.make_store()
    Client().post(f"/m/u/{token_of(message)}")
    assert not Suppression.objects.filter(store=other).exists()


def test_page_is_in_the_readers_language_and_kept_and_told_by_nobody(message):
    answer = Client().get(f"/m/u/{token_of(message, locale='ar')}")
    page = answer.content.decode()
    assert 'dir="rtl"' in page
    assert "إلغاء الاشتراك" in page
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert ADA not in page


@pytest.mark.parametrize("kind", ["u", "p", "q", "seen"])
def test_link_that_nobody_signed_says_so(kind):
    answer = Client().post(f"/m/{kind}/nonsense")
    assert answer.status_code in {204, 404}
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("sent", "left"), [({}, {""}), ({"all": "on"}, {"care"}), ({"all": "on", "topic": "on"}, set())]
)
def test_preferences_are_saved(message, sent, left):
    url = f"/m/p/{token_of(message)}"
    assert "checked" in Client().get(url).content.decode()
    answer = Client().post(url, sent)
    assert "Saved" in answer.content.decode()
    assert topics() == left


def test_who_unsubscribed_can_come_back_but_not_who_complained(message):
    url = f"/m/p/{token_of(message)}"
    Client().post(url, {})
    Client().post(url, {"all": "on", "topic": "on"})
    assert topics() == set()
    assert ConsentRecord.objects.latest("said_at").basis == "opt_in"
    Suppression.objects.create(
        store=message.store, digest=message.address_digest, reason="complained", at=timezone.now() - timedelta(days=1)
    )
    Client().post(url, {"all": "on", "topic": "on"})
    assert topics() == {""}
