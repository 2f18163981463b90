"""The cart: quantities, accepted offers, what the snippet is told."""

import json
import time
from typing import Any
from unittest.mock import patch

import jwt
import pytest
from django.test import Client

from checkout_widgets.edge import live_configuration
from experiments.models import Moment
from tests.demo.store.accepting import accept, acceptance
from tests.demo.store.conftest import add
from tests.factories import make_live_experiment

pytestmark = pytest.mark.django_db


def contents(shopper: Client) -> list[tuple[str, int, int]]:
    return [
        (line.product.sku, line.quantity, line.price_minor) for line in shopper.get("/demo/cart/").context["cart"].lines
    ]


def test_add_puts_a_product_in_and_counts_up(shopper):
    add(shopper, "22423")
    add(shopper, "22423", 2)
    assert contents(shopper) == [("22423", 3, 1275)]


@pytest.mark.parametrize(
    ("typed", "expected"), [("nonsense", 1), ("-5", 1), ("0", 1), ("", 1), ("1e9", 1), ("99999", 999)]
)
def test_add_a_strange_quantity_is_taken_within_limits(shopper, typed, expected):
    add(shopper, "22423", typed)
    assert contents(shopper) == [("22423", expected, 1275)]


@pytest.mark.parametrize("sku", ["unknown", "", "\x00"])
def test_add_something_that_is_not_on_sale_is_not_found(shopper, sku):
    assert add(shopper, sku).status_code == 404
    assert contents(shopper) == []


def test_change_sets_the_quantity_and_none_takes_it_out(shopper):
    add(shopper, "22423")
    shopper.post("/demo/cart/change/", {"sku": "22423", "quantity": "5"})
    assert contents(shopper) == [("22423", 5, 1275)]
    shopper.post("/demo/cart/change/", {"sku": "22423", "quantity": "nonsense"})
    assert contents(shopper) == [("22423", 5, 1275)]
    shopper.post("/demo/cart/change/", {"sku": "22423", "quantity": "0"})
    assert contents(shopper) == []


def test_change_something_that_is_not_in_the_cart_does_nothing(shopper):
    shopper.post("/demo/cart/change/", {"sku": "\x00", "quantity": "5"})
    assert contents(shopper) == []


def test_cart_tells_the_snippet_what_is_in_it(shopper):
    add(shopper, "22423", 2)
    page = shopper.get("/demo/cart/").context["snippet_page"]
    assert page["moments"] == ["cart", "exit_intent"]
    assert page["page_type"] == "cart"
    assert page["cart"] == {
        "currency": "GBP",
        "total_minor": 2550,
        "items": [{"sku": "22423", "quantity": 2, "price_minor": 1275, "category": "tableware"}],
    }
    assert page["visitor"] == {"customer_type": "new", "orders": 0}


def test_cart_with_something_in_it_has_the_slot_and_an_empty_one_no_moments(shopper):
    assert shopper.get("/demo/cart/").context["snippet_page"]["moments"] == []
    add(shopper, "22423")
    assert 'data-upsell-slot="cart"' in shopper.get("/demo/cart/").text


def test_accept_adds_the_offer_at_its_price_beside_the_same_product(shopper, store):
    add(shopper, "21238")
    response = accept(shopper, acceptance(store))
    assert response.json() == {
        "total_minor": 550,
        "summary": {"items": "£1.55", "delivery": "£3.95", "total": "£5.50"},
        "lines": [
            {"text": "1 × Red Retrospot Cup", "price": "£0.85", "is_offer": False},  # noqa: RUF001
            {"text": "1 × Red Retrospot Cup", "price": "£0.70", "is_offer": True},  # noqa: RUF001
        ],
        "said": "Red Retrospot Cup added for £0.70. Your new total is £5.50.",
        "offer": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11",
    }
    assert contents(shopper) == [("21238", 1, 85), ("21238", 1, 70)]
    assert "£0.15 saved" in shopper.get("/demo/cart/").text


def test_accept_twice_adds_once(shopper, store):
    for _ in range(2):
        accept(shopper, acceptance(store))
    assert contents(shopper) == [("21238", 1, 70)]


@pytest.mark.parametrize(
    ("key", "claims"),
    [
        ("sk_somebody_else_0123456789abcdef0123456789", {}),
        (None, {"aud": "another-store"}),
        (None, {"iss": "somebody"}),
        (None, {"exp": 1}),
        (None, {"currency": "EUR"}),
        (None, {"lines": []}),
        (None, {"lines": "all"}),
        (None, {"lines": [{"sku": "21238", "quantity": 0, "price_minor": 70}]}),
        (None, {"lines": [{"sku": "21238", "quantity": 1, "price_minor": "70"}]}),
        (None, {"lines": [{"sku": "21238"}]}),
    ],
)
def test_accept_a_token_that_does_not_hold_is_refused(shopper, store, key, claims):
    response = accept(shopper, acceptance(store, key=key, **claims))
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_acceptance"
    assert contents(shopper) == []


def test_accept_an_unsigned_token_is_refused(shopper, store):
    claims = jwt.decode(acceptance(store), options={"verify_signature": False})
    assert accept(shopper, jwt.encode(claims, "", algorithm="none")).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{", "nonsense", '{"acceptance_token": 7}', "[" * 20_000])
def test_accept_a_strange_body_is_refused(shopper, body):
    response = shopper.post("/demo/cart/accept/", body, content_type="application/json")
    assert response.status_code == 400


def test_accept_what_is_not_on_sale_is_refused_and_leaves_the_cart(shopper, store):
    lines = [{"sku": sku, "quantity": 1, "price_minor": 70} for sku in ("21238", "gone")]
    assert accept(shopper, acceptance(store, lines=lines)).status_code == 400
    assert contents(shopper) == []


def undo(shopper: Client, token: object) -> Any:
    return shopper.post("/demo/cart/undo/", json.dumps({"acceptance_token": token}), content_type="application/json")


def test_undo_takes_the_offer_and_its_token_out_and_leaves_the_rest(shopper, store):
    add(shopper, "22423")
    token = acceptance(store)
    accept(shopper, token)
    answer = undo(shopper, token).json()
    assert answer["said"] == "Red Retrospot Cup removed. Your new total is £16.70."
    assert answer["lines"] == [{"text": "1 × Regency Cakestand", "price": "£12.75", "is_offer": False}]  # noqa: RUF001
    assert contents(shopper) == [("22423", 1, 1275)]
    assert token not in json.dumps(dict(shopper.session))
    assert undo(shopper, token).json()["said"] == ""  # once more changes nothing
    accept(shopper, token)
    assert contents(shopper) == [("22423", 1, 1275), ("21238", 1, 70)]


def test_undo_works_after_the_acceptance_has_expired(shopper, store):
    token = acceptance(store, exp=int(time.time()) + 600)
    accept(shopper, token)
    with patch("time.time", return_value=time.time() + 601):
        assert undo(shopper, token).status_code == 200
    assert contents(shopper) == []


@pytest.mark.parametrize(
    ("delivery", "total"), [("express", "£8.50"), ("standard", "£5.50"), ("pigeon", "£5.50"), ([], "£5.50")]
)
def test_accept_counts_the_delivery_that_is_chosen_on_the_page(shopper, store, delivery, total):
    add(shopper, "21238")
    body = {"acceptance_token": acceptance(store), "delivery": delivery}
    answer = shopper.post("/demo/cart/accept/", json.dumps(body), content_type="application/json")
    assert answer.json()["summary"]["total"] == total


@pytest.mark.parametrize("token", ["another", 7, None])
def test_undo_of_another_token_takes_nothing(shopper, store, token):
    accept(shopper, acceptance(store))
    undo(shopper, token)
    assert contents(shopper) == [("21238", 1, 70)]


@pytest.mark.slow
def test_room_is_kept_where_a_test_runs_and_nowhere_else(shopper, store):
    add(shopper, "22423")
    assert "has-room" not in shopper.get("/demo/cart/").text
    make_live_experiment(store, moment=Moment.CART)
    live_configuration.refresh()
    assert '<div class="has-room" data-upsell-slot="cart"></div>' in shopper.get("/demo/cart/").text
    assert "has-room" not in shopper.get("/demo/shipping/").text


def test_accept_needs_the_forgery_token(store):
    shopper = Client(enforce_csrf_checks=True)
    assert accept(shopper, acceptance(store)).status_code == 403


def test_remove_offer_takes_the_whole_set_out(shopper, store):
    lines = [{"sku": sku, "quantity": 1, "price_minor": 70} for sku in ("21238", "22423")]
    accept(shopper, acceptance(store, jti="set", lines=lines))
    shopper.post("/demo/cart/remove-offer/", {"jti": "set"})
    assert contents(shopper) == []


def test_cart_drops_an_offer_whose_time_is_over_and_says_so(shopper, store):
    accept(shopper, acceptance(store, exp=int(time.time()) + 600))
    with patch("demo.store.cart.time.time", return_value=time.time() + 601):
        response = shopper.get("/demo/cart/")
    assert response.context["cart"].lines == []
    assert "has expired" in response.text
