"""``GET /v1/moments``: the moments at which somebody can get an offer now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.moments import key_in
from checkout_widgets.models import Offer, Product
from experiments.models import Decision, Experiment, Status, Variant
from tests import factories
from tests.checkout_widgets.edge.conftest import SHOP

HOUR = timedelta(hours=1)


@pytest.fixture
def moments(client, store):
    def ask(key: str = "pk_shop") -> Any:
        live_configuration.refresh()
        response = client.get("/v1/moments", {"key": key})
        assert response.status_code == 200, response.content
        return response.json()["moments"]

    return ask


def roll_out(variant: str) -> None:
    winner = Variant.objects.get(key=variant)
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=winner)


def test_moments_of_running_tests_are_named_once(client, store, experiment, moments):
    factories.make_live_experiment(store, key="second")
    factories.make_live_experiment(store, key="leaving", moment="exit_intent")
    assert moments() == ["cart", "exit_intent"]


def test_moments_of_a_store_without_tests_are_none(moments):
    assert moments() == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.DRAFT},
        {"status": Status.PAUSED},
        {"status": Status.STOPPED},
        {"status": Status.CONCLUDED},
        {"starts_at": datetime.now(UTC) + HOUR},
        {"ends_at": datetime.now(UTC) - HOUR},
        {"traffic_share": 0},
    ],
    ids=["draft", "paused", "stopped", "concluded", "not yet", "no more", "nobody"],
)
def test_moments_leave_out_a_test_that_serves_nobody_now(experiment, moments, change):
    Experiment.objects.update(**change)
    assert moments() == []


@pytest.mark.parametrize(
    ("product", "offer"),
    [
        ({"stock": 0}, {}),
        ({"is_active": False}, {}),
        ({}, {"is_active": False}),
        ({}, {"ends_at": datetime.now(UTC) - HOUR}),
        ({}, {"starts_at": datetime.now(UTC) + HOUR}),
        ({}, {"stock_limit": 0}),
    ],
)
def test_moments_leave_out_what_cannot_be_had(experiment, moments, product, offer):
    Product.objects.update(**product)
    Offer.objects.update(**offer)
    assert moments() == []


def test_moments_go_with_the_second_test_where_the_first_is_paused(store, experiment, moments):
    Experiment.objects.update(status=Status.PAUSED)
    factories.make_live_experiment(store, key="second")
    assert moments() == ["cart"]


@pytest.mark.parametrize(("variant", "named"), [("treatment", ["cart"]), ("control", [])])
def test_moments_name_a_rolled_out_winner_that_can_be_shown(experiment, moments, variant, named):
    roll_out(variant)
    assert moments() == named


def test_moments_leave_out_a_winner_that_is_sold_out(experiment, moments):
    roll_out("treatment")
    Product.objects.update(stock=0)
    assert moments() == []


def test_moments_name_a_winner_whatever_share_its_test_had(experiment, moments):
    Experiment.objects.update(traffic_share=0)
    roll_out("treatment")
    assert moments() == ["cart"]


def test_moments_are_those_of_the_keys_store(experiment, moments):
    factories.make_store(site_key="pk_other")
    assert moments("pk_other") == []


def test_moments_can_be_cached_for_as_long_as_they_say(client, experiment):
    live_configuration.refresh()
    response = client.get("/v1/moments", {"key": "pk_shop"}, headers={"Origin": SHOP})
    assert response.json()["ttl_s"] == 60
    assert response["Cache-Control"] == "public, max-age=60"
    assert (response["Vary"], response["Access-Control-Allow-Origin"]) == ("Origin", SHOP)


@pytest.mark.parametrize("query", ["", "?key=", "?key=pk_nobody", "?key=%ff", "?" + "&" * 50, "?" + "a=1&" * 50])
def test_moments_of_an_unknown_key_are_refused_and_not_cached(client, store, query):
    live_configuration.refresh()
    response = client.get(f"/v1/moments{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unknown_key")
    assert response["Cache-Control"] == "no-store"


def test_moments_of_a_foreign_origin_are_refused(client, store):
    live_configuration.refresh()
    response = client.get("/v1/moments", {"key": "pk_shop"}, headers={"Origin": "https://evil.example"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "bad_origin")
    assert "Access-Control-Allow-Origin" not in response


def test_moments_are_asked_by_get(client, store):
    live_configuration.refresh()
    response = client.post("/v1/moments?key=pk_shop", b"", content_type="text/plain")
    assert (response.status_code, response["Allow"]) == (405, "GET, OPTIONS")
    assert client.head("/v1/moments?key=pk_shop").status_code == 200
    preflight = client.options("/v1/moments?key=pk_shop", headers={"Origin": SHOP})
    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET")


def test_moments_ask_the_database_nothing(client, experiment, django_assert_num_queries):
    live_configuration.refresh()
    with django_assert_num_queries(0):
        client.get("/v1/moments", {"key": "pk_shop"})


def test_key_is_read_from_20_fields_and_from_no_more():
    assert key_in("a=1&" * 19 + "key=pk_shop") == "pk_shop"
    assert key_in("a=1&" * 20 + "key=pk_shop") is None
