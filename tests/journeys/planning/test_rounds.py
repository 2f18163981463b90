"""A round plans all that is due, a batch of each journey in turn, and looks in vain at next to no cost."""

import pytest

from journeys.models import JourneyStatus, SendingSwitch, SendPoint
from journeys.planning import batch, rounds
from journeys.planning.due import journeys_due
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db


def test_plan_due_plans_every_journey_of_every_store(monkeypatch):
    monkeypatch.setattr(batch, "BATCH", 2)
    for _ in range(2):
        store = followups.make_sending_store()
        for _ in range(2):
            journey = followups.make_journey(store)
            for _ in range(3):
                followups.make_run(journey, followups.make_contact(store))
    assert rounds.plan_due(NOON) == 12
    assert SendPoint.objects.filter(verdict="send").count() == 12
    assert rounds.plan_due(NOON) == 0


def test_plan_due_ends_in_time_and_the_next_goes_on():
    for _ in range(2):
        store = followups.make_sending_store()
        journey = followups.make_journey(store)
        followups.make_run(journey, followups.make_contact(store))
    assert rounds.plan_due(NOON, longest_seconds=0) == 1
    assert rounds.plan_due(NOON) == 1


@pytest.mark.parametrize("what", ["paused journey", "store's switch", "installation's switch"])
def test_nothing_is_planned_while_nothing_may_be_sent(what):
    store = followups.make_sending_store(is_on=what != "store's switch")
    journey = followups.make_journey(store)
    followups.make_run(journey, followups.make_contact(store))
    if what == "paused journey":
        journey.status = JourneyStatus.PAUSED
        journey.save()
    if what == "installation's switch":
        SendingSwitch.objects.create(is_on=False)
    assert rounds.plan_due(NOON) == 0
    assert not SendPoint.objects.exists()


def test_look_with_nothing_due_is_one_statement(django_assert_num_queries):
    followups.make_journey(followups.make_sending_store())
    with django_assert_num_queries(1):
        assert journeys_due(NOON) == []
