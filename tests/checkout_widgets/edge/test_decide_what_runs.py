"""Which test, and which offer, ``POST /v1/decide`` answers with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkout_widgets.models import Offer, OfferItem, OfferKind, Product
from experiments.models import Decision, Experiment, Status, Variant
from tests import factories


def now() -> datetime:
    return datetime.now(UTC)


def test_decide_visitor_outside_the_traffic_share_is_not_included(experiment, decide):
    Experiment.objects.update(traffic_share=0)
    assert decide()["reason"] == "not_included"


@pytest.mark.slow
def test_decide_higher_priority_goes_first_and_who_is_not_included_falls_through(store, experiment, decide):
    factories.make_live_experiment(store, key="first", priority=1, traffic_share=0.5)
    chosen = {decide(f"v_{number}")["experiment"] for number in range(30)}
    assert chosen == {"first", "cart-accessory"}
    Experiment.objects.filter(key="first").update(traffic_share=1)
    assert {decide(f"v_{number}")["experiment"] for number in range(30)} == {"first"}


@pytest.mark.parametrize("status", [Status.DRAFT, Status.STOPPED, Status.CONCLUDED, Status.ARCHIVED])
def test_decide_experiment_that_does_not_run_is_none(experiment, decide, status):
    Experiment.objects.update(status=status)
    assert decide()["reason"] == "no_experiment"


def test_decide_paused_experiment_says_so(experiment, decide):
    Experiment.objects.update(status=Status.PAUSED)
    assert decide()["reason"] == "paused"


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        ({"starts_at": timedelta(hours=1)}, "no_experiment"),
        ({"ends_at": timedelta(hours=-1)}, "no_experiment"),
        ({"starts_at": timedelta(hours=-1), "ends_at": timedelta(hours=1)}, None),
    ],
)
def test_decide_schedule_is_kept(experiment, decide, schedule, reason):
    Experiment.objects.update(**{name: now() + delta for name, delta in schedule.items()})
    assert decide().get("reason") == reason


@pytest.mark.parametrize(
    ("product", "offer"),
    [
        ({"stock": 0}, {}),
        ({"is_active": False}, {}),
        ({}, {"is_active": False}),
        ({}, {"ends_at": now() - timedelta(hours=1)}),
        ({}, {"starts_at": now() + timedelta(hours=1)}),
        ({}, {"stock_limit": 0}),
    ],
)
def test_decide_offer_that_cannot_be_had_is_withheld_from_every_variant(experiment, decide, product, offer):
    Product.objects.update(**product)
    Offer.objects.update(**offer)
    assert {decide(f"v_{number}").get("reason") for number in range(20)} == {"out_of_stock"}


def test_decide_cross_sell_already_in_the_cart_is_withheld(experiment, decide):
    sku = Product.objects.get().sku
    cart = {"currency": "EUR", "total_minor": 990, "items": [{"sku": sku, "quantity": 1}]}
    assert decide(cart=cart)["reason"] == "not_targeted"
    Offer.objects.update(kind="quantity_break")
    assert decide(cart=cart)["experiment"] == "cart-accessory"


def test_decide_cart_in_another_currency_than_the_offer_is_not_targeted(experiment, decide):
    assert decide(cart={"currency": "USD", "total_minor": 990, "items": []})["reason"] == "not_targeted"


def test_decide_treatment_without_widget_is_never_served(store, decide):
    factories.make_experiment(store)
    assert decide()["reason"] == "no_experiment"


def test_decide_rolled_out_winner_is_shown_to_everybody(experiment, decide):
    winner = Variant.objects.get(key="treatment")
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=winner)
    for number in range(20):
        decision = decide(f"v_{number}")
        assert (decision["variant"], decision["rollout"]) == ("treatment", True)
        assert decision["content"]["headline"] == "Goes well with tea"


def test_decide_rolled_out_winner_gives_way_to_a_running_experiment(store, experiment, decide):
    winner = Variant.objects.get(key="treatment")
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=winner)
    factories.make_live_experiment(store, key="next", traffic_share=0.5)
    rollouts = {
        (decision["experiment"], decision["rollout"]) for decision in map(decide, map("v_{}".format, range(30)))
    }
    assert rollouts == {("next", False), ("cart-accessory", True)}


def test_decide_rolled_out_control_shows_nothing(experiment, decide):
    control = Variant.objects.get(key="control")
    Experiment.objects.update(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant=control)
    assert decide()["reason"] == "no_experiment"


def test_decide_other_stores_experiments_stay_theirs(experiment, decide):
    factories.make_store(site_key="pk_other")
    assert decide(key="pk_other")["reason"] == "no_experiment"


def test_decide_offer_of_another_store_is_never_shown(experiment, decide):
    other = factories.make_offer(factories.make_store())
    experiment.variants.get(key="treatment").widget.__class__.objects.update(offer=other)
    assert decide()["reason"] == "no_experiment"


def test_decide_upgrade_is_for_carts_that_hold_what_it_replaces(store, experiment, decide):
    Offer.objects.update(kind=OfferKind.UPGRADE, replaces=factories.make_product(store, sku="STD"))
    pro = OfferItem.objects.get().product.sku

    def reason(*skus: str) -> Any:
        items = [{"sku": sku, "quantity": 1} for sku in skus]
        return decide(cart={"currency": "EUR", "total_minor": 1, "items": items}).get("reason")

    assert reason("std") is None
    assert reason("other") == "not_targeted"
    assert reason("STD", pro) == "not_targeted"
    assert decide().get("reason") == "not_targeted"
