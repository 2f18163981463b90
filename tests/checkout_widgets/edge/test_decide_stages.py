"""Tests on the store's pages ask for stages and answers that the store itself knows; exposures keep the stage."""

import pytest

from checkout_widgets import shopper_answers, shopper_stages
from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.tokens import read_exposure
from checkout_widgets.packed_shoppers import key_of
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from experiments.models import Experiment
from tests import factories


def keep(store, **stages):
    """The stages of shoppers: visitors, and customers whose name begins with ``c``."""
    keys = {}
    for name, stage in stages.items():
        digest = visitor_digest(store.pk, name)
        if name.startswith("c"):
            digest = customer_digest(store.pk, name)
        keys[key_of(digest)] = stage
    shopper_stages.keep(store.pk, keys)


@pytest.fixture
def targeted(experiment):
    Experiment.objects.update(targeting={"field": "stage", "op": "in", "value": ["care", "renewal"]})
    return experiment


def test_decide_targets_the_stage_of_a_known_visitor(store, targeted, decide):
    keep(store, v_1="care", v_2="usage")
    assert decide("v_1")["experiment"] == "cart-accessory"
    assert decide("v_2")["reason"] == "not_targeted"
    assert decide("v_3")["reason"] == "not_targeted"


def test_decide_knows_no_stage_in_a_store_without_stages_or_of_another(store, targeted, decide):
    keep(factories.make_store(), v_1="care")
    assert decide("v_1")["reason"] == "not_targeted"


def test_decide_believes_a_customer_id_of_the_stores_servers_alone(store, targeted, decide, post):
    keep(store, c_7="care")
    shopper = {"visitor": {"customer_id": "c_7"}}
    assert decide("v_new", **shopper)["reason"] == "not_targeted"
    body = {"key": "pk_shop", "visitor_id": "v_new", "moments": ["cart"], **shopper}
    answer = post("/v1/decide", body, Authorization=f"Bearer {store.secret_key}").json()
    assert answer["decisions"][0]["experiment"] == "cart-accessory"


def test_decide_keeps_the_stage_with_the_exposure(store, experiment, decide):
    page = {"visit": {"page_type": "cart", "snippet": 3}}
    token = decide("v_1", **page)["exposure_token"]
    assert "stage" not in read_exposure(token).segments()
    keep(store, v_1="care")
    segments = {}
    for visitor in ("v_1", "v_2"):
        segments[visitor] = read_exposure(decide(visitor, **page)["exposure_token"]).segments()["stage"]
    assert segments == {"v_1": "care", "v_2": "unknown"}


def test_decide_with_stages_asks_no_database(store, targeted, post, django_assert_num_queries):
    keep(store, v_1="care")
    live_configuration.refresh()
    body = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"]}
    with django_assert_num_queries(0):
        answer = post("/v1/decide", body, refresh=False).json()
    assert answer["decisions"][0]["experiment"] == "cart-accessory"


def test_decide_targets_what_a_known_visitor_answered(store, experiment, decide, post):
    Experiment.objects.update(targeting={"field": "answers", "op": "contains_any", "value": ["Size"]})
    keys = [key_of(visitor_digest(store.pk, name)) for name in ("v_1", "v_2")]
    of_customer = key_of(customer_digest(store.pk, "c_7"))
    answers = [(keys[0], 1), (keys[0], 0), (keys[1], 0), (of_customer, 1)]
    shopper_answers.keep(store.pk, ["comfort", "size"], answers, "one")
    assert decide("v_1")["experiment"] == "cart-accessory"
    shopper = {"visitor": {"customer_id": "c_7"}}
    for visitor in ("v_2", "v_3"):
        assert decide(visitor, **shopper)["reason"] == "not_targeted"
    body = {"key": "pk_shop", "visitor_id": "v_3", "moments": ["cart"], **shopper}
    answer = post("/v1/decide", body, Authorization=f"Bearer {store.secret_key}").json()
    assert answer["decisions"][0]["experiment"] == "cart-accessory"
