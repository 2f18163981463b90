"""An order in the demo's shop is followed by a message in the demo's mailbox within a minute."""

import time

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.live_server_helper import LiveServer

from demo.after_order import days, making
from demo.mailbox import delivery
from demo.store.forms import CARD, SHOPPER
from experiments.models import Store
from journeys.sending import switches
from journeys.sending.in_flight import notes
from journeys.tasks import plan_journeys, send_messages
from tests.factories import make_product, make_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MOST_SECONDS = 60


@pytest.fixture
def store(live_server: LiveServer, settings, monkeypatch, tmp_path) -> Store:
    # One by one: with ``DATA_DIR`` the server's thread would look for its database there, too.
    monkeypatch.setattr(delivery, "folder", lambda: tmp_path / "mailbox")
    monkeypatch.setattr(switches, "marker", lambda: tmp_path / "last_sent_message")
    monkeypatch.setattr(notes, "folder", lambda: tmp_path / "in_flight")
    monkeypatch.setattr(making, "marker", lambda: tmp_path / "demo_customers_made")
    settings.CONSOLE_URL = live_server.url
    settings.DEMO_STORE_API_URL = live_server.url + "/"
    settings.EMAIL_BACKEND = "demo.mailbox.delivery.MailboxBackend"
    store = make_store(
        slug="demo", name="Pennyfold", currency="GBP", site_key="pk_demo", allowed_origins=[live_server.url]
    )
    for sku in ("22720", "22699", "22697", "21080", "22423"):
        make_product(store, sku=sku, price_minor=495, category="tableware")
    days.begin(store, live_server.url, timezone.now())
    return store


def longest_wait_s(task_name: str) -> float:
    """Return the longest time between two runs of a periodic job, by the registered schedule."""
    (task,) = [task for (name, _), task in app.periodic_registry.periodic_tasks.items() if name == task_name]
    times = task.croniter
    times.set_current(time.time(), force=True)
    first, second = times.get_next(float), times.get_next(float)
    return float(second - first)


def test_order_in_the_shop_is_followed_by_a_message_within_a_minute(store):
    shopper = Client()
    shopper.post("/demo/cart/add/", {"sku": "22423", "quantity": 1})
    shopper.post("/demo/shipping/", SHOPPER)
    assert str(SHOPPER["email"]) not in shopper.get("/demo/mailbox/").content.decode()
    ordered = time.monotonic()
    assert shopper.post("/demo/payment/", CARD | {"visitor_id": "v_1"}).status_code == 302
    plan_journeys(timestamp=int(time.time()))
    # Planning itself queues the sending, rather than leaving it to the minute's job.
    assert ProcrastinateJob.objects.filter(task_name=send_messages.name, status="todo").count() == 1
    send_messages(timestamp=int(time.time()))
    page = shopper.get("/demo/mailbox/").content.decode()
    assert "Thank you, and one idea" in page
    assert str(SHOPPER["email"]) in page
    assert time.monotonic() - ordered + longest_wait_s(plan_journeys.name) < MOST_SECONDS
