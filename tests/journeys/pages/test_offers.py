"""The offer of a message: at the price of now, once, and never by a program that checks links."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from checkout_widgets.models import Acceptance
from experiments.models import Status
from journeys.models import CustomerMessage, MessageEvent, Sender
from journeys.pages.answering import source_of
from journeys.signed_links.signing import OfferLink, sign
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.pair_offers import make_pair_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> CustomerMessage:
    store = factories.make_store(currency="EUR")
    make_sender(store, accept_url="https://tea.example/take?from=mail")
    return make_message(make_step(store))


@pytest.fixture
def offer(message):
    return factories.make_offer(message.store, price_minor=990)


def url_of(message, offer, **fields) -> str:
    expires_at = int((timezone.now() + timedelta(days=1)).timestamp())
    values = {"store_id": message.store_id, "message_id": message.pk, "offer_id": offer.pk}
    return "/m/" + sign(OfferLink(**{"price_minor": 990, "expires_at": expires_at} | values | fields))


def kinds() -> dict[str, int]:
    found = list(MessageEvent.objects.values_list("kind", flat=True))
    return {kind: found.count(kind) for kind in found}


@pytest.mark.slow
def test_opening_the_link_changes_nothing_but_what_was_fetched(message, offer):
    url, client = url_of(message, offer), Client()
    for _ in range(50):
        assert client.get(url).status_code == 200
        client.head(url)
    assert kinds() in ({"fetched": 1}, {"fetched": 2})  # the hour may have passed meanwhile
    assert not Acceptance.objects.exists()


def test_page_that_was_in_view_is_a_persons_click(message, offer):
    url = url_of(message, offer)
    page = Client().get(url).content.decode()
    seen_url = page.partition('data-seen="')[2].partition('"')[0]
    assert Client(enforce_csrf_checks=True).post(seen_url).status_code == 204
    assert kinds()["clicked"] == 1


def test_accepting_leads_to_the_store_with_a_token_that_it_verifies(message, offer):
    answer = Client(enforce_csrf_checks=True).post(url_of(message, offer), {"price_minor": "990"})
    assert answer.status_code == 303
    assert answer["Location"].startswith("https://tea.example/take?from=mail&offerlift_token=")
    token = parse_qs(urlsplit(answer["Location"]).query)["offerlift_token"][0]
    claims = jwt.decode(token, message.store.secret_key, ["HS256"], audience=message.store.slug)
    assert claims["total_minor"] == 990
    assert claims["sub"] == f"c:{message.contact.customer_key}"
    again = Client().post(url_of(message, offer), {"price_minor": "990"})
    assert again.status_code == 303
    assert Acceptance.objects.count() == 1
    assert kinds() == {"clicked": 1, "accepted": 1}


def test_accepting_again_in_the_same_hour_is_an_acceptance_that_lasts(message, offer, monkeypatch):
    url, hour = url_of(message, offer), timezone.now().replace(minute=0)
    for minute in (5, 20, 50):
        at = hour + timedelta(minutes=minute)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        assert Client().post(url, {"price_minor": "990"}).status_code == 303
        assert Acceptance.objects.latest("accepted_at").expires_at > at
    assert Acceptance.objects.count() == 2


def test_page_lets_the_form_lead_to_the_store(message, offer):
    policy = Client().get(url_of(message, offer))["Content-Security-Policy"]
    # Chromium blocks the way to the store otherwise: it holds form-action against redirects
    assert "form-action 'self' https://tea.example https:;" in policy
    Sender.objects.update(accept_url="")
    policy = Client().get(url_of(message, offer))["Content-Security-Policy"]
    assert "form-action 'self';" in policy


def test_price_that_changed_is_said_and_only_the_new_one_can_be_accepted(message, offer):
    url = url_of(message, offer)
    offer.price_minor = 1190
    offer.save()
    page = Client().get(url).content.decode()
    assert "it was €9.90" in page
    assert "€11.90" in page
    assert Client().post(url, {"price_minor": "990"}).status_code == 409
    assert not Acceptance.objects.exists()
    Client().post(url, {"price_minor": "1190"})
    assert Acceptance.objects.get().total_minor == 1190


@pytest.mark.parametrize("price", ["", "-1", "1e9", "9" * 40, "990; drop"])
def test_price_that_is_none_is_refused(message, offer, price):
    assert Client().post(url_of(message, offer), {"price_minor": price}).status_code == 409
    assert not Acceptance.objects.exists()


def test_offer_that_is_over_says_so(message, offer):
    offer.is_active = False
    offer.save()
    answer = Client().get(url_of(message, offer))
    assert answer.status_code == 410
    assert "no longer available" in answer.content.decode()
    expired = url_of(message, offer, expires_at=1)
    assert Client().post(expired, {"price_minor": "990"}).status_code == 410


def test_offer_of_another_store_is_none(message):
    foreign = factories.make_offer(factories.make_store(), price_minor=990)
    assert Client().get(url_of(message, foreign)).status_code == 404


def test_link_of_an_erased_customer_leads_nowhere(message, offer):
    url = url_of(message, offer)
    message.contact.delete()
    assert Client().get(url).status_code == 404


def make_widget(offer, status, **fields):
    variant = factories.make_experiment(offer.store, status=status).variants.get(key="treatment")
    copy = {"headline": "Keep it warm", "body": "For your mug", "reason": "Fits the mug", "accept_label": "Add {price}"}
    return factories.make_widget(variant, offer, **copy | fields)


def test_page_says_and_looks_as_the_offers_widget(message):
    lid = factories.make_product(message.store, title="Lid", price_minor=1500, image_url="https://tea.example/lid.jpg")
    offer = factories.make_offer(message.store, lid, price_minor=990, compare_at_minor=1500)
    theme = {"accent": "#0a7d33", "radius": "4px", "surface": "red;}body{display:none", "font": "inherit"}
    translations = {"de": {"headline": "Hält warm", "accept_label": "Für {price} dazu"}}
    make_widget(offer, Status.RUNNING, theme=theme, translations=translations)
    answer = Client().get(url_of(message, offer))
    page = answer.content.decode()
    for said in (
        "Keep it warm",
        "For your mug",
        "Fits the mug",
        "Add €9.90",
        "<del>€15.00</del>",
        "tea.example/lid.jpg",
    ):
        assert said in page, said
    style = ":root{--blue:#0a7d33;--radius:4px}"
    assert style in page
    assert source_of(style) in answer["Content-Security-Policy"]
    message.contact.locale = "de-AT"
    message.contact.save()
    assert "Hält warm" in Client().get(url_of(message, offer)).content.decode()


def test_page_of_an_offer_without_a_widget_names_its_products(message, offer):
    make_widget(offer, Status.DRAFT)
    page = Client().get(url_of(message, offer)).content.decode()
    assert "Keep it warm" not in page
    assert "Add to cart for €9.90" in page


def test_comparison_of_the_widget_is_a_table(message, offer):
    comparison = {"columns": ["Your mug", "With lid"], "rows": [{"label": "Warm for", "values": ["20 min", "60 min"]}]}
    make_widget(offer, Status.RUNNING, layout="comparison", comparison=comparison)
    page = Client().get(url_of(message, offer)).content.decode()
    assert '<th scope="col">With lid</th>' in page
    assert "<td>60 min</td>" in page


@pytest.fixture
def cup(message):
    return factories.make_product(message.store, sku="cup", title="Cup", price_minor=1000)


def test_page_of_a_pair_sells_what_the_link_names_at_the_catalogs_price_less_the_discount(message, cup):
    offer = make_pair_offer(message.store, pair_discount=10)
    url = url_of(message, offer, price_minor=900, sold=(cup.pk,), pairs_version=3)
    page = Client().get(url).content.decode()
    assert "Cup" in page
    assert "Add to cart for €9.00" in page
    assert "it was" not in page
    answer = Client().post(url, {"price_minor": "900"})
    assert answer.status_code == 303
    acceptance = Acceptance.objects.get()
    assert [(line["sku"], line["price_minor"]) for line in acceptance.lines] == [("cup", 900)]
    assert acceptance.total_minor == 900
    assert acceptance.about == {"product": "cup"}


def test_page_of_a_pair_says_where_its_price_changed(message, cup):
    url = url_of(message, make_pair_offer(message.store), price_minor=900, sold=(cup.pk,))
    page = Client().get(url).content.decode()
    assert "it was €9.00" in page
    assert "€10.00" in page
    assert Client().post(url, {"price_minor": "900"}).status_code == 409
    assert Client().post(url, {"price_minor": "1000"}).status_code == 303
    assert Acceptance.objects.get().total_minor == 1000


def test_page_of_a_pair_looks_as_the_offers_widget(message, cup):
    offer = make_pair_offer(message.store)
    make_widget(offer, Status.RUNNING, headline="Goes with it: {product}")
    page = Client().get(url_of(message, offer, price_minor=1000, sold=(cup.pk,))).content.decode()
    assert "Goes with it: Cup" in page
    assert "Add €10.00" in page


@pytest.mark.parametrize("change", [{"stock": 0}, {"is_active": False}, {"sku": "cup", "kind": "service"}])
def test_page_of_a_pair_that_cant_be_had_says_so(message, cup, change):
    url = url_of(message, make_pair_offer(message.store), price_minor=1000, sold=(cup.pk,))
    for name, value in change.items():
        setattr(cup, name, value)
    cup.save()
    assert Client().get(url).status_code == 410
    assert Client().post(url, {"price_minor": "1000"}).status_code == 410
    assert not Acceptance.objects.exists()


def test_link_without_products_sells_no_pair_and_none_of_another_store(message, cup):
    offer = make_pair_offer(message.store)
    foreign = factories.make_product(factories.make_store(), price_minor=1000)
    for sold in ((), (foreign.pk,), (cup.pk, foreign.pk), (cup.pk + 10_000,)):
        assert Client().get(url_of(message, offer, price_minor=1000, sold=sold)).status_code == 410
    fixed = factories.make_offer(message.store, price_minor=1000)
    assert Client().get(url_of(message, fixed, price_minor=1000, sold=(cup.pk,))).status_code == 410
