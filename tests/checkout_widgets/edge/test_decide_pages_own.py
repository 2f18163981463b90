"""``POST /v1/decide``: tests in which the page shows a treatment itself."""

import json

import pytest

from checkout_widgets.models import Widget
from experiments.models import Decision, Experiment, Status
from tests import factories

ARMS = ["control", "treatment"]


@pytest.fixture
def own(experiment: Experiment) -> Experiment:
    """The test of the fixture, its treatment shown by the page; the widget that it had before is kept."""
    experiment.variants.filter(key="treatment").update(is_page_own=True)
    return experiment


@pytest.mark.parametrize("arm", ARMS)
def test_each_arm_is_told_and_exposed_alike_without_content(own, visitor_in, arm):
    _, decision = visitor_in(arm)
    assert decision["page"] == {"test": own.key, "arm": arm, "arms": ARMS}
    assert decision["content"] is None
    assert decision["exposure_token"]
    assert decision["trigger"] == {"kind": "slot_visible"}
    assert Widget.objects.filter(variant__experiment=own).exists()


def test_treatment_without_a_widget_is_served_and_asks_for_no_offer(own, visitor_in):
    Widget.objects.all().delete()
    _, decision = visitor_in("treatment")
    assert decision["page"]["arm"] == "treatment"


def test_offers_tell_pages_nothing(experiment, visitor_in):
    _, decision = visitor_in("treatment")
    assert "page" not in decision


def test_held_out_visitor_sees_what_control_sees(own, store, decide):
    factories.make_holdout(store, share=0.9)
    decisions = [decide(f"v_{number}") for number in range(8)]
    decision = next(decision for decision in decisions if decision.get("reason") == "holdout")
    assert decision["page"] == {"test": own.key, "arm": "control", "arms": ARMS}


def test_winner_that_is_the_pages_own_is_told_to_everybody(own, decide):
    own.status, own.decision = Status.CONCLUDED, Decision.ROLL_OUT
    own.rolled_out_variant = own.variants.get(key="treatment")
    own.save()
    decision = decide("v_1")
    assert decision["rollout"] is True
    assert decision["page"] == {"test": own.key, "arm": "treatment", "arms": ARMS}
    assert json.dumps(decision)
