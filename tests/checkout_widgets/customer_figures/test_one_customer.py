"""What is to be expected of one customer, by the stored models and their own orders."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest

from checkout_widgets.customer_figures.one_customer import outlook_of
from checkout_widgets.models import CustomerFigures
from experiments.models import Store
from experiments.statistics.lifetime import Histories
from experiments.statistics.lifetime.purchasing import chance_alive, chance_to_order
from tests import factories
from tests.customer_figures import LAST_DAY, make_figures, store_figures

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
PARAMETERS = np.array([0.6, 30.0, 0.8, 2.5])
pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    """A store with models, and three customers: one who came back, one who didn't, and one who is unknown."""
    store = factories.make_store()
    figures = make_figures()
    assert figures.lifetimes is not None
    lifetimes = msgspec.structs.replace(figures.lifetimes, purchasing=PARAMETERS.tolist())
    store_figures(store, NOW, make_figures(lifetimes=lifetimes))
    for key, days in (("i_1", 101), ("i_1", 61), ("i_1", 31), ("i_2", 101), ("", 11), ("i_3", 0)):
        factories.make_order(store, customer_key=key, placed_at=NOW - timedelta(days=days))
    return store


def test_outlook_is_that_of_the_models_for_the_customers_own_orders(store):
    # Day 101 before is 100 days before the last day of the figures.
    history = Histories(*np.array([[2.0], [70.0], [100.0], [1.0]]))
    found = outlook_of(store, "i_1")
    assert found is not None
    assert (found.as_of, found.days_with_orders) == (LAST_DAY, 3)
    assert found.chance_alive == pytest.approx(chance_alive(PARAMETERS, history)[0])
    assert found.chance_to_order == pytest.approx(chance_to_order(PARAMETERS, history, 365)[0])


def test_outlook_of_who_ordered_once_does_not_say_that_they_have_left(store):
    found = outlook_of(store, "i_2")
    assert found is not None
    assert found.chance_alive is None
    assert 0 < found.chance_to_order < 1


@pytest.mark.parametrize("key", ["", "i_3", "i_nobody"])
def test_outlook_of_who_has_no_orders_up_to_the_figures_day_is_none(store, key):
    assert outlook_of(store, key) is None


def test_outlook_without_a_forecast_is_none(store):
    CustomerFigures.objects.update(figures=msgspec.to_builtins(make_figures(lifetimes=None)))
    assert outlook_of(store, "i_1") is None
    CustomerFigures.objects.all().delete()
    assert outlook_of(store, "i_1") is None
