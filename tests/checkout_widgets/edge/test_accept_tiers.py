"""``POST /v1/accept`` of a quantity that costs less each."""

from typing import Any

import jwt
import pytest

from checkout_widgets.models import Acceptance, Offer, OfferTier, Product


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
def tiered(experiment, body, decide):
    """The body of an accept for an offer with a tier: two for 18.00."""
    OfferTier.objects.create(offer=Offer.objects.get(), quantity=2, price_minor=1800)
    return body | {"exposure_token": decide(body["visitor_id"])["exposure_token"], "quantity": 2}


def test_accept_tier_is_priced_by_the_server(store, post, tiered):
    answer = post("/v1/accept", tiered).json()
    assert (answer["total_minor"], answer["quantity"]) == (1800, 2)
    assert answer["lines"] == [{"sku": Product.objects.get().sku, "quantity": 2, "price_minor": 900}]
    claims = jwt.decode(answer["acceptance_token"], store.secret_key, algorithms=["HS256"], audience="shop")
    assert (claims["quantity"], claims["total_minor"]) == (2, 1800)


def test_accept_without_quantity_is_the_offer_itself(post, tiered):
    del tiered["quantity"]
    answer = post("/v1/accept", tiered).json()
    assert (answer["total_minor"], answer["quantity"]) == (990, 1)


@pytest.mark.parametrize("quantity", [0, 3, 1_001, -2, "2", 2.5, None, True])
def test_accept_quantity_that_is_no_tier_is_refused(post, tiered, quantity):
    response = post("/v1/accept", tiered | {"quantity": quantity})
    assert refused(response) == (400, "bad_field")
    assert response.json()["error"]["field"] == "quantity"
    assert not Acceptance.objects.exists()


def test_accept_tier_that_was_not_shown_is_refused(post, tiered):
    OfferTier.objects.create(offer=Offer.objects.get(), quantity=3, price_minor=1)
    assert refused(post("/v1/accept", tiered | {"quantity": 3})) == (400, "bad_field")


@pytest.mark.slow
def test_accept_tier_whose_price_changed_is_refused_with_the_new_one(post, tiered):
    OfferTier.objects.update(price_minor=1900)
    response = post("/v1/accept", tiered | {"locale": "en"})
    assert refused(response) == (409, "price_changed")
    assert response.json()["error"]["price"]["text"] == "€19.00"


@pytest.mark.slow
def test_accept_tier_that_is_gone_is_refused(post, tiered):
    OfferTier.objects.all().delete()
    assert refused(post("/v1/accept", tiered)) == (409, "offer_ended")


@pytest.mark.slow
@pytest.mark.parametrize(("model", "field"), [(Product, "stock"), (Offer, "stock_limit")])
def test_accept_tier_needs_as_many(post, tiered, model, field):
    model.objects.update(**{field: 1})
    assert refused(post("/v1/accept", tiered)) == (409, "out_of_stock")
    model.objects.update(**{field: 2})
    assert post("/v1/accept", tiered).status_code == 200


@pytest.mark.slow
def test_accept_tier_uses_up_its_quantity_of_the_limit(post, tiered):
    Offer.objects.update(stock_limit=3)
    assert post("/v1/accept", tiered).status_code == 200
    assert Offer.objects.get().accepted() == 2
    assert refused(post("/v1/accept", tiered | {"idempotency_key": "second"})) == (409, "out_of_stock")


def test_accept_key_of_another_quantity_is_refused(post, tiered):
    assert post("/v1/accept", tiered).status_code == 200
    response = post("/v1/accept", tiered | {"quantity": 1})
    assert refused(response) == (400, "bad_field")
    assert response.json()["error"]["field"] == "idempotency_key"
