"""Why a shopper would not get what a preview shows."""

from typing import Any

import pytest
from django.utils import timezone

from checkout_widgets.edge.payloads import Cart, CartItem, DecideBody
from checkout_widgets.edge.previews.findings import findings_of, page_findings
from checkout_widgets.edge.previews.requests import PreviewRequest
from checkout_widgets.edge.previews.shown import load
from checkout_widgets.models import Offer
from experiments.models import Experiment, Status, Store
from tests import factories
from tests.pair_offers import count_pair, make_pair_offer


@pytest.fixture
def running(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="new-idea")


def body(**fields: Any) -> DecideBody:
    cart = Cart(currency="EUR", total_minor=4000, items=[CartItem(sku="TEA", quantity=1)])
    return DecideBody(moments=["cart"], **{"cart": cart, "device": "desktop", **fields})


def found(experiment: Experiment, asked: DecideBody | None = None, variant: str = "treatment") -> list[str]:
    previewed = load(PreviewRequest(experiment.store_id, experiment.pk, experiment.variants.get(key=variant).pk))
    assert previewed is not None
    return findings_of(previewed, asked or body(), timezone.now())


def test_running_test_without_an_obstacle_finds_nothing(running):
    assert found(running) == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (Status.DRAFT, "The test is a draft. Shoppers don't get it until it is launched."),
        (Status.PAUSED, "The test is paused. Shoppers don't get it until it is resumed."),
        (Status.STOPPED, "The test has ended. Shoppers don't take part in it anymore."),
    ],
)
def test_test_that_is_not_running_says_so(running, status, text):
    Experiment.objects.update(status=status)
    assert found(running) == [text]


def test_control_says_that_it_shows_nothing(running):
    assert found(running, variant="control") == [
        "“Control” shows nothing. Switch the variant to see an offer.",
    ]


def test_targeting_that_does_not_match_is_said(running):
    Experiment.objects.update(targeting={"field": "device", "op": "is", "value": "phone"})
    assert found(running) == ["The test's targeting doesn't match this visit."]


def test_offered_product_in_the_cart_is_said(running):
    sku = Offer.objects.get().items.get().product.sku
    cart = Cart(currency="EUR", total_minor=4000, items=[CartItem(sku=sku, quantity=1)])
    assert found(running, body(cart=cart)) == ["The offered product is in the cart already."]


def test_other_currency_is_said(running):
    cart = Cart(currency="USD", total_minor=4000, items=[CartItem(sku="TEA", quantity=1)])
    assert found(running, body(cart=cart)) == ["The cart's currency isn't the offer's."]


def test_offer_that_is_not_available_is_said(running):
    Offer.objects.update(is_active=False)
    assert found(running) == ["The offer isn't available now, so nobody gets the test."]


def test_empty_cart_names_the_sample(running):
    Store.objects.update(free_shipping_minor=5000)
    assert found(running, body(cart=None)) == [
        "The cart is empty, or the page hasn't said what is in it. The preview shows a sample cart of €39.00."
    ]


@pytest.mark.slow
def test_test_that_comes_first_is_named_with_its_share(running, store):
    first = factories.make_live_experiment(store, key="first", name="First of all", priority=9, traffic_share=0.5)
    factories.make_live_experiment(store, key="later", name="Later", priority=-1)
    assert found(running) == ["“First of all” comes first at this moment, for 50.0% of the visitors."]
    Experiment.objects.filter(pk=first.pk).update(status=Status.PAUSED)
    assert found(running) == []


def test_page_findings_name_the_moment(running):
    assert "“Cart”" in page_findings(running)["no_slot"]


def test_cart_without_a_pair_for_each_variant_is_said(running):
    variant = running.variants.get(key="treatment")
    variant.widget.delete()
    factories.make_widget(variant, make_pair_offer(running.store))
    said = ["With this cart, one of the test's variants has no pair to show, so none is shown."]
    assert found(running) == said
    tea = factories.make_product(running.store, sku="tea")
    count_pair(tea, factories.make_product(running.store))
    assert found(running) == []
