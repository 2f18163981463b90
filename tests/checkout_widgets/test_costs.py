"""Costs that an order's source doesn't say."""

from dataclasses import replace

import pytest

from checkout_widgets import costs
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LINES = (LineData("tea", 2, 1000), LineData("cup", 1, 500, cost_minor=99), LineData("pot", 1, 700), LineData("", 1, 5))
ORDER = OrderData("1", NOON, NOON, "EUR", LINES, 0, 0)


def filled(store, order=ORDER) -> list[int | None]:
    [data] = costs.fill_missing_costs(store.pk, [order])
    return [line.cost_minor for line in data.lines]


@pytest.fixture
def store():
    store = factories.make_store()
    factories.make_product(store, sku="tea", cost_minor=400)
    factories.make_product(store, sku="cup", cost_minor=300)
    factories.make_product(store, sku="pot", cost_minor=None)
    return store


def test_fill_takes_what_the_catalogue_knows_and_nothing_else(store):
    assert filled(store) == [400, 99, None, None]


def test_fill_other_store_or_currency_stays_unknown(store):
    other = factories.make_store()
    factories.make_product(other, sku="pot", cost_minor=1)
    assert filled(store)[2] is None
    assert filled(store, replace(ORDER, currency="USD")) == [None, 99, None, None]


def test_fill_later_version_keeps_the_cost_of_its_time(store):
    record_order(store, costs.fill_missing_costs(store.pk, [ORDER])[0])
    store.products.filter(sku="tea").update(cost_minor=450)
    assert filled(store) == [400, 99, None, None]
    assert filled(store, replace(ORDER, external_id="2")) == [450, 99, None, None]


def test_fill_of_many_orders_takes_two_queries(store, django_assert_num_queries):
    with django_assert_num_queries(2):
        costs.fill_missing_costs(store.pk, [replace(ORDER, external_id=str(number)) for number in range(50)])


def test_fill_orders_with_all_costs_asks_nothing(store, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert filled(store, replace(ORDER, lines=LINES[1:2])) == [99]
