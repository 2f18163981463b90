"""What happens one second before a message is handed over still stops it, in whatever order things happen."""

import random
from datetime import timedelta

import pytest

from experiments.accounting.order_data import RefundData
from experiments.accounting.orders import record_order
from experiments.models import Status
from journeys.checks.claims import why_not, why_not_each
from journeys.checks.rules import CheckResult
from journeys.models import (
    AnsweredAct,
    ConsentBasis,
    CustomerMessage,
    Friction,
    JourneyStatus,
    SendPoint,
    SendVerdict,
    Suppression,
)
from journeys.planning.batch import plan_batch
from tests import factories
from tests.experiments.accounting.orders_of_shops import plain_order
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def store():
    return followups.make_sending_store(weekly_cap=1)


def planned_message(store, **step):
    journey = followups.make_journey(store, step)
    contact = followups.make_contact(store)
    followups.make_run(journey, contact, followups.order_of(contact))
    plan_batch(journey.pk, NOON)
    return followups.message_of(contact)


def order_again(store, contact, at):
    customer_id = contact.customer_key.removeprefix("i_")
    record_order(store, plain_order(f"again-{contact.pk}", customer_id=customer_id, placed_at=at, updated_at=at))


def pay_back(store, contact, at):
    order = contact.runs.get().order
    version = plain_order(
        order.external_id,
        customer_id=contact.customer_key.removeprefix("i_"),
        placed_at=order.placed_at,
        updated_at=at,
        refunds=(RefundData("r", 100, at),),
    )
    record_order(store, version)


def cancel(store, contact, at):
    order = contact.runs.get().order
    customer_id = contact.customer_key.removeprefix("i_")
    fields = {"customer_id": customer_id, "placed_at": order.placed_at, "updated_at": at, "status": "cancelled"}
    record_order(store, plain_order(order.external_id, **fields))


def open_return(store, contact, at):
    Friction.objects.create(contact=contact, kind="return", external_id="1", source="api", opened_at=at)


def open_ticket(store, contact, at):
    Friction.objects.create(contact=contact, kind="ticket", external_id="1", source="api", opened_at=at)


def opt_out(store, contact, at):
    followups.consent(contact.addresses.get(), ConsentBasis.NONE, at)


def unsubscribe(store, contact, at):
    digest = contact.addresses.get().digest
    Suppression.objects.create(store=store, digest=digest, reason="unsubscribed", at=at)


STOPS = (order_again, pay_back, cancel, open_return, open_ticket, opt_out, unsubscribe)


def test_message_that_nothing_stops_may_go_out_and_is_not_capped_by_itself(store):
    assert why_not(planned_message(store), NOON) == CheckResult()


@pytest.mark.slow
@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.long)])
def test_whatever_happens_a_second_before_the_claim_stops_the_message(store, count):
    journey = followups.make_journey(store)
    contacts = [followups.make_contact(store) for _ in range(count)]
    for contact in contacts:
        followups.make_run(journey, contact, followups.order_of(contact))
    while plan_batch(journey.pk, NOON).runs:
        pass
    chance = random.Random(18)
    acts = [("stop", contact) for contact in contacts] + [("claim", contact) for contact in contacts]
    chance.shuffle(acts)
    stopped, wrong = set(), []
    for number, (act, contact) in enumerate(acts):
        at = NOON + number * SECOND
        if act == "stop":
            chance.choice(STOPS)(store, contact, at)
            stopped.add(contact.pk)
        elif why_not(followups.message_of(contact), at + SECOND).may_go_out == (contact.pk in stopped):
            wrong.append(contact.pk)
    assert wrong == []
    assert len(stopped) == count


def close_offer(store, message):
    step = message.send_point.step
    step.document = {"offer": factories.make_offer(store, ends_at=NOON).key}
    step.save()


def end_journey(store, message):
    journey = message.send_point.run.journey
    journey.status = JourneyStatus.ENDED
    journey.save()


def stop_test(store, message):
    step = message.send_point.step
    step.experiment = followups.make_step_test(store, status=Status.STOPPED)
    step.save()


def erase_address(store, message):
    message.address.delete()


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (close_offer, SendVerdict.OFFER_CLOSED),
        (end_journey, SendVerdict.JOURNEY_ENDED),
        (stop_test, SendVerdict.TEST_ENDED),
        (erase_address, SendVerdict.NO_ADDRESS),
    ],
)
def test_message_whose_offer_journey_test_or_address_is_gone_never_goes_out(store, act, verdict):
    message = planned_message(store)
    act(store, message)
    assert why_not(message, NOON + SECOND) == CheckResult(verdict)


def test_pause_of_journey_or_test_keeps_the_message_until_its_end(store):
    message = planned_message(store)
    step = message.send_point.step
    step.experiment = followups.make_step_test(store)
    step.save()
    for paused in (message.send_point.run.journey, step.experiment):
        paused.status = "paused"
        paused.save()
        assert why_not(message, NOON) == CheckResult(retry_at=NOON + timedelta(minutes=5))
        paused.status = "running"
        paused.save()
    assert why_not(message, NOON).may_go_out


def test_message_that_waited_into_quiet_hours_goes_out_after_them(store):
    store.sender.quiet_from, store.sender.quiet_until = 21, 8
    store.sender.save()
    message = planned_message(store)
    assert why_not(message, NOON + 10 * HOUR) == CheckResult(retry_at=NOON + 20 * HOUR)


def test_consent_to_another_address_is_no_consent_to_this_one(store):
    message = planned_message(store)
    followups.consent(message.address, ConsentBasis.NONE, NOON)
    other = message.contact.addresses.create(store=store, value=b"x", key_id="k", digest="other")
    followups.consent(other, ConsentBasis.OPT_IN, NOON)
    assert why_not(message, NOON) == CheckResult(SendVerdict.NO_CONSENT)


def test_why_not_each_takes_as_many_statements_for_many_messages_as_for_few(store, django_assert_num_queries):
    journey = followups.make_journey(store)
    for number in range(6):
        contact = followups.make_contact(store)
        followups.make_run(journey, contact, followups.order_of(contact, visitor_id=f"v_{number}"))
    plan_batch(journey.pk, NOON)
    messages = list(CustomerMessage.objects.all())
    with django_assert_num_queries(9):
        assert set(why_not_each([message.pk for message in messages[:2]], NOON).values()) == {CheckResult()}
    with django_assert_num_queries(9):
        assert len(why_not_each([message.pk for message in messages], NOON)) == 6


def test_service_message_answers_an_act_and_is_never_held_back_here(store):
    contact = followups.make_contact(store)
    message = CustomerMessage.objects.create(
        store=store,
        contact=contact,
        address=contact.addresses.get(),
        address_digest="d",
        answered_act=AnsweredAct.PREFERENCES_SAVED,
        planned_at=NOON,
        send_by=NOON + DAY,
        next_attempt_at=NOON,
    )
    assert why_not(message, NOON).may_go_out
    assert not SendPoint.objects.exists()
