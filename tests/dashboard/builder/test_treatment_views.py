"""Beside a treatment's fields: its stage, products to find, and a new offer."""

import re
from typing import Any

import pytest

from checkout_widgets.models import KeptInput, NextWidget, Offer, Product, Widget
from dashboard.treatment.forms import SecondOfferForm
from experiments.models import Experiment, Role, Status
from tests import factories
from tests.dashboard.builder.drafts import HTMX, WORDS, client_of, send, url_of
from tests.pair_offers import count_pair, make_pair_offer

pytestmark = pytest.mark.django_db
TREATMENT = "treatments/treatment/"


@pytest.fixture
def draft() -> Experiment:
    return factories.make_experiment(status=Status.DRAFT, started_at=None)


@pytest.fixture
def product(draft: Experiment) -> Product:
    return factories.make_product(draft.store, sku="MUG", title="Mug", price_minor=990)


def typed(product: Product, /, **changed: Any) -> dict[str, Any]:
    new = {"product": product.pk, "name": "", "kind": "cross_sell", "price": "7.90"} | changed
    return WORDS | {f"new-{name}": text for name, text in new.items()}


def test_offer_is_created_chosen_and_saved_with_the_words(draft, product):
    answer = client_of(draft).post(url_of(draft, f"{TREATMENT}offer/"), typed(product), **HTMX)
    offer = Offer.objects.get()
    assert (offer.name, offer.key, offer.price_minor, offer.currency) == ("Mug", "mug", 790, product.store.currency)
    assert [(item.product, item.quantity) for item in offer.items.all()] == [(product, 1)]
    assert Widget.objects.get().offer == offer
    assert f'value="{offer.pk}" checked' in answer.content.decode()
    assert not KeptInput.objects.exists()


@pytest.mark.slow
def test_offer_that_is_not_created_yet_stays_typed(draft, product):
    client = client_of(draft)
    widget = factories.make_widget(draft.variants.get(key="treatment"))
    send(client, draft, "treatment-treatment", typed(product, name="Half an offer") | {"offer": widget.offer_id})
    assert 'value="Half an offer"' in client.get(url_of(draft)).content.decode()
    assert Widget.objects.get().headline == WORDS["headline"]


def test_offer_without_a_price_costs_what_the_product_does_and_gets_a_key_of_its_own(draft, product):
    factories.make_offer(draft.store, key="mug")
    client_of(draft).post(url_of(draft, f"{TREATMENT}offer/"), typed(product, price="", name="Mug"))
    assert Offer.objects.get(key="mug-2").price_minor == 990


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"product": ""}, "Choose the product that is sold"),
        ({"pairing": "best", "pair_discount": "91"}, "Enter 90 or less."),
        ({"product": "x" * 30}, "Choose one from the list."),
        ({"price": "7.999"}, "more decimals than"),
        ({"price": "-1"}, "Enter 0 or more."),
        ({"price": "1e13"}, "or less."),
        ({"kind": "bundle"}, "Choose one from the list."),
    ],
)
def test_offer_that_cannot_be_sold_is_named_kept_as_typed_and_not_created(
    draft: Experiment, product: Product, changed: Any, error: str
):
    client = client_of(draft)
    answer = client.post(url_of(draft, f"{TREATMENT}offer/"), typed(product, name="Mine", **changed), **HTMX)
    assert error in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert not Offer.objects.exists()


def test_offer_of_another_stores_product_is_refused(draft):
    foreign = factories.make_product(factories.make_store(slug="other"), sku="MUG-9")
    client_of(draft).post(url_of(draft, f"{TREATMENT}offer/"), typed(foreign), **HTMX)
    assert not Offer.objects.exists()


def test_products_are_found_by_title_and_sku_in_the_store_alone(draft, product):
    factories.make_product(draft.store, sku="TEA-1", title="Green tea")
    factories.make_product(factories.make_store(slug="other"), sku="MUG-9", title="Foreign mug")
    client, url = client_of(draft), url_of(draft, f"{TREATMENT}products/")
    page = client.get(url, {"q": "mu"}).content.decode()
    assert "Mug" in page
    assert "Green tea" not in page
    assert "Foreign" not in page
    assert "Green tea" in client.get(url, {"q": "tea-"}).content.decode()
    assert "No product matches" in client.get(url, {"q": "\x00%zz"}).content.decode()


def test_stage_shows_what_is_typed_and_saves_nothing(draft):
    offer = factories.make_offer(draft.store)
    client, url = client_of(draft), url_of(draft, f"{TREATMENT}stage/")
    assert b"Choose a treatment and an offer" in client.get(url).content
    answer = client.post(f"{url}?device=phone", WORDS | {"offer": offer.pk})
    assert b"data-key" in answer.content
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert not Widget.objects.exists()
    other = factories.make_offer(factories.make_store(slug="other"))
    assert b"Choose a treatment and an offer" in client.post(url, WORDS | {"offer": other.pk}).content


def test_offer_products_and_stage_are_for_editors_alone(draft, product):
    viewer = client_of(draft, Role.VIEWER)
    assert viewer.post(url_of(draft, f"{TREATMENT}offer/"), typed(product)).status_code == 403
    assert viewer.get(url_of(draft, f"{TREATMENT}products/")).status_code == 403
    assert viewer.get(url_of(draft, f"{TREATMENT}stage/")).status_code == 403
    assert client_of(draft, Role.ADMIN).get(url_of(draft, "treatments/control/stage/")).status_code == 404


def test_what_the_page_does_not_show_for_what_is_sold_is_left_out(draft, product):
    client, url = client_of(draft), url_of(draft, f"{TREATMENT}offer/")
    client.post(url, typed(product, pairing="best", price="-7", pair_discount="5"), **HTMX)
    pairs = Offer.objects.get()
    assert (pairs.pairing, pairs.price_minor, pairs.pair_discount) == ("best", 0, 5)
    client.post(url, typed(product, price="7", pair_source="pinned", pair_discount="95"), **HTMX)
    offer = Offer.objects.exclude(pk=pairs.pk).get()
    assert (offer.pairing, offer.pair_source, offer.pair_discount, offer.price_minor) == ("", "", 0, 700)


def test_choice_that_always_has_a_value_is_not_called_optional(draft):
    page = client_of(draft).get(url_of(draft)).content.decode()
    for label in ("Sells", "Pairs from", "Who takes part"):
        assert f">{label}</label>" in page
    assert re.search(r">Discount on pairs, in percent <span[^>]*>\(optional\)</span></label>", page)


def test_offer_of_pairs_is_created_and_chosen(draft, product):
    pairs = {"product": "", "price": "", "pairing": "second", "pair_source": "counted", "pair_discount": "5"}
    answer = client_of(draft).post(url_of(draft, f"{TREATMENT}offer/"), typed(product, **pairs), **HTMX)
    offer = Offer.objects.get()
    assert (offer.name, offer.pairing, offer.pair_source) == ("The second-best pair", "second", "counted")
    assert Widget.objects.get().offer == offer
    page = answer.content.decode()
    assert f'value="{offer.pk}" checked' in page
    assert "Catalog price less 5%" in page


def test_stage_of_pairs_shows_what_goes_with_some_product_or_says_that_nothing_does(draft, product):
    offer = make_pair_offer(draft.store)
    client, url = client_of(draft), url_of(draft, f"{TREATMENT}stage/")
    words = WORDS | {"offer": offer.pk, "headline": "With {product}"}
    assert b"there is no pair to show" in client.post(url, words).content
    count_pair(product, factories.make_product(draft.store, title="Saucer"))
    shown = client.post(url, words)
    assert shown.status_code == 200
    assert b"data-key" in shown.content
    assert b"there is no pair to show" not in shown.content


def test_second_offer_sells_no_pairs(draft):
    experiment = factories.make_experiment(draft.store, status=Status.DRAFT, started_at=None, moment="confirmation")
    variant = experiment.variants.get(key="treatment")
    factories.make_widget(variant)
    pair, fixed = make_pair_offer(draft.store), factories.make_offer(draft.store)
    offered: Any = SecondOfferForm(instance=NextWidget(variant=variant, after="declined")).fields["offer"]
    assert fixed in offered.queryset
    assert pair not in offered.queryset
