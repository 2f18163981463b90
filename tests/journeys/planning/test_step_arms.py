"""A step that is a test exposes both arms, and keeps what a contact got first."""

import pytest

from experiments.accounting.customers import unit_of
from experiments.models import Decision, Exposure, Status
from journeys.models import (
    CustomerMessage,
    SendPoint,
)
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_test_of_a_step_gives_both_arms_an_exposure_and_one_a_message(store):
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment})
    for _ in range(40):
        contact = followups.make_contact(store)
        followups.make_run(journey, contact, followups.order_of(contact, subtotal_minor=7_000, discount_minor=500))
    plan(journey, limit=7)
    points = SendPoint.objects.select_related("variant", "contact")
    assert {point.verdict for point in points} == {"send", "control"}
    exposures = {exposure.visitor_id: exposure for exposure in Exposure.objects.filter(experiment=experiment)}
    assert len(exposures) == 40
    for point in points:
        exposure = exposures[unit_of(point.contact.customer_key)]
        assert exposure.variant == point.variant
        assert (exposure.exposed_at, exposure.prior_order_minor, exposure.past_orders) == (NOON, 6_500, 1)
        assert (point.verdict == "control") == point.variant.is_control
        assert CustomerMessage.objects.filter(send_point=point).exists() == (point.verdict == "send")


def test_contact_who_was_exposed_before_keeps_the_variant_and_is_exposed_once(store):
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment})
    contact = followups.make_contact(store)
    for hours in (0, 24):
        followups.make_run(journey, contact, due_at=NOON + hours * HOUR)
    plan(journey)
    plan(journey, NOON + DAY)
    assert len(set(SendPoint.objects.values_list("variant", flat=True))) == 1
    exposure = Exposure.objects.get(experiment=experiment)
    assert (exposure.exposed_at, exposure.is_conflicting) == (NOON, False)


@pytest.mark.slow
def test_steps_after_a_control_belong_to_the_treatment_and_keep_their_send_points(store):
    first, second = followups.make_step_test(store), followups.make_step_test(store)
    journey = followups.make_journey(
        store, {"experiment": first}, {"experiment": second, "wait_from": "previous", "wait_hours": 48}
    )
    for _ in range(40):
        followups.make_run(journey, followups.make_contact(store))
    plan(journey)
    plan(journey, NOON + 2 * DAY)
    control = SendPoint.objects.filter(verdict="control", step__position=0).values("contact")
    later = SendPoint.objects.filter(step__position=1)
    of_control = later.filter(contact__in=control)
    assert {(point.verdict, point.variant) for point in of_control} == {("control", None)}
    assert later.count() == 40
    exposed = Exposure.objects.filter(experiment=second).count()
    assert exposed == 40 - len(control)


def test_paused_test_keeps_its_step_waiting_and_another_step_going(store):
    experiment = followups.make_step_test(store, status=Status.PAUSED)
    journey = followups.make_journey(store, {"experiment": experiment}, {})
    waiting = followups.make_run(journey, followups.make_contact(store))
    followups.make_run(journey, followups.make_contact(store), position=1)
    plan(journey)
    assert SendPoint.objects.get().step.position == 1
    experiment.status = Status.RUNNING
    experiment.save()
    plan(journey, NOON + HOUR)
    assert SendPoint.objects.filter(run=waiting).exists()


@pytest.mark.parametrize("decision", [Decision.ROLL_OUT, Decision.KEEP_CONTROL])
def test_step_whose_test_is_over_sends_its_winner_or_nothing(store, decision):
    experiment = followups.make_step_test(store)
    winner = experiment.variants.get(key="treatment")
    experiment.status, experiment.decision = Status.CONCLUDED, decision
    if decision == Decision.ROLL_OUT:
        experiment.rolled_out_variant = winner
    experiment.save()
    journey = followups.make_journey(store, {"experiment": experiment})
    contact = followups.make_contact(store)
    followups.make_run(journey, contact)
    plan(journey)
    assert not Exposure.objects.exists()
    if decision == Decision.ROLL_OUT:
        assert (followups.verdicts(contact), SendPoint.objects.get().variant) == (["send"], winner)
    else:
        assert followups.verdicts(contact) == ["test_ended"]
