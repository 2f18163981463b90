"""Whether an offer can be had, as the edge, the acceptance and the checklist ask it."""

from datetime import timedelta

import pytest

from checkout_widgets import availability
from checkout_widgets.edge import offers as edge_offers
from checkout_widgets.models import Offer, OfferItem, Product
from tests import factories
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (None, None, True),
        (NOON, None, True),
        (NOON + HOUR, None, False),
        (None, NOON, False),
        (NOON - HOUR, NOON + HOUR, True),
    ],
)
def test_is_within_begins_with_the_start_and_ends_before_the_end(starts_at, ends_at, expected):
    assert availability.is_within(NOON, starts_at, ends_at) is expected


@pytest.mark.parametrize(
    ("items", "limit_left", "times"),
    [
        ([], None, 0),
        ([], 5, 0),
        ([(None, 1)], None, None),
        ([(None, 1)], 5, 5),
        ([(None, 1)], -2, 0),
        ([(7, 3), (None, 1)], None, 2),
        ([(7, 3), (1, 2)], 9, 0),
    ],
)
def test_times_left_is_the_least_of_products_and_limit(items, limit_left, times):
    assert availability.times_left(items, limit_left) == times


@pytest.mark.parametrize(("left", "times", "expected"), [(None, 99, True), (2, 2, True), (2, 3, False), (0, 1, False)])
def test_are_left(left, times, expected):
    assert availability.are_left(left, times) is expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product", "offer", "expected"),
    [
        ({}, {}, True),
        ({"stock": 0}, {}, False),
        ({"stock": 1}, {}, True),
        ({"is_active": False}, {}, False),
        ({}, {"is_active": False}, False),
        ({}, {"stock_limit": 0}, False),
        ({}, {"ends_at": NOON}, False),
        ({}, {"starts_at": NOON + HOUR}, False),
    ],
)
def test_edge_and_models_agree(product, offer, expected):
    store = factories.make_store()
    stored = factories.make_offer(store, factories.make_product(store, sku="TEA"))
    Product.objects.update(**product)
    Offer.objects.update(**offer)
    stored.refresh_from_db()
    loaded = edge_offers.load_offers(Offer.objects.all())[stored.pk]
    assert loaded.is_available(NOON) is expected
    assert (stored.is_open(NOON) and stored.is_in_stock()) is expected


@pytest.mark.django_db
def test_offer_without_products_can_not_be_had():
    store = factories.make_store()
    stored = factories.make_offer(store, factories.make_product(store))
    OfferItem.objects.all().delete()
    assert not stored.is_in_stock()
    assert not edge_offers.load_offers(Offer.objects.all())[stored.pk].is_available(NOON)
