"""More refused tokens or changed prices than before: said once it is more than chance."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from checkout_widgets.models import Offer
from dashboard.setup.rises import changed_prices, refused_tokens, rises
from experiments.accounting import ingestion
from experiments.models import Experiment, Role, Store
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LONG_AGO, LATELY = NOON - timedelta(days=15), NOON - timedelta(days=2)


def order_lines(store: Store, at: Any, *, good: int, refused: int, code: str = "wrong_price") -> None:
    """Orders of one line with an acceptance token each."""
    line = {"sku": "cup", "quantity": 1, "price_minor": 990}
    lines = [line | {"is_upsell": True, "experiment_key": "cart"}] * good + [line | {"refused_code": code}] * refused
    for one in lines:
        factories.make_order(store, lines=[one], placed_at=at)


def accept_calls(offer: Offer, test: Experiment, at: Any, *, good: int, changed: int) -> None:
    for number in range(good):
        factories.make_acceptance(offer, test, accepted_at=at, visitor_id=f"v_{at:%d}{number}")
    ingestion.count_rejections(offer.store_id, "accept", ["price_changed"] * changed, at)


def test_tokens_refused_more_often_than_before_are_a_warning():
    store = factories.make_store()
    order_lines(store, LONG_AGO, good=98, refused=2)
    order_lines(store, LATELY, good=30, refused=10)
    order_lines(store, LATELY, good=0, refused=1, code="wrong_visitor")
    factories.make_order(store, placed_at=LATELY)  # a line without a token
    order_lines(factories.make_store(), LATELY, good=0, refused=50)
    found = refused_tokens(store, NOON)
    assert (found.recent.successes, found.recent.n) == (11, 41)
    assert (found.before.successes, found.before.n) == (2, 100)
    assert found.is_warned
    assert found.text == (
        "Acceptance tokens refused in orders: 26.8% of 41 in the last 7 days, 2.00% in the three weeks before."
    )
    assert "another price than was signed" in found.advice
    assert rises(store, NOON) == [found]


@pytest.mark.parametrize(
    ("before", "recent", "is_warned"),
    [
        ((98, 2), (39, 1), False),  # 2.5% after 2.0%
        ((98, 2), (36, 4), False),  # too few refusals
        ((0, 0), (36, 4), False),
        ((0, 0), (95, 5), False),  # 5% of something new
        ((0, 0), (90, 10), True),
        ((50, 50), (20, 20), False),  # as bad as ever: no rise
        ((50, 50), (40, 10), False),  # better
        ((0, 0), (0, 0), False),
    ],
)
def test_chance_is_no_warning(before, recent, is_warned):
    store = factories.make_store()
    order_lines(store, LONG_AGO, good=before[0], refused=before[1])
    order_lines(store, LATELY, good=recent[0], refused=recent[1])
    assert refused_tokens(store, NOON).is_warned is is_warned


def test_weeks_end_at_midnight_and_four_weeks_ago():
    store = factories.make_store()
    midnight = NOON.replace(hour=0) - timedelta(days=6)
    for at in (midnight, midnight - timedelta(minutes=1)):
        order_lines(store, at, good=0, refused=1)
    order_lines(store, midnight - timedelta(days=21, minutes=1), good=0, refused=1)
    order_lines(store, NOON + timedelta(minutes=1), good=0, refused=1)
    found = refused_tokens(store, NOON)
    assert (found.recent.n, found.before.n) == (1, 1)


def test_prices_that_changed_more_often_than_before_are_a_warning():
    store = factories.make_store()
    offer, test = factories.make_offer(store), factories.make_experiment(store)
    accept_calls(offer, test, LONG_AGO, good=60, changed=1)
    accept_calls(offer, test, LATELY, good=20, changed=10)
    ingestion.count_rejections(store.pk, "accept", ["out_of_stock"] * 30, LATELY)
    found = changed_prices(store, NOON)
    assert (found.recent.successes, found.recent.n) == (10, 30)
    assert (found.before.successes, found.before.n) == (1, 61)
    assert rises(store, NOON) == [found]


def test_setup_page_says_what_has_risen(monkeypatch):
    store = factories.make_store()
    monkeypatch.setattr("dashboard.setup.views.timezone.now", lambda: NOON)
    order_lines(store, LATELY, good=5, refused=20)
    client = Client()
    client.force_login(factories.make_user(store, Role.VIEWER))
    page = client.get("/setup/", {"store": store.slug}).content.decode()
    assert "Acceptance tokens refused in orders: 80.0% of 25 in the last 7 days." in page
