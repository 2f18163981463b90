"""Send points count like offers of the day, for the browser and for whoever is logged in."""

from datetime import UTC, datetime, timedelta

import pytest

from checkout_widgets import send_points_today
from checkout_widgets.edge import live_configuration
from checkout_widgets.packed_shoppers import key_of
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.assignment.allocation import is_held_out
from experiments.models import Store
from tests import factories

HOUR = timedelta(hours=1)


def keep(store: Store, *digests: str, ends_at: datetime | None = None) -> None:
    """The send points of today, one for each digest."""
    keys = map(key_of, digests)
    send_points_today.keep(store.pk, ends_at or datetime.now(UTC) + HOUR, keys, "test")


@pytest.fixture
def ask(post, store, experiment):
    """The whole answer at the cart of a store that shows three offers a day."""
    store.max_offers_per_session = store.max_offers_per_day = 3
    store.save()

    def ask(visitor_id: str | None = "v_1", **body):
        body = {"key": "pk_shop", "visitor_id": visitor_id, "moments": ["cart"]} | body
        return post("/v1/decide", body).json()

    return ask


@pytest.mark.parametrize(
    ("points", "shown_today", "left", "reason"),
    [(0, 0, 3, None), (1, 0, 2, None), (1, 1, 1, None), (1, 2, 0, "capped"), (2, 1, 0, "capped"), (4, 0, 0, "capped")],
)
def test_send_points_and_offers_of_the_day_add_up_to_the_cap(store, ask, points, shown_today, left, reason):
    keep(store, *points * [visitor_digest(store.pk, "v_1")], visitor_digest(store.pk, "v_other"))
    answer = ask(history={"shown_today": shown_today})
    assert (answer["offers_left"], answer["decisions"][0].get("reason")) == (left, reason)


def test_browser_and_customer_are_one_person_and_count_once(store, ask):
    keep(store, visitor_digest(store.pk, "v_1"), *2 * [customer_digest(store.pk, "77")])
    assert ask()["offers_left"] == 2
    assert ask("v_new", visitor={"customer_id": 77})["offers_left"] == 1
    assert ask(visitor={"customer_id": "77"})["offers_left"] == 1
    assert ask(None, visitor={"customer_id": "78"})["offers_left"] == 3


def test_send_points_are_over_with_their_day_without_a_new_configuration(store, ask, monkeypatch):
    keep(store, visitor_digest(store.pk, "v_1"), ends_at=datetime.now(UTC) + HOUR)
    assert ask()["offers_left"] == 2
    held = live_configuration.current().by_site_key["pk_shop"].send_points
    object.__setattr__(held, "ends_at", datetime.now(UTC))
    assert ask()["offers_left"] == 3


def test_send_points_of_yesterday_are_not_loaded(store, ask):
    keep(store, visitor_digest(store.pk, "v_1"), ends_at=datetime.now(UTC) - HOUR)
    assert ask()["offers_left"] == 3
    assert live_configuration.current().by_site_key["pk_shop"].send_points is None


def test_decision_with_send_points_asks_no_database(store, post, ask, django_assert_num_queries):
    keep(store, visitor_digest(store.pk, "v_1"))
    live_configuration.refresh()
    with django_assert_num_queries(0):
        answer = post("/v1/decide", {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"]}, refresh=False).json()
    assert answer["offers_left"] == 2


def test_send_points_of_one_store_count_in_no_other(store, ask):
    other = factories.make_store()
    keep(other, *3 * [visitor_digest(other.pk, "v_1")])
    assert ask()["offers_left"] == 3


def test_who_is_capped_by_send_points_alone_counts_in_the_holdouts_experiment_with_the_others(store, ask):
    """Nobody who is held out has send points: who was due a message would be missing on the other side alone."""
    factories.make_holdout(store, 0.5)
    visitor = next(f"v_{n}" for n in range(100) if not is_held_out("shop", f"v_{n}", 0.5))
    keep(store, *3 * [visitor_digest(store.pk, visitor)])
    answer = ask(visitor)
    [decision] = answer["decisions"]
    assert (decision["experiment"], decision["variant"], decision["reason"]) == ("holdout", "offers", "capped")
    assert decision["exposure_token"]
    assert decision["content"] is None
    # else the page would take the exposure for one too many
    assert answer["offers_left"] == 3
    for history in (
        {"shown_today": 3},
        {"friction": ["payment_error"]},
        {"declined_at": datetime.now(UTC).isoformat()},
    ):
        answer = ask(visitor, history=history)
        assert (answer["offers_left"], answer["decisions"][0]["exposure_token"]) == (0, None), history
