"""A message's preview, and test messages: to the member alone, ten an hour."""

import pytest
from django.core import mail

from checkout_widgets.models import Product
from experiments.models import AuditAction, AuditEntry
from tests import factories
from tests.journeys.messages import make_sender, make_step
from tests.journeys.writing.documents import EVERY_BLOCK
from tests.pair_offers import count_pair, make_pair_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(client, settings):
    settings.ADDRESS_DIGEST_KEY = "a key of the tests"
    store = factories.make_store(slug="tea")
    make_sender(store)
    lid = factories.make_product(store, sku="lid", title="Lid", price_minor=990)
    factories.make_product(store, sku="mug", title="Mug")
    factories.make_offer(store, lid, key="lid", price_minor=990)
    client.force_login(factories.make_user(store, username="ada", email="ada@shop.example"))
    return make_step(store, document=EVERY_BLOCK)


def url_of(step, rest: str = "") -> str:
    return f"/journeys/tea/{step.version.journey.key}/steps/{step.key}/preview/{rest}"


def test_preview_shows_subject_frames_and_text(client, step):
    page = client.get(url_of(step, "?language=de")).content.decode()
    assert "Ein Deckel für Ihre Mug" in page
    assert page.count("<iframe") == 2
    assert "9,90" in page


def test_preview_of_an_offer_of_pairs_shows_an_example_and_what_it_goes_with(client, step):
    store = step.version.journey.store
    make_pair_offer(store, key="pair", pair_discount=10)
    step.document = EVERY_BLOCK | {"offer": "pair"}
    step.save()
    assert "has no pair to show with any product" in client.get(url_of(step)).content.decode()
    lid = Product.objects.get(store=store, sku="lid")
    jar = factories.make_product(store, sku="jar", title="Jar")
    factories.make_product(store, sku="newest", title="Spoon")
    count_pair(jar, lid)
    page = client.get(url_of(step)).content.decode()
    assert "A lid for your Jar" in page
    assert "€8.91" in page


@pytest.mark.parametrize(("scheme", "applies"), [("light", "@media not all"), ("dark", "@media all")])
def test_frame_is_the_message_in_the_scheme_and_runs_nothing(client, step, scheme, applies):
    answer = client.get(url_of(step, f"frame/?scheme={scheme}"))
    assert applies in answer.content.decode()
    assert "prefers-color-scheme" not in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_preview_of_an_unfinished_message_says_what_is_missing(client, step):
    step.document = {"subject": "x", "blocks": []}
    step.save()
    assert 'role="alert"' in client.get(url_of(step)).content.decode()
    assert client.get(url_of(step, "frame/")).status_code == 409


@pytest.mark.slow
def test_test_message_goes_to_the_member_alone_ten_times_an_hour(client, step):
    for _ in range(11):
        client.post(url_of(step, "?language=en"), {"to": "eve@x.example"})
    assert [message.to for message in mail.outbox] == [["ada@shop.example"]] * 10
    assert mail.outbox[0].subject == "[Test] A lid for your Mug"
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert AuditEntry.objects.filter(action=AuditAction.MESSAGE_TESTED).count() == 10
    assert "You have sent 10 test messages in the last hour" in client.get(url_of(step)).content.decode()


def test_viewer_sees_and_doesnt_send_and_strangers_get_404(client, step):
    store = step.version.journey.store
    client.force_login(factories.make_user(store, role="viewer", email="v@shop.example"))
    assert client.get(url_of(step)).status_code == 200
    assert client.post(url_of(step)).status_code == 403
    client.force_login(factories.make_user())
    assert client.get(url_of(step)).status_code == 404
    assert client.post(url_of(step)).status_code == 404
    assert mail.outbox == []
