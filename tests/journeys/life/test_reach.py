"""What a journey would have come to last month: by the worker's own triggers and checks, and without a trace."""

from datetime import timedelta

import pytest

from journeys.life.reach import reach_of
from journeys.models import ConsentBasis, Journey, Run, SendPoint, Trigger
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store(weekly_cap=1)


def reach(journey):
    return reach_of(journey.versions.get(), journey.store.sender, NOON)


def counts(step):
    return step.reached, dict(step.held_back)


def test_reach_counts_last_months_orders_at_each_step_and_why_others_are_held_back(store):
    journey = followups.make_journey(store, {"wait_hours": 24}, {"wait_hours": 240})
    for days in (5, 15, 45):
        followups.order_of(followups.make_contact(store), placed_at=NOON - days * DAY)
    followups.order_of(followups.make_contact(store, basis=ConsentBasis.NONE), placed_at=NOON - 15 * DAY)
    again = followups.make_contact(store)
    followups.order_of(again, placed_at=NOON - 15 * DAY)
    followups.order_of(again, placed_at=NOON - 12 * DAY)
    found = reach(journey)
    first, second = found.steps
    # the order of 45 days ago was due at both steps before the month began
    assert counts(first) == (3, {"no_consent": 1, "capped": 1})
    assert counts(second) == (2, {"no_consent": 1, "exit_ordered": 1})
    assert found.runs == 5


def test_reach_leaves_no_trace_and_isnt_kept_from_runs_that_there_are(store):
    journey = followups.make_journey(store)
    contact = followups.make_contact(store)
    order = followups.order_of(contact, placed_at=NOON - 5 * DAY)
    followups.make_run(journey, contact, order, occasion=f"order {order.pk}")
    assert counts(reach(journey).steps[0]) == (1, {})
    assert (Run.objects.count(), Journey.objects.count(), SendPoint.objects.count()) == (1, 1, 0)


def test_reach_of_a_campaign_is_its_audience_as_it_is_now(store):
    options = {"at": (NOON + 9 * DAY).isoformat(), "audience": {"least_orders": 1}}
    journey = followups.make_journey(store, {"wait_hours": 0}, trigger=Trigger.ON_A_DAY, trigger_options=options)
    followups.order_of(followups.make_contact(store), placed_at=NOON - 100 * DAY)
    followups.order_of(followups.make_contact(store), placed_at=NOON - 1 * DAY)
    followups.make_contact(store)
    assert counts(reach(journey).steps[0]) == (1, {"ordered_recently": 1})


def test_reach_of_a_step_that_follows_a_click_is_open(store):
    journey = followups.make_journey(store, {}, {"condition": {"kind": "clicked_not_bought"}})
    followups.order_of(followups.make_contact(store), placed_at=NOON - 5 * DAY)
    second = reach(journey).steps[1]
    assert (second.is_open, second.due) == (True, 0)


def test_reach_knows_only_the_orders_up_to_each_step(store):
    journey = followups.make_journey(store)
    contact = followups.make_contact(store)
    placed = NOON - 10 * DAY
    followups.order_of(contact, placed_at=placed)
    followups.order_of(contact, placed_at=placed + DAY + timedelta(seconds=1))
    assert counts(reach(journey).steps[0])[0] == 1
