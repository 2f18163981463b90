"""What offers say of their price, before a launch."""

import pytest

from checkout_widgets.launching import Check, LaunchRefused, checklist, launch
from checkout_widgets.models import Offer, Product, Widget
from experiments.models import Experiment, Store
from experiments.models.store import CompareAtRule
from tests.checkout_widgets.launching.drafts import ready
from tests.checkout_widgets.price_history.prices import make_history
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def points(experiment: Experiment, code: str) -> list[Check]:
    return [check for check in checklist(experiment, NOON) if check.code == code]


def draft(*prices, rule=CompareAtRule.HAS_BEEN, **fields) -> Experiment:
    experiment = ready()
    Store.objects.update(compare_at_rule=rule)
    Offer.objects.update(price_minor=1000, name="Tea for two", **fields)
    make_history(Product.objects.get(offer_items__offer__widgets__variant__experiment=experiment), *prices)
    experiment.refresh_from_db()
    return experiment


def test_price_that_was_the_price_passes():
    [check] = points(draft((200, 1500), compare_at_minor=1500), "price")
    assert check.state == "pass"


def test_price_that_never_was_blocks_and_says_what_to_set():
    experiment = draft((200, 1500), (50, 1200), compare_at_minor=2000)
    [check] = points(experiment, "price")
    assert check.state == "fail"
    assert check.text == (
        "“Tea for two” shows €20.00 as its earlier price, but it cost at most €15.00 in the last 90 days"
    )
    assert check.fix == "Set the compare-at price to €15.00 or less, or remove it."
    with pytest.raises(LaunchRefused):
        launch(experiment=experiment, actor="ann", override_reason="Never mind", now=NOON)


def test_price_in_the_eu_is_the_lowest_of_thirty_days_with_its_day():
    experiment = draft((200, 1500), (20, 900), (19, 1500), compare_at_minor=1500, rule=CompareAtRule.LOWEST)
    [check] = points(experiment, "price")
    assert (check.state, check.text) == (
        "fail",
        "“Tea for two” shows €15.00 as its earlier price, but its lowest price in the last 30 days was €9.00, "
        "on 13 October 2026",
    )
    assert check.fix == "Remove the compare-at price: the offer isn't cheaper than before."


def test_price_of_a_time_that_nobody_knows_warns():
    [check] = points(draft((5, 1200), compare_at_minor=1500), "price")
    assert check.state == "warn"
    assert check.text.endswith("its prices are known only since 28 October 2026")


def test_launch_fixes_what_is_served():
    experiment = draft((200, 1500), compare_at_minor=1500)
    launch(experiment=experiment, actor="ann", now=NOON)
    item = Offer.objects.get(widgets__variant__experiment=experiment).items.get()
    assert item.reference_minor == 1500


def test_terms_of_a_subscription_have_to_say_how_to_cancel():
    experiment = draft(billing_period="month")
    [check] = points(experiment, "terms")
    assert (check.state, check.text) == ("warn", "“Tea for two” renews and doesn't say how to cancel")
    Offer.objects.update(terms="Cancel any time.")
    assert points(experiment, "terms") == []


def test_terms_in_the_languages_of_the_widget():
    experiment = draft(terms="30 days to return it.", terms_translations={"de": "30 Tage Rückgabe."})
    Widget.objects.update(translations={"de-AT": {"headline": "Tee"}, "fr": {"headline": "Thé"}})
    [check] = points(experiment, "terms")
    assert check.text == "The terms of “Tea for two” aren't translated into French"
