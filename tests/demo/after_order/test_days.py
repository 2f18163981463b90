"""Days of the demo's customers, and the clock that adds one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.customer_news import ConsentNews, CustomerNews
from demo.after_order import customers, days, moved_clock, ordering
from demo.after_order.customers import numbers_of
from experiments.accounting.order_data import LineData
from experiments.accounting.orders import record_order
from experiments.customer_keys import guest_key
from experiments.models import Exposure, Order, Store
from journeys.contacts.recording import record_news
from journeys.models import (
    Contact,
    CustomerMessage,
    Friction,
    Journey,
    MessageState,
    Run,
    SendPoint,
    Shipment,
)
from journeys.planning.rounds import plan_due
from tests.factories import make_order, make_product, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIVED = 16
DAY = timedelta(days=1)


@pytest.fixture
def store(monkeypatch) -> Iterator[Store]:
    store = make_store(slug="demo", name="Pennyfold", currency="GBP", timezone="Europe/London")
    for sku in ("22720", "22699", "22697", "21080", "22423"):
        make_product(store, sku=sku, price_minor=495, category="tableware")
    for _ in range(3):
        make_order(store, source="history", lines=[{"sku": "22423", "quantity": 1, "price_minor": 1275}])
    monkeypatch.setattr(days, "DAYS", LIVED)
    monkeypatch.setattr(customers, "CUSTOMERS", 900)  # ten a day
    customers.first_buyers.cache_clear()
    days.begin(store, "http://127.0.0.1:9", timezone.now())
    yield store
    customers.first_buyers.cache_clear()


def test_days_bring_orders_parcels_messages_and_trouble_by_the_products_own_rules(store):
    now = timezone.now()
    lived = days.catch_up(store, now)
    assert lived.days == LIVED
    known = sum(len(numbers_of(day)) for day in range(LIVED))
    assert Contact.objects.filter(store=store).count() == known
    assert Order.objects.filter(store=store, source="simulation").count() == lived.orders >= known
    assert Shipment.objects.filter(delivered_at__isnull=False).count() > known / 2
    assert set(Friction.objects.values_list("kind", flat=True)) >= {"late", "return"}
    by_journey = Counter(SendPoint.objects.values_list("run__journey__key", "verdict"))
    # who said no to nothing and yes to nothing gets nothing, in every journey
    assert by_journey["thank-you", "no_consent"] > 0
    assert by_journey["complete-the-set", "control"] > 0
    assert by_journey["check-in", "send"] > 0
    assert not CustomerMessage.objects.exclude(consent__basis="opt_in").exists()
    arms = Counter(
        Exposure.objects.filter(experiment__key__startswith="thank-you").values_list("variant__key", flat=True)
    )
    assert set(arms) == {"control", "same"}
    # what is due today is left to the worker
    last_at = CustomerMessage.objects.latest("planned_at").planned_at
    states = CustomerMessage.objects.order_by().values_list("state", flat=True).distinct()
    assert set(states.filter(planned_at__lt=last_at)) == {MessageState.SENT}
    assert set(states.filter(planned_at=last_at)) == {MessageState.PLANNED}
    # started again, nothing happens twice
    assert days.catch_up(store, now).days == 0
    clock_moves_what_a_visitor_waits_for(store, now)


def clock_moves_what_a_visitor_waits_for(store: Store, now) -> None:
    """An order of the demo's visitor: its message is planned at once, and the next step comes with the clock."""
    placed = ordering.order_data(store, customer_id="", number="P-1", at=now, lines=(LineData("22423", 1, 1275),))
    record_order(store, replace(placed, guest_key=guest_key(store.pk, "alex.1@example.com")))
    consent = ConsentNews(basis="opt_in", said_at=now, source="checkout")
    news = CustomerNews(
        source="api", said_at=now, order_external_id="P-1", address="alex.1@example.com", consents=(consent,)
    )
    record_news(store, news)
    order = Order.objects.get(external_id="P-1")
    plan_due(now)
    assert list(SendPoint.objects.filter(run__order=order).values_list("verdict", flat=True)) == ["send"]
    launched_at = Journey.objects.get(key="thank-you").started_at
    assert launched_at is not None
    for _ in range(3):
        assert moved_clock.move_by_a_day(store, now).days == 1
    order.refresh_from_db()
    assert order.placed_at == now - 3 * DAY
    assert Journey.objects.get(key="thank-you").started_at == launched_at - 3 * DAY
    reached = SendPoint.objects.filter(run__order=order).values_list("run__journey__key", flat=True)
    assert set(reached) == {"thank-you", "complete-the-set"}
    assert order.shipments.get().delivered_at is not None or order.shipments.get().shipped_at <= now
    assert Run.objects.filter(order=order, journey__key="thank-you", ended_reason="completed").exists()
