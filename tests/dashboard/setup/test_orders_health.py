"""A store's orders: by day, by source, refused, given up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from checkout_widgets.models import DeliveryStatus
from dashboard.setup.orders_health import DAYS, OrdersHealth
from experiments.accounting import ingestion
from experiments.models import OrderStatus
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_days_are_the_stores_and_none_is_left_out():
    store = factories.make_store(timezone="America/New_York")
    # 03:00 UTC is still the evening before in New York
    factories.make_order(store, placed_at=datetime(2026, 11, 2, 3, tzinfo=UTC), visitor_id="v_1")
    factories.make_order(store, placed_at=datetime(2026, 11, 2, 6, tzinfo=UTC))
    days = {day.day: (day.orders, day.unmatched) for day in OrdersHealth(store, NOON).days}
    assert len(days) == DAYS
    assert days[date(2026, 11, 1)] == (1, 0)
    assert days[date(2026, 11, 2)] == (1, 1)
    assert sum(orders for orders, _ in days.values()) == 2


def test_imported_cancelled_old_and_foreign_orders_are_left_out():
    store = factories.make_store()
    factories.make_order(store, source="history")
    factories.make_order(store, status=OrderStatus.CANCELLED)
    factories.make_order(store, placed_at=NOON - timedelta(days=DAYS))
    factories.make_order(factories.make_store())
    health = OrdersHealth(store, NOON)
    assert health.orders == 0
    assert health.unmatched_share is None


@pytest.mark.parametrize(("matched", "has_many"), [(7, False), (6, True)])
def test_many_orders_without_visitor_are_an_alarm(matched, has_many):
    store = factories.make_store()
    for number in range(10):
        factories.make_order(store, visitor_id="v_1" if number < matched else "")
    health = OrdersHealth(store, NOON)
    assert health.unmatched_share == pytest.approx(1 - matched / 10)
    assert health.has_many_unmatched is has_many


def test_sources_are_named_and_the_largest_comes_first():
    store = factories.make_store()
    factories.make_order(store, source="api", visitor_id="v_1")
    for _ in range(2):
        factories.make_order(store, source="shopify")
    sources = [(source.source, source.orders, source.unmatched) for source in OrdersHealth(store, NOON).sources]
    assert sources == [("Shopify's webhooks", 2, 2), ("the orders API", 1, 0)]


def test_refusals_are_added_up_over_days_with_what_to_do():
    store = factories.make_store()
    ingestion.count_rejections(store.pk, "orders", ["wrong_price", "wrong_price"], NOON - timedelta(days=1))
    ingestion.count_rejections(store.pk, "orders", ["wrong_price"], NOON)
    ingestion.count_rejections(store.pk, "events", ["brand_new"], NOON)
    ingestion.count_rejections(store.pk, "events", ["bad_token"], NOON - timedelta(days=DAYS))
    health = OrdersHealth(store, NOON)
    price, unknown = health.refusals
    assert (price.code, price.number, price.last_at) == ("wrong_price", 3, NOON)
    assert "offer's price" in price.text
    assert unknown.text == "Widget events: brand new."
    assert health.wrong_prices == 3


def test_deliveries_waiting_long_failed_and_given_up_are_counted():
    store = factories.make_store()
    factories.make_delivery(store, DeliveryStatus.PENDING, received_at=NOON - timedelta(minutes=6))
    factories.make_delivery(store, DeliveryStatus.PENDING, received_at=NOON - timedelta(minutes=4))
    factories.make_delivery(store, DeliveryStatus.FAILED)
    factories.make_delivery(store, DeliveryStatus.DONE)
    letter = factories.make_delivery(store)
    factories.make_delivery(factories.make_store())
    health = OrdersHealth(store, NOON)
    assert health.deliveries == {"pending": 1, "failed": 1, "dead": 1}
    assert health.dead_letters == [letter]


def test_chart_reaches_its_top_on_the_busiest_day():
    store = factories.make_store()
    for visitor in ("v_1", "v_2", "", ""):
        factories.make_order(store, visitor_id=visitor)
    today = OrdersHealth(store, NOON).chart[-1]
    assert [(part.kind, part.y, part.height) for part in today.parts] == [("good", 20, 20), ("warn", 0, 20)]
    assert today.text == "2 November: 4 orders, 2 without a visitor"
