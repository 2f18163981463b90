"""The holdout of messages: who is compared in it, when, and that nothing of that depends on the arm."""

import pytest

from experiments.accounting.merging import merge_customers
from experiments.assignment.allocation import is_message_held_out
from experiments.models import Experiment, Exposure, Source, Status
from journeys import message_holdout
from journeys.models import CustomerMessage, Sender, SendPoint
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan
from tests.journeys.planning import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def journey(store):
    return followups.make_journey(store)


def exposures():
    """Who is compared in which arm, and since when."""
    return set(Exposure.objects.values_list("visitor_id", "variant__key", "exposed_at"))


def test_sync_message_holdout_follows_the_senders_share_and_keeps_old_results(store):
    assert message_holdout.sync_message_holdout(store, NOON) is None
    first = followups.hold_out(store, 0.1)
    assert message_holdout.sync_message_holdout(store, NOON) == first
    assert (first.key, first.unit, first.source, first.attribution_window_days) == (
        "message-holdout", "customer", Source.HOLDOUT, 30,
    )  # fmt: skip
    weights = list(first.variants.values_list("key", "weight", "is_control"))
    assert weights == [("held-out", 1_000, True), ("messages", 9_000, False)]
    factories.make_exposure(first.variants.get(key="messages"), visitor_id="c:i_1")
    second = followups.hold_out(store, 0.2)
    first.refresh_from_db()
    assert (first.key, first.status) == ("message-holdout-until-2026-11-02", Status.STOPPED)
    Sender.objects.update(holdout_share=0)
    message_holdout.sync_all_message_holdouts(NOON)
    assert list(message_holdout.message_holdouts(store)) == [first]
    assert not Experiment.with_holdouts.filter(pk=second.pk).exists()  # it exposed nobody


def test_stores_and_their_holdouts_of_visitors_are_left_alone(store):
    other = followups.make_sending_store(holdout_share=0.3)
    of_visitors = factories.make_holdout(store)
    message_holdout.sync_all_message_holdouts(NOON)
    assert [*message_holdout.message_holdouts(store)] == []
    assert message_holdout.message_holdouts(other).get().variants.get(key="held-out").weight == 3_000
    of_visitors.refresh_from_db()
    assert of_visitors.status == Status.RUNNING


def test_both_arms_are_compared_from_the_same_instant_and_one_gets_messages(store, journey):
    followups.hold_out(store, 0.5)
    contacts = {}
    for is_held_out in (True, False):
        key = followups.key_in_arm(store, 0.5, is_held_out=is_held_out)
        contacts[is_held_out] = followups.make_contact(store, key)
        order = followups.order_of(contacts[is_held_out], subtotal_minor=4_200)
        followups.make_run(journey, contacts[is_held_out], order)
    plan(journey)
    arms = {
        (f"c:{contacts[True].customer_key}", "held-out", NOON),
        (f"c:{contacts[False].customer_key}", "messages", NOON),
    }
    assert exposures() == arms
    assert set(Exposure.objects.values_list("prior_order_minor", flat=True)) == {4_200}
    assert followups.message_of(contacts[False]).state == "planned"
    assert followups.verdicts(contacts[True]) == ["message_holdout"]
    # what comes later changes nothing of it
    for contact in contacts.values():
        followups.make_run(journey, contact, due_at=NOON + 9 * DAY)
    plan(journey, NOON + 9 * DAY)
    assert exposures() == arms


def test_who_waits_for_the_morning_is_compared_from_when_those_held_out_are(store):
    followups.hold_out(store, 0.5)
    night = followups.make_journey(store, {"window_start": 18, "window_end": 20})
    for is_held_out in (True, False):
        key = followups.key_in_arm(store, 0.5, is_held_out=is_held_out)
        followups.make_run(night, followups.make_contact(store, key))
    plan(night)
    assert {at for _, _, at in exposures()} == {NOON}
    plan(night, NOON + 6 * HOUR)
    assert CustomerMessage.objects.count() == 1
    assert len(exposures()) == 2
    assert {at for _, _, at in exposures()} == {NOON}


def who_is_compared(monkeypatch, *, is_flipped: bool):
    """Who is compared since when, in a store with everything that holds messages back, under the hash or its
    opposite."""
    store = followups.make_sending_store(weekly_cap=1)
    followups.hold_out(store, 0.5)
    monkeypatch.setattr(
        "journeys.checks.rules.is_message_held_out",
        lambda salt, key, share: is_message_held_out("salt", key, share) is not is_flipped,
    )
    holding = [None, holds.hold_friction, holds.hold_exit_ordered, holds.hold_no_consent, holds.hold_capped]
    journeys = [followups.make_journey(store, {}, {"wait_hours": 240}), followups.make_journey(store)]
    for number in range(20):
        contact = followups.make_contact(store, f"i_same_{number}")
        order = followups.order_of(contact)
        runs = [followups.make_run(journey, contact, order) for journey in journeys]
        if hold := holding[number % 5]:
            hold(store, contact, runs[0])
    for later in range(0, 12, 3):
        for journey in journeys:
            plan(journey, NOON + later * DAY)
    compared = Exposure.objects.filter(store=store)
    held_out = set(compared.filter(variant__key="held-out").values_list("visitor_id", flat=True))
    return set(compared.values_list("visitor_id", "exposed_at")), held_out


def test_who_is_compared_and_since_when_is_the_same_whoever_is_held_out(monkeypatch):
    found, held_out = who_is_compared(monkeypatch, is_flipped=False)
    with monkeypatch.context() as context:
        other, other_held_out = who_is_compared(context, is_flipped=True)
    assert found == other
    assert len(found) == 12  # of five kinds, those who ordered again and those without consent never come to it
    assert held_out.isdisjoint(other_held_out)
    assert held_out | other_held_out == {unit for unit, _ in found}


def test_who_was_counted_stays_as_counted_where_two_contacts_turn_out_to_be_one(store, journey):
    followups.hold_out(store, 0.5)
    free, held = (followups.key_in_arm(store, 0.5, is_held_out=is_out) for is_out in (False, True))
    contact = followups.make_contact(store, free)
    followups.make_run(journey, contact)
    plan(journey)
    # an account that ordered before, and that the hash would have held out
    merge_customers(store.pk, held, free)
    contact.customer_key = held
    contact.save()
    followups.make_run(journey, contact, due_at=NOON + 8 * DAY)
    plan(journey, NOON + 8 * DAY)
    assert followups.verdicts(contact) == ["send", "send"]
    assert exposures() == {(f"c:{held}", "messages", NOON)}


def test_who_was_counted_under_another_share_is_held_out_by_the_new_one_and_not_counted_again(store, journey):
    first = followups.hold_out(store, 0.2)
    key = followups.key_in_arm(store, 0.2, is_held_out=False)
    while not is_message_held_out(store.slug, key, 0.5):
        key = followups.key_in_arm(store, 0.2, is_held_out=False)
    contact = followups.make_contact(store, key)
    followups.make_run(journey, contact)
    plan(journey)
    followups.hold_out(store, 0.5)
    newcomer = followups.make_contact(store)
    for each in (contact, newcomer):
        followups.make_run(journey, each, due_at=NOON + 8 * DAY)
    plan(journey, NOON + 8 * DAY)
    assert followups.verdicts(contact) == ["send", "message_holdout"]
    counted = set(Exposure.objects.values_list("visitor_id", "experiment"))
    second = message_holdout.message_holdouts(store).get(status=Status.RUNNING)
    assert counted == {(f"c:{key}", first.pk), (f"c:{newcomer.customer_key}", second.pk)}


def test_visitors_known_counts_customers_at_send_points_whose_orders_name_no_visitor(store, journey):
    assert message_holdout.visitors_known(store, NOON).unknown_share is None
    step = followups.step_of(journey)
    for visitor in ({"visitor_id": "v_1"}, {"linked_visitor_id": "v_2"}, {}, None):
        contact = followups.make_contact(store)
        order = followups.order_of(contact, **visitor) if visitor is not None else None
        for age in (1, 100):  # those of more than 90 days ago don't count
            run = followups.make_run(journey, contact, order if age == 1 else None)
            SendPoint.objects.create(
                run=run, step=step, store=store, contact=contact, at=NOON - age * DAY, verdict="send"
            )
    known = message_holdout.visitors_known(store, NOON)
    assert (known.contacts, known.unknown, known.unknown_share) == (4, 2, 0.5)
    assert message_holdout.visitors_known(factories.make_store(), NOON).contacts == 0
