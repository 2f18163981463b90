"""Prices of products from the lines of orders."""

from datetime import timedelta

import pytest

from checkout_widgets.models import PriceChange, PriceSource, PricesRead
from checkout_widgets.price_history import from_orders
from experiments.models import OrderStatus
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def line(price_minor, **fields):
    return {"sku": "pot", "quantity": 1, "price_minor": price_minor, **fields}


def paid():
    return sorted(PriceChange.objects.filter(source=PriceSource.ORDER).values_list("price_minor", flat=True))


@pytest.fixture
def store():
    store = factories.make_store()
    factories.make_product(store, sku="pot")
    return store


def test_read_new_orders_notes_a_price_once_a_day(store):
    for hours in (0, 1):
        factories.make_order(store, lines=[line(900), line(800)], placed_at=NOON - timedelta(hours=hours))
    factories.make_order(store, lines=[line(900)], placed_at=NOON - timedelta(days=2))
    assert from_orders.read_new_orders(NOON) == 3
    assert paid() == [800, 900, 900]
    assert from_orders.read_new_orders(NOON) == 0


@pytest.mark.parametrize(
    ("fields", "of_line"),
    [
        ({"tax_minor": 200}, {}),  # what is stored is without it, and isn't what the page said
        ({"source": "snippet"}, {}),
        ({"status": OrderStatus.CANCELLED}, {}),
        ({"currency": "USD"}, {}),
        ({"placed_at": NOON - timedelta(days=500)}, {}),
        ({}, {"is_upsell": True}),
        ({}, {"token_experiment_key": "cart"}),
        ({}, {"price_minor": 0}),
        ({}, {"sku": "unknown"}),
    ],
)
def test_read_new_orders_leaves_out_what_is_no_price_of_the_shop(store, fields, of_line):
    factories.make_order(store, lines=[line(900) | of_line], **fields)
    from_orders.read_new_orders(NOON)
    assert paid() == []


def test_read_new_orders_leaves_out_another_store(store):
    factories.make_order(factories.make_store(), lines=[line(900)])
    from_orders.read_new_orders(NOON)
    assert paid() == []


def test_read_new_orders_in_batches_reads_all(store, monkeypatch):
    monkeypatch.setattr(from_orders, "BATCH", 2)
    for price_minor in range(900, 905):
        newest = factories.make_order(store, lines=[line(price_minor)])
    PricesRead.objects.create(pk=1, last_order_id=newest.pk - 5)
    assert from_orders.read_new_orders(NOON) == 5
    assert PricesRead.objects.get().last_order_id == newest.pk


def test_forget_old_prices_keeps_the_catalog(store):
    product = store.products.get()
    for source in PriceSource:
        PriceChange.objects.create(product=product, at=NOON - timedelta(days=500), price_minor=1, source=source)
    from_orders.forget_old_prices(NOON)
    assert list(PriceChange.objects.filter(price_minor=1).values_list("source", flat=True)) == ["catalog"]
