"""What customers ordered in the 30 days after an order, worked out by hand."""

from datetime import timedelta
from statistics import mean, stdev

import pytest

from experiments.models import Metric, Moment
from experiments.programme.baselines import baseline
from experiments.reading.customers_after_order import customers_after_order
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BEGAN = NOON - 40 * DAY


def order(store, key, after, minor=1_000, **fields):
    """An order so many days after the first one."""
    amounts = {"subtotal_minor": minor, "total_minor": minor}
    factories.make_order(store, customer_key=key, placed_at=BEGAN + after * DAY, **amounts | fields)


@pytest.fixture
def store():
    """Four customers: one came back twice within 30 days, one once, two never; and what doesn't count of others."""
    store = factories.make_store(currency="EUR")
    for key in ("i_1", "i_2", "i_3", "i_4"):
        order(store, key, 0)
    order(store, "i_1", 1, 2_000, discount_minor=500)
    order(store, "i_1", 29, 700)
    order(store, "i_1", 31, 99_000)  # after the 30 days
    order(store, "i_2", 5, 4_000)
    order(store, "i_3", 5, status="cancelled")
    order(store, "i_3", 6, repeat_kind="renewal")
    order(store, "i_4", 7, currency="USD")
    order(store, "i_5", 20)  # its 30 days aren't over
    order(store, "i_6", -30)  # more than four weeks before
    order(store, "", 0)
    order(factories.make_store(), "i_1", 2)
    return store


def test_customers_after_order_adds_up_what_came_within_thirty_days(store):
    found = customers_after_order(store, now=NOON)
    revenues = [1_500 + 700, 4_000, 0, 0]
    assert (found.customers, found.buyers, found.orders) == (4, 2, 3)
    assert found.mean == mean(revenues)
    assert found.sd == pytest.approx(stdev(revenues))
    assert found.per_day == 4 / 28


def test_baseline_of_messages_is_what_customers_order_after_an_order_where_no_test_was(store):
    revenue = baseline(store, Moment.FOLLOW_UP, Metric.RPV, now=NOON)
    assert (revenue.source, revenue.mean, revenue.visitors_per_day) == ("customers", 1_550, 4 / 28)
    conversion = baseline(store, Moment.FOLLOW_UP, Metric.CONVERSION, now=NOON)
    assert (conversion.mean, conversion.sd, conversion.is_thin) == (0.5, None, True)
    assert baseline(store, Moment.CART, Metric.RPV, now=NOON).source == "none"
    assert baseline(factories.make_store(), Moment.FOLLOW_UP, Metric.RPV, now=NOON).source == "none"
