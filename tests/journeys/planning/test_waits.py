"""When a run's next step is due: in the contact's hours, and from the trigger or the step before."""

import pytest

from journeys.models import (
    SendPoint,
)
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan

pytestmark = pytest.mark.django_db


def test_outside_of_the_contacts_hours_the_run_is_postponed_and_checked_again(store):
    journey = followups.make_journey(store, {"window_start": 9, "window_end": 20})
    contact = followups.make_contact(store, timezone="America/Los_Angeles")
    run = followups.make_run(journey, contact)
    plan(journey)  # 04:00 there
    run.refresh_from_db()
    assert (run.due_at, run.position) == (NOON + 5 * HOUR, 0)
    assert not SendPoint.objects.exists()
    followups.order_of(contact, placed_at=NOON + HOUR)
    plan(journey, NOON + 5 * HOUR)
    assert followups.verdicts(contact) == ["exit_ordered"]


def test_next_step_waits_from_the_trigger_or_from_the_step_before(store):
    journey = followups.make_journey(
        store, {}, {"wait_hours": 72}, {"wait_from": "previous", "wait_hours": 48, "category_waits": {"Coffee": 96}}
    )
    factories.make_product(store, sku="beans", category="Coffee")
    contact = followups.make_contact(store)
    order = followups.order_of(contact, lines=[{"sku": "beans", "quantity": 1, "price_minor": 900}])
    run = followups.make_run(journey, contact, order)
    due = []
    for _ in range(3):
        run.refresh_from_db()
        due.append(run.due_at)
        plan(journey, run.due_at)
    assert due == [NOON, NOON - DAY + 72 * HOUR, NOON - DAY + 72 * HOUR + 96 * HOUR]
    run.refresh_from_db()
    assert run.ended_reason == "completed"
