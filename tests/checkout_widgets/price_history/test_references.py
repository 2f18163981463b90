"""What may be said that an offer's items cost before."""

from datetime import timedelta

import pytest

from checkout_widgets.models import OfferItem, PriceChange, PriceSource
from checkout_widgets.price_history.references import references_of, write_references
from experiments.models import Status
from experiments.models.store import CompareAtRule
from tests import factories
from tests.checkout_widgets.price_history.prices import make_history
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def offer_with(*prices, rule=CompareAtRule.LOWEST, **fields):
    product = factories.make_product(factories.make_store(compare_at_rule=rule), price_minor=1000)
    offer = factories.make_offer(product.store, product, **fields)
    make_history(product, *prices)
    return offer


def reference(offer):
    [found] = references_of([offer.pk], NOON)
    return found.reference


def test_catalog_notes_each_price_once_whatever_changes_it():
    product = factories.make_product(factories.make_store(), price_minor=1000)
    type(product).objects.filter(pk=product.pk).update(price_minor=900)
    type(product).objects.filter(pk=product.pk).update(stock=5)
    noted = list(PriceChange.objects.filter(product=product).order_by("pk").values_list("price_minor", "source"))
    assert noted == [(1000, "catalog"), (900, "catalog")]


def test_lowest_is_of_thirty_days_with_the_price_that_applied_when_they_began():
    assert reference(offer_with((200, 2000), (100, 1200), (10, 1500))) == 1200
    assert reference(offer_with((200, 800), (100, 1200), (10, 1500))) == 1200  # 800 was over long before
    assert reference(offer_with((200, 2000), (29, 700), (28, 1500))) == 700  # for a day


def test_lowest_counts_what_orders_paid_in_these_days_only():
    offer = offer_with((200, 2000))
    make_history(offer.items.get().product, (20, 1700), (31, 900), source=PriceSource.ORDER)
    assert reference(offer) == 1700


def test_lowest_of_a_started_test_stays_that_of_the_time_before_it():
    offer = offer_with((200, 1200), (35, 1500))
    experiment = factories.make_experiment(offer.store, started_at=NOON - timedelta(days=20))
    factories.make_widget(experiment.variants.get(key="treatment"), offer)
    assert reference(offer) == 1200  # 35 days before, 15 days before the start
    experiment.status = Status.STOPPED
    experiment.save()
    assert reference(offer) == 1500


def test_former_price_is_the_highest_of_ninety_days_where_all_of_them_are_known():
    assert reference(offer_with((200, 3000), (60, 1200), (10, 1000), rule=CompareAtRule.HAS_BEEN)) == 3000
    assert reference(offer_with((200, 3000), (95, 1200), (10, 1000), rule=CompareAtRule.HAS_BEEN)) == 1200
    assert reference(offer_with((60, 1200), rule=CompareAtRule.HAS_BEEN)) is None


def test_references_of_unknown_prices_limit_nothing():
    [found] = references_of([offer_with().pk], NOON)
    assert (found.reference, found.lowest, found.highest, found.is_whole) == (None, None, None, False)


def test_write_references_writes_what_differs_alone():
    offer, other = offer_with((200, 1200)), offer_with((200, 1300))
    assert write_references(NOON, [offer.pk]) == 1
    assert write_references(NOON) == 1
    assert write_references(NOON) == 0
    written = dict(OfferItem.objects.values_list("offer", "reference_minor"))
    assert (written[offer.pk], written[other.pk]) == (1200, 1300)
