"""The store's offers, to choose from."""

import pytest

from checkout_widgets.models import Widget
from dashboard.treatment.forms import TreatmentForm
from dashboard.treatment.page import offer_cards
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_offers_begin_with_the_chosen_one_and_end_with_those_that_cannot_be_had():
    variant = factories.make_experiment().variants.get(key="treatment")
    store = variant.experiment.store
    product = factories.make_product(store, image_url="https://shop.example/mug.png", stock=3)
    gone = factories.make_offer(store, product, name="A mug that is gone", key="gone", is_active=False)
    mug = factories.make_offer(store, product, name="B mug", key="mug")
    cup = factories.make_offer(store, product, name="C cup", key="cup")
    form = TreatmentForm(None, instance=Widget(variant=variant, offer=cup))
    cards = offer_cards(form["offer"], NOON)
    assert [card.id for card in cards] == [cup.pk, mug.pk, gone.pk]
    assert (cards[0].is_chosen, cards[1].is_chosen, cards[2].is_available) == (True, False, False)
    assert (cards[1].picture, cards[1].stock) == ("https://shop.example/mug.png", 3)
