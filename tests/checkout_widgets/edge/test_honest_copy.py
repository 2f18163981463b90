"""Claims in a widget's words that aren't true fall back when the configuration is loaded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checkout_widgets.edge import content
from checkout_widgets.edge.honest_copy import without_untrue
from checkout_widgets.edge.offers import load_offers, widget_configuration
from checkout_widgets.edge.widget_configuration import Item, OfferConfiguration, OfferQuote
from checkout_widgets.models import Offer, Widget
from tests.factories import make_experiment, make_offer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COPY = {"headline": "Leather care balm", "body": "Only {price}", "accept_label": "Add", "decline_label": "No thanks"}


def offer(**fields: Any) -> OfferConfiguration:
    given: dict[str, Any] = {"id": 1, "key": "balm", "kind": "cross_sell", "currency": "EUR", "price_minor": 990}
    given |= {"compare_at_minor": 1250, "starts_at": None, "ends_at": None, "is_active": True, "stock": None}
    return OfferConfiguration(items=(Item("23084", "Balm", 1, "", 1250),), **given | fields)


QUOTE = OfferQuote("Fits well.", "Ada L.", "shop.example", datetime(2026, 5, 3, tzinfo=UTC).date())
CLAIMING = COPY | {
    "headline": "Save {saving}",
    "body": "{share} of owners also bought it ({share_count} of {share_base}).",
    "reason": "{quote}",
    "social_proof": "In {orders_30d} orders this month.",
    "accept_label": "Save {saving} now",
}


def honest(claimed: OfferConfiguration) -> dict[str, str]:
    return without_untrue({"": CLAIMING}, claimed)[""]


def test_untrue_claims_are_left_out_and_a_headline_and_a_button_say_what_is_true():
    texts = honest(offer(compare_at_minor=None, recent_orders=9, owners=99, owners_with=99))
    assert texts["headline"] == "{product}"
    assert texts["accept_label"] == "{price}"
    assert (texts["body"], texts["reason"], texts["social_proof"]) == ("", "", "")
    assert texts["decline_label"] == "No thanks"


def test_true_claims_stay():
    true = offer(recent_orders=10, owners=200, owners_with=69, quote=QUOTE)
    assert honest(true) == CLAIMING


def test_no_share_of_owners_is_said_of_a_service():
    assert honest(offer(kind="insurance", owners=200, owners_with=69))["body"] == ""


def test_number_of_orders_is_said_from_ten_on():
    assert honest(offer(recent_orders=9))["social_proof"] == ""
    assert honest(offer(recent_orders=10))["social_proof"] == CLAIMING["social_proof"]


def test_button_of_a_quantity_break_says_the_saving_of_each_quantity():
    assert honest(offer(compare_at_minor=None, tiers={2: 1800}))["accept_label"] == CLAIMING["accept_label"]


def test_each_language_loses_its_own_claims():
    copy = without_untrue({"": COPY, "de": COPY | {"body": "{saving} gespart"}}, offer(compare_at_minor=None))
    assert copy == {"": COPY, "de": COPY | {"body": ""}}


@pytest.mark.django_db
def test_widget_shows_what_is_true_and_falls_back_as_soon_as_it_is_loaded_again():
    experiment = make_experiment()
    stored = make_offer(experiment.store, key="balm", price_minor=990, compare_at_minor=1250)
    widget = Widget(offer=stored, headline="Save {saving}", body="{quote}", reason="{share} of owners", layout="card")
    Offer.objects.filter(pk=stored.pk).update(
        owners=200,
        owners_with=69,
        quote_text="Fits well.",
        quote_name="Ada L.",
        quote_source="shop.example",
        quote_date="2026-05-03",
    )

    def shown() -> dict[str, str]:
        (loaded,) = load_offers(Offer.objects.filter(pk=stored.pk)).values()
        configuration = widget_configuration(widget, loaded, experiment.store)
        built: dict[str, str] = content.decoded(configuration, "de-DE", NOW)
        return built

    assert shown()["headline"] == "Save 2,60\xa0€"
    assert shown()["body"] == "“Fits well.” Ada L., shop.example, 3. Mai 2026"
    assert shown()["reason"] == "34\xa0% of owners"
    Offer.objects.filter(pk=stored.pk).update(compare_at_minor=None, owners_with=0, quote_text="")
    assert shown()["headline"] == stored.items.get().product.title
    assert (shown()["body"], shown()["reason"]) == ("", "")
