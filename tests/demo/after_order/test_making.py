"""Customers made by the worker, beside the running demo."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from demo import notices
from demo.after_order import customers, days, making
from demo.tasks import begin_making
from experiments.models import Exposure, Order, Store
from journeys.customer_stages.counts import count_stages
from journeys.models import Contact, CustomerMessage, MessageState, Run, Sender, SendPoint
from journeys.planning.rounds import plan_due
from journeys.sending.claiming import expire, senders_with_due
from journeys.stages import Stage
from tests.factories import make_order, make_product, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIVED = 8
BASE = "http://127.0.0.1:9"


@pytest.fixture
def store(monkeypatch, settings, tmp_path) -> Iterator[Store]:
    settings.DATA_DIR = tmp_path
    store = make_store(slug="demo", name="Pennyfold", currency="GBP", timezone="Europe/London")
    for sku in ("22720", "22699", "22697", "21080", "22423"):
        make_product(store, sku=sku, price_minor=495, category="tableware")
    for _ in range(3):
        make_order(store, source="history", lines=[{"sku": "22423", "quantity": 1, "price_minor": 1275}])
    monkeypatch.setattr(days, "DAYS", LIVED)
    monkeypatch.setattr(making, "DAYS", LIVED)
    monkeypatch.setattr(making, "DAYS_A_JOB", 3)
    monkeypatch.setattr(customers, "CUSTOMERS", 450)  # five a day
    customers.first_buyers.cache_clear()
    yield store
    customers.first_buyers.cache_clear()


def test_customers_made_in_parts_are_untouched_by_the_worker_in_between_and_complete_at_the_end(store):
    now = timezone.now()
    assert making.is_unmade(store, now)
    begin_making(BASE)
    assert "day 0 of 8" in notices.notice()
    parts = 0
    while making.make_some(store, BASE, now):
        parts += 1
        assert f"day {3 * parts} of 8" in notices.notice()
        # what the worker does each minute: nothing may be planned, sent or ended by it
        before = SendPoint.objects.count()
        plan_due(now)
        expire(now)
        assert senders_with_due(now) == []
        assert SendPoint.objects.count() == before
        assert making.is_unmade(store, now)
    assert parts == 2
    assert notices.notice() == ""
    assert not making.is_unmade(store, now)
    counts = count_stages(store, now)
    assert counts[Stage.WAITING] > 0
    assert counts[Stage.UNBOXING] > 0
    assert Sender.objects.get(store=store).is_on
    assert Contact.objects.filter(store=store).count() == 5 * LIVED
    assert Order.objects.filter(store=store, source="simulation").count() >= 5 * LIVED
    states = set(CustomerMessage.objects.order_by().values_list("state", flat=True))
    assert states == {MessageState.SENT, MessageState.PLANNED}
    assert not SendPoint.objects.filter(verdict="too_late").exists()
    assert not Run.objects.filter(ended_at=None, due_at__lt=now - timedelta(days=1)).exists()
    assert Exposure.objects.filter(store=store, experiment__key="thank-you-thanks").exists()


def test_making_that_was_interrupted_goes_on_with_the_next_day(store):
    now = timezone.now()
    begin_making(BASE)
    assert making.make_some(store, BASE, now)
    later = now + timedelta(days=60)  # started again after two months
    due = days.days_due(store, later)
    assert due[0].number == 3
    assert making.is_unmade(store, later)
