"""What is due becomes send points: one readable reason each, the same filters for both arms, and a message in one."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from journeys.models import (
    CustomerMessage,
    Run,
    SendPoint,
)
from journeys.planning.batch import plan_batch
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan

pytestmark = pytest.mark.django_db


def test_due_run_of_a_plain_step_gives_a_send_point_and_a_message(store, journey):
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact)
    plan(journey)
    point = SendPoint.objects.get()
    assert (point.run, point.step, point.verdict, point.at) == (run, followups.step_of(journey), "send", NOON)
    message = CustomerMessage.objects.get()
    address = contact.addresses.get()
    assert (message.send_point, message.address, message.address_digest) == (point, address, address.digest)
    assert (message.consent, message.state) == (address.consent_records.get(), "planned")
    assert (message.planned_at, message.next_attempt_at, message.send_by) == (NOON, NOON, NOON + DAY)
    run.refresh_from_db()
    assert (run.position, run.ended_at, run.ended_reason) == (1, NOON, "completed")
    contact.refresh_from_db()
    assert contact.last_send_point_at == NOON


def test_run_that_is_not_due_or_has_ended_is_left_alone(store, journey):
    followups.make_run(journey, followups.make_contact(store), due_at=NOON + timedelta(seconds=1))
    followups.make_run(journey, followups.make_contact(store), ended_at=NOON - HOUR)
    plan(journey)
    assert not SendPoint.objects.exists()


@pytest.mark.slow
def test_plan_batch_takes_as_many_statements_for_many_runs_as_for_few(store, django_assert_max_num_queries):
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment, "document": {}})
    counts = []
    for size in (12, 40):  # of fewer, all may be in control
        for _ in range(size):
            contact = followups.make_contact(store)
            followups.make_run(journey, contact, followups.order_of(contact))
        with django_assert_max_num_queries(25) as queries:
            plan_batch(journey.pk, NOON)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_plan_each_run_once():
    store = followups.make_sending_store(weekly_cap=1)
    experiment = followups.make_step_test(store)
    journeys = [followups.make_journey(store, {"experiment": experiment}), followups.make_journey(store)]
    for _ in range(40):
        contact = followups.make_contact(store)
        for journey in journeys:
            followups.make_run(journey, contact)
    faults = []

    def work(order):
        try:
            for journey in order:
                plan(journey, limit=6)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    workers = [Thread(target=work, args=(journeys[::step],)) for step in (1, -1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    for journey in journeys:  # what one skipped because the other had it
        plan(journey)
    assert faults == []
    assert Run.objects.filter(ended_at=None).count() == 0
    assert SendPoint.objects.count() == 80
    # of two journeys each contact has one send point that counts, whichever worker came first
    assert SendPoint.objects.filter(verdict="capped").count() == 40
