"""A new offer for a treatment, without the admin."""

from typing import Any

import pytest
from django.test import Client

from checkout_widgets.models import Offer, Product
from experiments.models import Experiment, Role, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    """A mug for 9.90 of a store with a draft."""
    draft = factories.make_experiment(status=Status.DRAFT, started_at=None)
    return factories.make_product(draft.store, sku="MUG", title="Mug", price_minor=990)


def client_of(product: Product, role: str = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.make_user(product.store, role=role))
    return client


def url_of(product: Product, part: str = "offer/") -> str:
    experiment = Experiment.objects.get(store=product.store)
    return f"/tests/{product.store.slug}/{experiment.key}/treatments/treatment/{part}"


def typed(product: Product, **changed: Any) -> dict[str, Any]:
    return {"product": product.pk, "name": "", "kind": "cross_sell", "price": "7.90"} | changed


def test_offer_is_created_and_chosen_on_the_treatments_page(product):
    client = client_of(product)
    response = client.post(url_of(product), typed(product))
    offer = Offer.objects.get()
    assert (offer.name, offer.key, offer.price_minor, offer.currency) == ("Mug", "mug", 790, product.store.currency)
    assert [(item.product, item.quantity) for item in offer.items.all()] == [(product, 1)]
    assert response["Location"] == f"{url_of(product, '')}?offer={offer.pk}"
    assert f'value="{offer.pk}" checked' in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("offer", ["9" * 30, "-1", "x", "²", ""])
def test_offer_that_an_address_makes_up_chooses_nothing(product, offer):
    client = client_of(product)
    for part in ("", "stage/"):
        response = client.get(url_of(product, part), {"offer": offer})
        assert response.status_code == 200
        assert b"checked" not in response.content


def test_stage_begins_with_the_offer_that_was_created(product):
    client = client_of(product)
    client.post(url_of(product), typed(product))
    shown = client.get(url_of(product, "stage/"), {"offer": str(Offer.objects.get().pk)}).content
    assert b"Choose a treatment and an offer" not in shown
    other = factories.make_offer(factories.make_store(slug="other"))
    foreign = client.get(url_of(product, "stage/"), {"offer": str(other.pk)}).content
    assert b"Choose a treatment and an offer" in foreign


def test_offer_without_a_price_costs_what_the_product_does_and_gets_a_key_of_its_own(product):
    factories.make_offer(product.store, key="mug")
    client_of(product).post(url_of(product), typed(product, price="", name="Mug"))
    offer = Offer.objects.get(key="mug-2")
    assert offer.price_minor == 990


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"product": ""}, "This field is required"),
        ({"product": "x" * 30}, "Select a valid choice"),
        ({"price": "7.999"}, "more decimals than"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "1e13"}, "less than or equal to"),
        ({"kind": "bundle"}, "Select a valid choice"),
    ],
)
def test_offer_that_cannot_be_sold_is_named_and_not_created(product: Product, changed: Any, error: str):
    response = client_of(product).post(url_of(product), typed(product) | changed)
    assert response.status_code == 422
    assert error in response.content.decode()
    assert not Offer.objects.exists()


def test_products_are_found_by_title_and_sku_in_the_store_alone(product):
    factories.make_product(product.store, sku="TEA-1", title="Green tea")
    factories.make_product(factories.make_store(slug="other"), sku="MUG-9", title="Foreign mug")
    client = client_of(product)
    page = client.get(url_of(product, "products/"), {"q": "mu"}).content.decode()
    assert "Mug" in page
    assert "Green tea" not in page
    assert "Foreign" not in page
    assert "Green tea" in client.get(url_of(product, "products/"), {"q": "tea-"}).content.decode()
    assert "No product matches" in client.get(url_of(product, "products/"), {"q": "\x00%zz"}).content.decode()


def test_offer_of_another_stores_product_is_refused(product):
    foreign = factories.make_product(factories.make_store(slug="other"), sku="MUG-9")
    assert client_of(product).post(url_of(product), typed(foreign)).status_code == 422
    assert not Offer.objects.exists()


def test_offer_is_for_editors_alone(product):
    viewer = client_of(product, Role.VIEWER)
    assert viewer.post(url_of(product), typed(product)).status_code == 403
    assert viewer.get(url_of(product, "products/")).status_code == 403
