"""How many acceptance tokens in orders don't count, as the worker counts them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from checkout_widgets import tasks
from checkout_widgets.models import RefusedTokens
from checkout_widgets.refused_tokens import count
from experiments.models import Store
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LONG_AGO, LATELY = NOON - timedelta(days=15), NOON - timedelta(days=2)


def order_lines(store: Store, at: datetime, *, good: int, refused: int, code: str = "wrong_price") -> None:
    """Orders of one line with an acceptance token each."""
    line = {"sku": "cup", "quantity": 1, "price_minor": 990}
    lines = [line | {"is_upsell": True, "experiment_key": "cart"}] * good + [line | {"refused_code": code}] * refused
    for one in lines:
        factories.make_order(store, lines=[one], placed_at=at)


@pytest.mark.slow
def test_tokens_are_counted_by_week_and_refusal():
    store = factories.make_store()
    order_lines(store, LONG_AGO, good=98, refused=2)
    order_lines(store, LATELY, good=30, refused=10)
    order_lines(store, LATELY, good=0, refused=1, code="wrong_visitor")
    factories.make_order(store, placed_at=LATELY)  # a line without a token
    order_lines(factories.make_store(), LATELY, good=0, refused=50)
    counted = count(store, NOON)
    assert (counted.recent_refused, counted.recent) == (11, 41)
    assert (counted.before_refused, counted.before) == (2, 100)
    assert counted.most_common == "wrong_price"


def test_imported_past_orders_are_left_out():
    store = factories.make_store()
    line = {"sku": "cup", "quantity": 1, "price_minor": 990, "refused_code": "wrong_price"}
    factories.make_order(store, lines=[line], placed_at=LATELY, source="history")
    counted = count(store, NOON)
    assert (counted.recent, counted.most_common) == (0, "")


def test_weeks_end_at_midnight_and_four_weeks_ago():
    store = factories.make_store()
    midnight = NOON.replace(hour=0) - timedelta(days=6)
    for at in (midnight, midnight - timedelta(minutes=1)):
        order_lines(store, at, good=0, refused=1)
    order_lines(store, midnight - timedelta(days=21, minutes=1), good=0, refused=1)
    order_lines(store, NOON + timedelta(minutes=1), good=0, refused=1)
    counted = count(store, NOON)
    assert (counted.recent, counted.before) == (1, 1)


def test_worker_counts_every_store_again():
    first, second = factories.make_store(), factories.make_store()
    now = timezone.now()
    order_lines(first, now - timedelta(hours=1), good=1, refused=2)
    tasks.count_refused_tokens(0)
    order_lines(first, now - timedelta(hours=1), good=1, refused=0)
    tasks.count_refused_tokens(0)
    counts = dict(RefusedTokens.objects.values_list("store", "recent"))
    assert counts == {first.pk: 4, second.pk: 0}
