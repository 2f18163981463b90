"""A day of a store's orders: each counted, or not with its reason, adding up to the shop's own total."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from dashboard.setup.order_days import NOTES, DayTotal, OrderDayPage
from experiments.models import Role, Store
from experiments.reading.reconciliation import Fate
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = NOON - timedelta(days=1)


def client_of(store: Store, role: str = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role))
    return client


def order(store: Store, goods_minor: int, **fields):
    """An order with 20% tax and 4.90 for shipping on top."""
    tax = goods_minor // 5
    return factories.make_order(
        store,
        lines=[{"sku": "cup", "quantity": 1, "price_minor": goods_minor}],
        **{
            "placed_at": DAY,
            "subtotal_minor": goods_minor,
            "tax_minor": tax,
            "shipping_minor": 490,
            "total_minor": goods_minor + tax + 490,
        }
        | fields,
    )


@pytest.fixture
def store() -> Store:
    """Yesterday: two counted orders, one of nobody, one unpaid, one cancelled, one in dollars."""
    store = factories.make_store(currency="EUR")
    variant = factories.make_experiment(store).variants.get(key="control")
    for number, goods in ((1, 10_000), (2, 20_000)):
        factories.make_exposure(variant, visitor_id=f"v_{number}", exposed_at=DAY - timedelta(hours=1))
        order(store, goods, visitor_id=f"v_{number}", external_id=f"counted-{number}")
    order(store, 30_000, external_id="nobody")
    order(store, 40_000, visitor_id="v_1", status="pending", external_id="unpaid")
    order(store, 50_000, visitor_id="v_1", status="cancelled", external_id="gone")
    order(store, 60_000, visitor_id="v_1", currency="USD", external_id="dollars")
    order(store, 70_000, placed_at=NOON, visitor_id="v_1", external_id="today")
    order(factories.make_store(), 80_000, external_id="foreign")
    return store


def asked(store: Store, query: str = "") -> OrderDayPage:
    return OrderDayPage.of(store, NOON, QueryDict(query))


def test_every_order_of_the_day_has_one_fate_and_all_add_up_to_the_shops_total(store):
    day = asked(store)
    assert day.day == date(2026, 11, 1)
    found = {row.sum.fate.value: (row.sum.orders, row.sum.goods_minor, row.sum.total_minor) for row in day.rows}
    assert found == {
        "counted": (2, 30_000, 36_980),
        "unpaid": (1, 40_000, 48_490),
        "cancelled": (1, 50_000, 60_490),
        "other_currency": (1, 60_000, 72_490),
        "no_visitor": (1, 30_000, 36_490),
    }
    assert day.rows[0].is_counted
    assert day.totals == [
        DayTotal("EUR", 5, 150_000, 30_000, 5 * 490, 0, 182_450),
        DayTotal("USD", 1, 60_000, 12_000, 490, 0, 72_490),
    ]
    for row in day.rows:
        parts = row.sum.goods_minor + row.sum.tax_minor + row.sum.shipping_minor + row.sum.other_minor
        assert parts == row.sum.total_minor


def test_every_fate_says_what_it_means():
    assert set(NOTES) == set(Fate)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-20", date(2026, 10, 20)),
        ("2026-11-02", date(2026, 11, 2)),
        ("2026-11-03", date(2026, 11, 1)),
        ("1969-12-31", date(2026, 11, 1)),
        ("0001-01-01", date(2026, 11, 1)),
        ("yesterday", date(2026, 11, 1)),
        ("\x00", date(2026, 11, 1)),
        ("", date(2026, 11, 1)),
    ],
)
def test_day_that_there_is_not_is_yesterday(text, day):
    assert asked(factories.make_store(), f"day={text}").day == day


@pytest.mark.parametrize(
    ("placed_at", "day"),
    [
        (datetime(2026, 11, 2, 1, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2026, 11, 1, 1, tzinfo=UTC), date(2026, 11, 1)),
    ],
    ids=["first order today", "first order yesterday"],
)
def test_day_of_a_store_whose_first_order_has_just_come_is_today(placed_at, day):
    store = factories.make_store()
    factories.make_order(store, placed_at=placed_at)
    factories.make_order(store, placed_at=datetime(2026, 11, 2, 2, tzinfo=UTC))
    assert asked(store, "").day == day


def test_day_is_the_stores_own():
    new_york = factories.make_store(timezone="America/New_York")
    at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    assert OrderDayPage.of(new_york, at, QueryDict("")).day == date(2026, 10, 31)


def test_page_shows_the_day_and_lists_the_orders_of_a_fate(store, monkeypatch):
    monkeypatch.setattr("dashboard.setup.views.timezone.now", lambda: NOON)
    page = client_of(store).get("/setup/", {"store": store.slug, "fate": "no_visitor"}).content.decode()
    assert "Orders on 1 November 2026" in page
    assert "€1,824.50" in page  # 369.80 + 484.90 + 604.90 + 364.90
    assert "$724.90" in page
    assert re.findall(r"<code>(nobody|unpaid|gone|counted-\d|foreign|today)</code>", page) == ["nobody"]
    assert "No known visitor" in page
    assert "foreign" not in page


def test_page_says_which_orders_wait_and_how_long(store, monkeypatch):
    monkeypatch.setattr("dashboard.setup.views.timezone.now", lambda: NOON)
    order(store, 10_000, status="on_hold", placed_at=NOON - timedelta(days=8))
    page = client_of(store).get("/setup/", {"store": store.slug}).content.decode()
    waiting = page.split('id="waiting"')[1].split("</section>")[0]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in waiting.split("<tr>")[2:]]
    assert "Pending 1 €484.90 0" in rows[0]
    assert "On hold 1 €124.90 1" in rows[1]
    assert "They count unless they are canceled" in rows[1]


def test_empty_day_and_nothing_waiting_say_so():
    store = factories.make_store()
    page = client_of(store).get("/setup/", {"store": store.slug}).content.decode()
    assert "No orders have arrived for this day." in page
    assert "Waiting for payment" not in page
    listed = client_of(store, Role.ADMIN).get("/setup/", {"store": store.slug, "fate": "no_visitor"})
    assert listed.status_code == 200


@pytest.mark.slow
def test_queries_of_the_page_do_not_grow_with_the_orders(store, django_assert_max_num_queries):
    client = client_of(store)
    client.get("/setup/", {"store": store.slug, "fate": "counted", "day": "2026-11-01"})
    with django_assert_max_num_queries(36):
        client.get("/setup/", {"store": store.slug, "fate": "counted", "day": "2026-11-01"})
    for number in range(20):
        order(store, 1_000, external_id=f"more-{number}")
    with django_assert_max_num_queries(36):
        client.get("/setup/", {"store": store.slug, "fate": "counted", "day": "2026-11-01"})
