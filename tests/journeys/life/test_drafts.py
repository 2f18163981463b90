"""Drafts begin with offers of pairs where their template asks for some and the store has them."""

import pytest

from checkout_widgets.models import ChosenPair, Offer
from checkout_widgets.recommending.lists import lists_of, write_lists
from journeys.life.drafts import create_journey
from journeys.life.templates import journey_templates
from journeys.models import Journey, JourneyStep
from tests import factories

pytestmark = pytest.mark.django_db


def offers_in_draft(store, template: str) -> dict[str, tuple[str, str]]:
    """Which pairs the messages of a draft sell, and from where, by variant."""
    journey = create_journey(journey_templates()[template], store, key=template, name=template, actor="ada")
    step = JourneyStep.objects.get(version__journey=journey)
    found = {}
    for variant, document in {"": step.own_document, **step.other_documents}.items():
        if "offer" in document:
            offer = Offer.objects.get(store=store, key=document["offer"])
            found[variant] = (offer.pairing, offer.pair_source)
    return found


def test_draft_begins_with_offers_of_pairs_only_where_the_store_has_all_of_them():
    store = factories.make_store()
    tea, cup, pot = (factories.make_product(store, sku=sku) for sku in ("tea", "cup", "pot"))
    write_lists(store, lists_of([(tea.pk, cup.pk, 0.5)]))
    assert offers_in_draft(store, "curated-or-recommended") == {}
    assert offers_in_draft(store, "one-or-two-products") == {}
    assert not Offer.objects.exists()
    ChosenPair.objects.create(store=store, product=tea, suggested=pot)
    Journey.objects.all().delete()
    assert offers_in_draft(store, "curated-or-recommended") == {
        "": ("best", "pinned"),
        "recommended": ("best", "counted"),
    }
    assert offers_in_draft(store, "one-or-two-products") == {"": ("best", ""), "two": ("both", "")}
    assert offers_in_draft(store, "subject-lines") == {}
