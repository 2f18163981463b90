"""More refused tokens or changed prices than before: shown once it is more than chance."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from checkout_widgets.models import Offer, RefusedTokens
from dashboard.setup.rises import changed_prices, refused_tokens, rises
from experiments.accounting import ingestion
from experiments.models import Experiment, Role, Store
from tests import factories
from tests.factories import NOON

LONG_AGO, LATELY = NOON - timedelta(days=15), NOON - timedelta(days=2)


def counted(
    store: Store, *, before: tuple[int, int], recent: tuple[int, int], at: datetime = NOON, code: str = "wrong_price"
) -> RefusedTokens:
    """Good and refused tokens, as the worker has counted them."""
    return RefusedTokens(
        store=store,
        recent=sum(recent),
        recent_refused=recent[1],
        before=sum(before),
        before_refused=before[1],
        most_common=code,
        counted_at=at,
    )


def accept_calls(offer: Offer, test: Experiment, at: datetime, *, good: int, changed: int) -> None:
    for number in range(good):
        factories.make_acceptance(offer, test, accepted_at=at, visitor_id=f"v_{at:%d}{number}")
    ingestion.count_rejections(offer.store_id, "accept", ["price_changed"] * changed, at)


@pytest.mark.django_db
def test_tokens_refused_more_often_than_before_are_a_warning():
    store = factories.make_store()
    counted(store, before=(98, 2), recent=(30, 11)).save()
    counted(factories.make_store(), before=(98, 2), recent=(0, 50)).save()
    (rise,) = rises(store, NOON)
    assert rise.text == (
        "Acceptance tokens rejected in orders: 26.8% of 41 in the last 7 days, 2.00% in the three weeks before."
    )
    assert "another price than the accepted offer" in rise.advice


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
    assert refused_tokens(counted(Store(), before=before, recent=recent)).is_warned is is_warned


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "warnings"), [(timedelta(hours=23), 1), (timedelta(hours=25), 0)])
def test_numbers_of_a_worker_that_is_away_are_not_shown(age, warnings):
    store = factories.make_store()
    counted(store, before=(0, 0), recent=(5, 20), at=NOON - age).save()
    assert len(rises(store, NOON)) == warnings


@pytest.mark.slow
@pytest.mark.django_db
def test_prices_that_changed_more_often_than_before_are_a_warning():
    store = factories.make_store()
    offer, test = factories.make_offer(store), factories.make_experiment(store)
    accept_calls(offer, test, LONG_AGO, good=60, changed=1)
    accept_calls(offer, test, LATELY, good=20, changed=10)
    ingestion.count_rejections(store.pk, "accept", ["out_of_stock"] * 30, LATELY)
    found = changed_prices(store, NOON)
    assert found
    assert (found.recent.successes, found.recent.n) == (10, 30)
    assert (found.before.successes, found.before.n) == (1, 61)
    assert rises(store, NOON) == [found]


@pytest.mark.django_db
def test_setup_page_shows_what_has_risen_in_two_queries(monkeypatch, django_assert_num_queries):
    store = factories.make_store()
    monkeypatch.setattr("dashboard.setup.views.timezone.now", lambda: NOON)
    counted(store, before=(0, 0), recent=(5, 20)).save()
    factories.make_order(store, placed_at=LATELY)
    client = Client()
    client.force_login(factories.make_user(store, Role.VIEWER))
    page = client.get("/setup/", {"store": store.slug}).content.decode()
    assert "tokens rejected in orders: 80.0% of 25 in the last 7 days." in page  # "Acceptance" is an explained term
    with django_assert_num_queries(2):  # the numbers, the refusals; so few that acceptances needn't be counted
        rises(store, NOON)
