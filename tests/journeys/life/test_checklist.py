"""The checklist says where an accepted offer would lead nowhere, what comes too late, and whom a step would reach."""

import pytest

from journeys.life.checklist import checklist, reach_in_words
from journeys.life.reach import StepReach
from journeys.models import Journey, JourneyStep, StageSettings, Trigger
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.pair_offers import count_pair, make_pair_offer

pytestmark = pytest.mark.django_db


def codes(journey: Journey) -> set[str]:
    return {check.code for check in checklist(journey, NOON) if check.state == "warn"}


def test_offers_that_lead_to_no_cart_are_warned_of_until_the_store_names_one():
    store = followups.make_sending_store(address="shop@example.com", postal_address="1 Main St")
    offer = factories.make_offer(store)
    journey = followups.make_journey(store, {"document": {"subject": "Hi", "offer": offer.key, "blocks": []}})
    assert "cart" in codes(journey)
    store.sender.accept_url = "https://shop.example/offer"
    store.sender.save()
    journey.refresh_from_db()
    assert "cart" not in codes(Journey.objects.get(pk=journey.pk))


def test_offer_of_pairs_needs_a_pair_of_some_product():
    store = followups.make_sending_store()
    offer = make_pair_offer(store)
    journey = followups.make_journey(store, {"document": {"subject": "Hi", "offer": offer.key, "blocks": []}})
    assert said_of_offers(journey) == [("fail", "“Goes with it” has no pair to show with any product")]
    count_pair(factories.make_product(store), factories.make_product(store))
    assert said_of_offers(journey) == [("pass", "Goes with it is open and in stock")]


def said_of_offers(journey: Journey) -> list[tuple[str, str]]:
    return [(check.state, check.text) for check in checklist(journey, NOON) if check.code == "offer"]


def test_messages_without_an_offer_need_no_cart():
    store = followups.make_sending_store()
    assert "cart" not in codes(followups.make_journey(store, {"document": {"subject": "Hi", "blocks": []}}))


@pytest.mark.parametrize(
    ("following", "is_wrong"),
    [
        ({"wait_hours": 72, "wait_from": "previous"}, True),
        ({"wait_hours": 73, "wait_from": "previous"}, False),
        ({"wait_hours": 96, "wait_from": "trigger"}, True),
        ({"wait_hours": 97, "wait_from": "trigger"}, False),
    ],
)
def test_later_message_goes_out_before_the_next_step(following, is_wrong):
    store = followups.make_sending_store()
    document = {"subject": "Hi", "blocks": [], "variants": {"later": {"subject": "Hi", "delay_hours": 72}}}
    journey = followups.make_journey(store, {"wait_hours": 24, "document": document}, following)
    found = [check for check in checklist(journey, NOON) if check.code == "timing"]
    assert [check.state for check in found] == ["fail"] * is_wrong


def test_reach_says_how_many_and_why_others_would_not():
    step_reach = StepReach(JourneyStep(position=1), reached=1_412)
    step_reach.held_back.update({"exit_ordered": 61, "no_consent": 38})
    assert reach_in_words(step_reach) == (
        "Of 1,511 customers due last month, 1,412 would have reached step 2. Held back: 61 ordered again, 38 no consent"
    )
    alone = StepReach(JourneyStep(position=0), reached=1)
    assert (
        reach_in_words(alone)
        == "Last month, 1 customer would have reached step 1, and nobody would have been held back"
    )


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        (Trigger.REACHED, {"kind": "stage", "stage": "care"}),
        (Trigger.ON_A_DAY, {"at": (NOON + followups.DAY).isoformat(), "audience": {"stages": ["care"]}}),
    ],
)
def test_journey_that_begins_with_a_stage_takes_a_store_that_has_them(trigger, options):
    store = followups.make_sending_store()
    journey = followups.make_journey(store, trigger=trigger, trigger_options=options)
    said = [(check.state, check.text) for check in checklist(journey, NOON) if check.code == "trigger"]
    assert said == [("fail", "Stages are turned off, so no customer is at a stage")]
    StageSettings.objects.create(store=store, is_on=True)
    assert [check.state for check in checklist(journey, NOON) if check.code == "trigger"] == ["pass"]
