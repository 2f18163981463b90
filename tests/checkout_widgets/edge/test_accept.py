"""``POST /v1/accept``."""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import msgspec
import pytest
from django.db import close_old_connections, connection
from django.test import Client

from checkout_widgets.edge import live_configuration, tokens
from checkout_widgets.models import Acceptance, Offer, OfferItem, Product
from experiments.models import Decision, Experiment, Rejection, Status, Variant
from tests import factories


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_accept_gives_lines_price_and_a_token_that_the_store_can_verify(store, post, body):
    response = post("/v1/accept", body)
    assert response.status_code == 200
    answer = response.json()
    sku = Product.objects.get().sku
    assert answer["lines"] == [{"sku": sku, "quantity": 1, "price_minor": 990}]
    assert (answer["currency"], answer["total_minor"]) == ("EUR", 990)
    claims = jwt.decode(answer["acceptance_token"], store.secret_key, algorithms=["HS256"], audience="shop")
    assert claims["iss"] == "offerlift"
    assert UUID(claims["jti"])
    assert claims["sub"] == body["visitor_id"]
    assert (claims["experiment"], claims["variant"]) == ("cart-accessory", "treatment")
    assert claims["offer"] == Offer.objects.get().key
    assert (claims["lines"], claims["total_minor"], claims["currency"]) == (answer["lines"], 990, "EUR")
    assert claims["exp"] == datetime.fromisoformat(answer["expires_at"]).timestamp()
    assert 1790 <= claims["exp"] - datetime.now(UTC).timestamp() <= 1800


def test_accept_same_key_gives_the_same_acceptance(post, body):
    first = post("/v1/accept", body).json()
    Offer.objects.update(price_minor=1, is_active=False)
    assert post("/v1/accept", body).json() == first
    assert Acceptance.objects.count() == 1


def test_accept_other_key_is_another_acceptance(post, body):
    first = post("/v1/accept", body).json()
    assert post("/v1/accept", body | {"idempotency_key": "second"}).json() != first
    assert Acceptance.objects.count() == 2


def test_accept_same_key_of_another_visitor_is_theirs(post, body, decide):
    post("/v1/accept", body)
    other = next(n for n in range(50, 100) if decide(f"v_{n}")["variant"] == "treatment")
    theirs = {"visitor_id": f"v_{other}", "exposure_token": decide(f"v_{other}")["exposure_token"]}
    assert post("/v1/accept", body | theirs).status_code == 200
    assert Acceptance.objects.count() == 2


def test_accept_price_that_changed_is_refused_with_the_new_one(post, body):
    Offer.objects.update(price_minor=1090)
    response = post("/v1/accept", body | {"locale": "de-DE"})
    assert refused(response) == (409, "price_changed")
    assert response.json()["error"]["price"] == {"minor": 1090, "currency": "EUR", "text": "10,90\xa0€"}
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize(
    ("model", "change", "code"),
    [
        (Product, {"stock": 0}, "out_of_stock"),
        (Product, {"is_active": False}, "out_of_stock"),
        (Offer, {"stock_limit": 0}, "out_of_stock"),
        (Offer, {"is_active": False}, "offer_ended"),
        (Offer, {"ends_at": factories.NOON}, "offer_ended"),
        (Offer, {"starts_at": datetime.now(UTC) + timedelta(days=1)}, "offer_ended"),
        (Experiment, {"status": Status.PAUSED}, "offer_ended"),
        (Experiment, {"status": Status.STOPPED}, "offer_ended"),
    ],
)
def test_accept_offer_that_cannot_be_had_is_refused_and_counted(post, body, model, change, code):
    model.objects.update(**change)
    assert refused(post("/v1/accept", body)) == (409, code)
    assert Rejection.objects.get(source="accept").code == code
    assert not Acceptance.objects.exists()


@pytest.mark.slow
def test_accept_needs_enough_of_every_product(post, body):
    OfferItem.objects.update(quantity=3)
    Product.objects.update(stock=2)
    assert refused(post("/v1/accept", body)) == (409, "out_of_stock")
    Product.objects.update(stock=3)
    lines = post("/v1/accept", body).json()["lines"]
    assert sum(line["quantity"] * line["price_minor"] for line in lines) == 990


def test_accept_widget_that_sells_something_else_now_is_refused(store, post, body):
    treatment = Variant.objects.get(key="treatment")
    treatment.widget.__class__.objects.update(offer=factories.make_offer(store))
    assert refused(post("/v1/accept", body)) == (409, "offer_ended")


@pytest.mark.slow
def test_accept_rolled_out_winner_is_sold_and_the_loser_is_not(post, body):
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT)
    assert refused(post("/v1/accept", body)) == (409, "offer_ended")
    Experiment.objects.update(rolled_out_variant=Variant.objects.get(key="treatment"))
    assert post("/v1/accept", body).status_code == 200


@pytest.mark.slow
def test_accept_limit_reached_ends_the_offer_everywhere(post, body, decide):
    Offer.objects.update(stock_limit=1)
    before = live_configuration.refresh().version
    assert post("/v1/accept", body, refresh=False).status_code == 200
    assert live_configuration.refresh().version > before  # what the other processes follow
    assert decide("v_other")["reason"] == "out_of_stock"
    assert refused(post("/v1/accept", body | {"idempotency_key": "second"})) == (409, "out_of_stock")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_accept_at_once_never_exceeds_the_limit(store, post, body):
    Offer.objects.update(stock_limit=2)
    live_configuration.refresh()
    codes = []

    def accept(key):
        data = json.dumps(body | {"idempotency_key": key})
        codes.append(Client().post("/v1/accept", data, content_type="text/plain").status_code)
        connection.close()

    threads = [threading.Thread(target=accept, args=(f"key-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert sorted(codes) == [200, 200, 409, 409, 409, 409]
    assert Acceptance.objects.count() == 2


def test_accept_names_what_the_shop_system_knows(store, post, body):
    Product.objects.update(external_id="gid-41")
    standard = factories.make_product(store, sku="STD", external_id="gid-40")
    Offer.objects.update(replaces=standard)
    answer = post("/v1/accept", body).json()
    assert answer["lines"][0]["external_id"] == "gid-41"
    assert answer["replaces"] == {"sku": "STD", "external_id": "gid-40"}
    claims = jwt.decode(answer["acceptance_token"], store.secret_key, algorithms=["HS256"], audience="shop")
    assert claims["replaces"] == answer["replaces"]


def test_accept_exposure_token_that_has_expired_is_refused(post, body):
    token = tokens.read_exposure(body["exposure_token"])
    old = msgspec.structs.replace(token, expires_at=int(datetime.now(UTC).timestamp()) - 1)
    assert refused(post("/v1/accept", body | {"exposure_token": tokens.sign_exposure(old)})) == (401, "bad_token")


def test_accept_exposure_token_that_was_altered_is_refused(post, body):
    value, signature = body["exposure_token"].rsplit(":", 1)
    fields = msgspec.msgpack.decode(base64.urlsafe_b64decode(value))
    cheaper = [1 if field == 990 else field for field in fields]
    altered = base64.urlsafe_b64encode(msgspec.msgpack.encode(cheaper)).decode()
    assert refused(post("/v1/accept", body | {"exposure_token": f"{altered}:{signature}"})) == (401, "bad_token")


@pytest.mark.parametrize("change", [{"exposure_token": "eyJ:forged"}, {"visitor_id": "v_thief"}])
def test_accept_token_of_nobody_or_somebody_else_is_refused(post, body, change):
    assert refused(post("/v1/accept", body | change)) == (401, "bad_token")


def test_accept_token_of_another_store_is_refused(post, body):
    factories.make_store(site_key="pk_other")
    assert refused(post("/v1/accept", body | {"key": "pk_other"})) == (401, "bad_token")


def test_accept_token_of_the_control_is_refused(post, visitor_in):
    visitor_id, decision = visitor_in("control")
    body = {"key": "pk_shop", "visitor_id": visitor_id, "idempotency_key": "a"}
    assert refused(post("/v1/accept", body | {"exposure_token": decision["exposure_token"]})) == (401, "bad_token")


@pytest.mark.parametrize("name", ["visitor_id", "exposure_token", "idempotency_key"])
@pytest.mark.parametrize("value", [None, "", 7, "\u0000", "x" * 5_000, {}])
def test_accept_wrong_field_is_named(post, body, name, value):
    response = post("/v1/accept", body | {name: value})
    if name == "exposure_token" and value == "\u0000":
        assert refused(response) == (401, "bad_token")
    else:
        assert refused(response) == (400, "bad_field")
        assert response.json()["error"]["field"] == name
