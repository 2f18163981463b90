"""Offers of pairs: decided for a cart before the arm is known, signed, exposed, accepted and published."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.utils import timezone

from checkout_widgets.edge import answers, tokens
from checkout_widgets.edge.configuration import SignedPairs
from checkout_widgets.edge.loading import store_of
from checkout_widgets.edge.publication.documents import document_of, rows_of
from checkout_widgets.edge.rows import read_rows
from checkout_widgets.models import Acceptance, ChosenPair, Offer, OfferItem, Product
from checkout_widgets.recommending import curating
from checkout_widgets.recommending.lists import lists_of, write_lists
from experiments.models import Decision, Experiment, Exposure, PairExposure, Status, Store, WidgetEvent
from tests import factories
from tests.described import assert_is
from tests.pair_offers import make_pair_offer

EXPOSURE = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "exposure"}
PRICES = {"tea": 1000, "cup": 999, "pot": 2001, "tin": 450}


@pytest.fixture
def products(store: Store) -> dict[str, Product]:
    found = {}
    for sku, price in PRICES.items():
        found[sku] = factories.make_product(store, sku=sku, title=sku.title(), price_minor=price)
    return found


@pytest.fixture
def counted(store: Store, products: dict[str, Product]) -> None:
    tea = products["tea"].pk
    write_lists(store, lists_of([(tea, products["cup"].pk, 0.5), (tea, products["pot"].pk, 0.4)]))


@pytest.fixture
def experiment(store: Store, counted: None) -> Experiment:
    experiment = factories.make_experiment(store, key="one-or-two", salt="salt", treatments=2)
    one, two = experiment.variants.filter(is_control=False).order_by("pk")
    factories.make_widget(one, make_pair_offer(store, "best", pair_discount=10), headline="Goes with {product}")
    factories.make_widget(two, make_pair_offer(store, "both"), headline="Two more")
    return experiment


@pytest.fixture
def ask(decide: Callable[..., dict[str, Any]], experiment: Experiment) -> Callable[..., tuple[str, dict[str, Any]]]:
    """The decision of a visitor in this variant, with these products in the cart."""

    def decided(variant: str, *skus: str, **visitor: Any) -> tuple[str, dict[str, Any]]:
        items = [{"sku": sku, "quantity": 1, "price_minor": 1000} for sku in skus]
        cart = {"currency": experiment.store.currency, "total_minor": 1000, "items": items}
        for number in range(200):
            decision = decide(f"v_{number}", cart=cart, visitor=visitor)
            if decision["variant"] == variant:
                return f"v_{number}", decision
        raise AssertionError(variant)

    return decided


def refused(decide: Callable[..., dict[str, Any]], *skus: str, **visitor: Any) -> set[tuple[str | None, str]]:
    """What visitors get with a cart that fits no arm."""
    items = [{"sku": sku, "quantity": 1, "price_minor": 1000} for sku in skus]
    cart = {"currency": "EUR", "total_minor": 1000, "items": items}
    found = set()
    for number in range(20):
        decision = decide(f"v_{number}", cart=cart, visitor=visitor)
        found.add((decision["variant"], decision.get("reason", "")))
    return found


def accept_body(visitor_id: str, decision: dict[str, Any]) -> dict[str, Any]:
    token = decision["exposure_token"]
    return {"key": "pk_shop", "visitor_id": visitor_id, "exposure_token": token, "idempotency_key": "first"}


def version_of(decision: dict[str, Any]) -> int:
    pairs = tokens.pairs_of(tokens.read_exposure(decision["exposure_token"]))
    assert pairs is not None
    return pairs.version


def now_text() -> str:
    """The edge takes events of the last two days."""
    return timezone.now().isoformat().replace("+00:00", "Z")


def test_best_pair_is_shown_for_the_catalogues_price_less_the_discount(ask):
    _, decision = ask("treatment", "tea")
    content = decision["content"]
    assert_is(content, answers.WidgetContent)
    assert content["headline"] == "Goes with Cup"
    assert [(item["sku"], item["price"]["minor"]) for item in content["items"]] == [("cup", 899)]
    assert content["price"]["minor"] == 899
    assert content["items"][0]["compare_at"] is None  # nobody knows what it cost before
    assert content["compare_at"] is None


def test_pair_is_shown_in_the_language_of_each_shopper(ask, decide):
    visitor_id, _ = ask("treatment", "tea")
    cart = {"currency": "EUR", "total_minor": 1000, "items": [{"sku": "tea", "quantity": 1, "price_minor": 1000}]}
    prices = [decide(visitor_id, cart=cart, locale=locale)["content"]["price"]["text"] for locale in ("en", "de", "en")]
    assert prices == ["€8.99", "8,99\xa0€", "€8.99"]


def test_best_two_pairs_are_one_offer(ask):
    _, decision = ask("treatment-2", "TEA")
    assert [item["sku"] for item in decision["content"]["items"]] == ["cup", "pot"]
    assert decision["content"]["price"]["minor"] == 3000


def test_token_names_products_prices_version_and_what_each_arm_would_show(ask):
    shown = {"treatment": ["cup"], "treatment-2": ["cup", "pot"]}
    _, decision = ask("treatment-2", "tea")
    token = tokens.read_exposure(decision["exposure_token"])
    assert token.price_minor == 3000
    assert tokens.pairs_of(token) == SignedPairs(1, (("cup", 999), ("pot", 2001)), shown)
    assert token.about()["product"] == "cup + pot"
    _, control = ask("control", "tea")
    token = tokens.read_exposure(control["exposure_token"])
    assert control["content"] is None
    assert tokens.pairs_of(token) == SignedPairs(1, (), shown)
    assert token.offer_id is None


@pytest.mark.parametrize("cart", [(), ("pot",), ("unknown",), ("tea", "cup")])
def test_nobody_is_in_the_test_where_one_arm_has_nothing_to_show(decide, experiment, cart):
    assert refused(decide, *cart) == {(None, "not_targeted")}


@pytest.fixture
def any_arm(experiment: Experiment) -> Experiment:
    """The same test, for carts for which any arm has a pair; the second wants two."""
    experiment.pair_exposure = PairExposure.ANY
    experiment.save()
    return experiment


def test_where_any_arm_is_enough_the_others_show_nothing_and_are_exposed_alike(any_arm, ask, post):
    shown = {"treatment": ["cup"], "treatment-2": []}
    for variant, items in (("treatment", ["cup"]), ("treatment-2", []), ("control", [])):
        visitor_id, decision = ask(variant, "tea", owned=["pot"])
        content = decision["content"]
        assert [item["sku"] for item in (content or {"items": []})["items"]] == items
        assert (content is None) == (not items)
        token = tokens.read_exposure(decision["exposure_token"])
        pairs = tokens.pairs_of(token)
        assert pairs is not None
        assert pairs.would_show == shown
        assert (token.offer_id is None) == (not items)
        event = EXPOSURE | {"id": str(uuid4()), "at": now_text(), "exposure_token": decision["exposure_token"]}
        post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
        exposure = Exposure.objects.get(visitor_id=visitor_id)
        assert exposure.variant.key == variant
        assert exposure.would_show == {"version": 1, "arms": shown}


def test_arm_that_shows_nothing_sells_nothing(any_arm, ask, post):
    visitor_id, decision = ask("treatment-2", "tea", owned=["pot"])
    answer = post("/v1/accept", accept_body(visitor_id, decision))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")
    assert not Acceptance.objects.exists()


def test_cart_with_no_pair_in_any_arm_takes_no_part(decide, any_arm):
    assert refused(decide, "pot") == {(None, "not_targeted")}
    assert refused(decide, "tea", owned=["cup", "pot"]) == {(None, "not_targeted")}


def test_arm_that_shows_a_fixed_offer_has_something_for_every_cart(decide, any_arm, store, products):
    Offer.objects.filter(pairing="both").update(pairing="", price_minor=450)
    OfferItem.objects.create(offer=Offer.objects.get(pairing=""), product=products["tin"])
    carts: list[tuple[str, ...]] = [("pot",), ("unknown",)]
    for cart in carts:
        assert {key for key, _ in refused(decide, *cart)} == {"control", "treatment", "treatment-2"}
    any_arm.pair_exposure = PairExposure.EVERY
    any_arm.save()
    assert refused(decide, "pot") == {(None, "not_targeted")}


def test_rolled_out_winner_is_shown_where_it_has_a_pair(decide, any_arm):
    any_arm.status, any_arm.decision = Status.CONCLUDED, Decision.ROLL_OUT
    any_arm.rolled_out_variant = any_arm.variants.get(key="treatment-2")
    any_arm.save()
    assert refused(decide, "tea") == {("treatment-2", "")}
    assert refused(decide, "tea", owned=["pot"]) == {(None, "not_targeted")}


def test_what_is_owned_is_in_no_arm(decide, experiment, ask):
    assert refused(decide, "tea", owned=["CUP"]) == {(None, "not_targeted")}
    _, decision = ask("treatment", "tea", owned=["tin"])
    assert decision["content"]["items"][0]["sku"] == "cup"


def test_what_is_sold_out_banned_or_pinned_counts_at_once(decide, experiment, ask, products, store):
    _, first = ask("treatment", "tea")
    pin = ChosenPair(store=store, product=products["tea"], suggested=products["tin"])
    curating.choose(pin, actor="mia")
    _, second = ask("treatment", "tea")
    assert second["content"]["items"][0]["sku"] == "tin"
    assert [version_of(first), version_of(second)] == [1, 2]
    Product.objects.filter(sku="tin").update(stock=0)
    _, third = ask("treatment", "tea")
    assert third["content"]["items"][0]["sku"] == "cup"
    Product.objects.filter(sku="cup").update(kind="service")
    assert refused(decide, "tea") == {(None, "not_targeted")}


def test_exposure_keeps_what_each_arm_would_have_shown(ask, post):
    visitor_id, decision = ask("control", "tea")
    event = EXPOSURE | {"at": now_text(), "exposure_token": decision["exposure_token"]}
    answer = post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
    assert answer.json()["accepted"] == 1
    exposure = Exposure.objects.get(visitor_id=visitor_id)
    arms = {"treatment": ["cup"], "treatment-2": ["cup", "pot"]}
    assert exposure.would_show == {"version": 1, "arms": arms}
    assert "product" not in exposure.segments


def test_impression_counts_for_the_product(ask, post):
    visitor_id, decision = ask("treatment", "tea")
    event = EXPOSURE | {"type": "impression", "at": now_text(), "exposure_token": decision["exposure_token"]}
    post("/v1/events", {"key": "pk_shop", "visitor_id": visitor_id, "events": [event]})
    assert WidgetEvent.objects.get().props["offerlift"]["about"]["product"] == "cup"


def test_accept_gives_the_products_that_were_shown_at_their_price(ask, post, store):
    visitor_id, decision = ask("treatment-2", "tea")
    answer = post("/v1/accept", accept_body(visitor_id, decision))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["total_minor"] == 3000
    assert [(line["sku"], line["price_minor"]) for line in body["lines"]] == [("cup", 999), ("pot", 2001)]
    claims = jwt.decode(body["acceptance_token"], store.secret_key, ["HS256"], audience="shop")
    assert [line["sku"] for line in claims["lines"]] == ["cup", "pot"]
    assert Acceptance.objects.get().about["product"] == "cup + pot"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"price_minor": 1099}, "price_changed"),
        ({"stock": 0}, "out_of_stock"),
        ({"is_active": False}, "offer_ended"),
        ({"kind": "gift_card"}, "offer_ended"),
    ],
)
def test_accept_is_refused_where_the_product_is_not_what_was_shown(ask, post, change, code):
    visitor_id, decision = ask("treatment", "tea")
    Product.objects.filter(sku="cup").update(**change)
    answer = post("/v1/accept", accept_body(visitor_id, decision))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, code)
    if code == "price_changed":
        assert answer.json()["error"]["price"]["minor"] == 989


def test_accept_is_refused_where_the_offer_sells_other_things_now(ask, post):
    visitor_id, decision = ask("treatment", "tea")
    Offer.objects.filter(pairing="best").update(pairing="", pair_discount=0, price_minor=899)
    answer = post("/v1/accept", accept_body(visitor_id, decision))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "offer_ended")


def test_sales_limit_ends_an_offer_of_pairs(ask, post, decide, experiment):
    Offer.objects.filter(pairing="best").update(stock_limit=1)
    visitor_id, decision = ask("treatment", "tea")
    assert decision["content"]["stock"] == 1
    post("/v1/accept", accept_body(visitor_id, decision))
    assert refused(decide, "tea") == {(None, "out_of_stock")}


def test_published_document_is_the_same_configuration(store, experiment, products):
    ChosenPair.objects.create(store=store, product=products["tea"], suggested=products["tin"])
    (rows,) = read_rows([store.pk])
    published = rows_of(document_of(rows))
    assert published.pairs == rows.pairs
    held, copied = store_of(rows), store_of(published)
    (test,), (copy) = held.tests["cart"], copied.tests["cart"][0]
    assert test.pairing == copy.pairing
    experiment.pair_exposure = PairExposure.ANY
    experiment.save()
    (rows,) = read_rows([store.pk])
    pairing = store_of(rows_of(document_of(rows))).tests["cart"][0].pairing
    assert pairing is not None
    assert pairing.is_any_enough


def test_store_without_offers_of_pairs_holds_none(store, counted):
    factories.make_live_experiment(store)
    (rows,) = read_rows([store.pk])
    assert rows.pairs is None
    assert b'"pairs"' not in document_of(rows)


def test_pairs_of_another_store_stay_there(store, experiment, decide):
    other = factories.make_store(slug="coffee")
    tea = factories.make_product(other, sku="tea")
    write_lists(other, lists_of([(tea.pk, factories.make_product(other, sku="beans").pk, 0.9)]))
    (rows,) = read_rows([store.pk])
    assert rows.pairs is not None
    assert {product.sku for product in rows.pairs.products} == set(PRICES)
