"""What holds a message back is the one reason of its send point, the same for both arms."""

from datetime import timedelta

import pytest

from experiments.models import Exposure
from journeys.models import (
    ConsentBasis,
    CustomerMessage,
    SendPoint,
    StageSettings,
)
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR, plan
from tests.journeys.planning.holds import HOLDS, declined_on_site, hold_owned, known_as, offering

pytestmark = pytest.mark.django_db


def test_what_nothing_holds_back_is_sent_in_the_same_world(store, journey):
    contact = followups.make_contact(store)
    followups.make_run(journey, contact, followups.order_of(contact))
    plan(journey)
    assert followups.verdicts(contact) == ["send"]


# What is asked before the holdout of messages, in the order of the design: nobody whom it holds back is compared.
BEFORE_HOLDOUT = ("exit_", "no_address", "no_consent", "suppressed", "store_holdout")


@pytest.mark.parametrize(("hold", "verdict"), HOLDS)
def test_what_holds_a_message_back_is_its_one_reason_and_exposes_nobody_in_the_steps_test(store, hold, verdict):
    experiment = followups.make_step_test(store)
    of_messages = followups.hold_out(store, 0.5)
    journey = followups.make_journey(store, {"experiment": experiment})
    contact = followups.make_contact(store, followups.key_in_arm(store, 0.5, is_held_out=False))
    run = followups.make_run(journey, contact, followups.order_of(contact))
    hold(store, contact, run)
    plan(journey)
    newest = SendPoint.objects.filter(contact=contact).latest("pk")
    assert newest.verdict == verdict
    exposed = list(Exposure.objects.values_list("experiment", "variant__key"))
    arm = {"message_holdout": "held-out"}.get(verdict, "messages")
    assert exposed == [(of_messages.pk, arm)] * (not verdict.startswith(BEFORE_HOLDOUT))
    assert not CustomerMessage.objects.filter(planned_at=NOON, send_point=newest).exists()
    run.refresh_from_db()
    assert (run.ended_reason == verdict) == verdict.startswith("exit_")


@pytest.mark.parametrize(
    ("is_product", "decline"),
    [
        (False, {"ago": DAY}),  # of another product, and as long ago as the site is silent
        (True, {"ago": 30 * DAY}),
        (True, {"ago": HOUR, "props": {"undone": True}}),
        (True, {"ago": HOUR, "visitor_id": "v_2"}),
        (True, {"ago": HOUR, "type": "click"}),
        (True, {"ago": -HOUR}),  # by a clock that is ahead
    ],
)
def test_what_was_declined_otherwise_holds_nothing_back(store, journey, is_product, decline):
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact, followups.order_of(contact))
    known_as(run)
    offered = offering(store, run)
    declined = offered if is_product else factories.make_product(store)
    declined_on_site(store, factories.make_offer(store, declined), **decline)
    plan(journey)
    assert followups.verdicts(contact) == ["send"]


def accepted_after_no(store, *, ago, **fields):
    """A visitor took a second offer that long before noon, after a no to the first."""
    product = factories.make_product(store)
    given = {"accepted_at": NOON - ago, "step": "declined"}
    factories.make_acceptance(factories.make_offer(store, product), factories.make_experiment(store), **given | fields)


def test_second_offer_that_was_accepted_after_a_no_ends_the_silence_in_both_arms(store):
    journey = followups.make_journey(store, {"experiment": followups.make_step_test(store)})
    contacts = []
    for number in range(8):
        contact, visitor_id = followups.make_contact(store), f"v_{number}"
        known_as(followups.make_run(journey, contact, followups.order_of(contact)), visitor_id)
        declined_on_site(store, factories.make_offer(store), ago=HOUR, visitor_id=visitor_id)
        accepted_after_no(store, ago=HOUR - timedelta(seconds=20), visitor_id=visitor_id)
        contacts.append(contact)
    plan(journey)
    found = [verdict for contact in contacts for verdict in followups.verdicts(contact)]
    assert len(found) == 8
    assert set(found) == {"send", "control"}


@pytest.mark.parametrize(
    ("is_product", "accepted"),
    [
        (False, {"ago": 2 * HOUR}),  # before this no
        (False, {"ago": HOUR / 2, "step": ""}),  # a first offer: the no to another one stands
        (False, {"ago": HOUR / 2, "visitor_id": "v_2"}),
        (False, {"ago": -HOUR}),  # not yet
        (True, {"ago": HOUR / 2}),  # something else: the product is still what they said no to
    ],
)
def test_no_stands_where_nothing_was_accepted_after_it(store, journey, is_product, accepted):
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact, followups.order_of(contact))
    known_as(run)
    offered = offering(store, run)
    declined = offered if is_product else factories.make_product(store)
    declined_on_site(store, factories.make_offer(store, declined), ago=HOUR)
    accepted_after_no(store, **accepted)
    plan(journey)
    assert followups.verdicts(contact) == ["declined"]


def test_declines_of_a_visitor_of_another_store_hold_nothing_back(store, journey):
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact, followups.order_of(contact))
    known_as(run)
    other = factories.make_store()
    declined_on_site(other, factories.make_offer(other), ago=HOUR)
    plan(journey)
    assert followups.verdicts(contact) == ["send"]


def test_soft_opt_in_counts_for_similar_products_where_the_store_says_so(store, journey):
    run = followups.make_run(journey, followups.make_contact(store, basis=ConsentBasis.NONE))
    offering(store, run)
    for category in ("Pots", "Cups"):
        contact = followups.make_contact(store, basis=ConsentBasis.NONE)
        followups.consent(contact.addresses.get(), ConsentBasis.SOFT_OPT_IN, categories=[category])
        followups.make_run(journey, contact)
    store.sender.is_soft_opt_in = True
    store.sender.save()
    plan(journey)
    verdicts = list(SendPoint.objects.order_by("contact_id").values_list("verdict", flat=True))
    assert verdicts == ["no_consent", "send", "no_consent"]


@pytest.mark.parametrize(("topic", "verdict"), [("care", "no_consent"), ("news", "send")])
def test_consent_is_what_was_said_last_of_all_offers_or_of_the_steps_topic(store, topic, verdict):
    journey = followups.make_journey(store, {"topic": topic})
    contact = followups.make_contact(store)
    followups.consent(contact.addresses.get(), ConsentBasis.NONE, NOON - HOUR, topic="care")
    followups.make_run(journey, contact)
    plan(journey)
    assert followups.verdicts(contact) == [verdict]


def test_owner_of_the_product_gets_what_is_for_owners(store):
    journey = followups.make_journey(store, {"is_for_owners": True})
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact)
    hold_owned(store, contact, run)
    run.version.exits = []
    plan(journey)
    assert followups.verdicts(contact) == ["send"]


def test_send_point_of_a_week_ago_caps_no_more_and_one_held_back_never_did(store, journey):
    store.sender.weekly_cap = 1
    store.sender.save()
    step = followups.step_of(journey)
    contacts = [followups.make_contact(store) for _ in range(2)]
    before = ((NOON - 7 * DAY, "send"), (NOON - DAY, "friction"))
    for contact, (at, verdict) in zip(contacts, before, strict=True):
        other = followups.make_run(journey, contact, ended_at=NOON)
        SendPoint.objects.create(run=other, step=step, store=store, contact=contact, at=at, verdict=verdict)
        followups.make_run(journey, contact)
    plan(journey)
    assert [followups.verdicts(contact)[-1] for contact in contacts] == ["send", "send"]


def test_two_runs_of_one_contact_in_a_batch_see_each_others_send_point(store, journey):
    store.sender.weekly_cap = 1
    store.sender.save()
    contact = followups.make_contact(store)
    for _ in range(2):
        followups.make_run(journey, contact)
    plan(journey)
    assert followups.verdicts(contact) == ["send", "capped"]


@pytest.mark.parametrize(
    ("stages", "thresholds", "verdict"),
    [
        (["usage"], {}, "send"),
        (["waiting", "unboxing", "care", "renewal"], {}, "not_met"),
        (["care"], {"": {"care": 8}}, "send"),
    ],
)
def test_step_asks_for_the_stage_by_the_stores_days_whether_or_not_stages_are_on(store, stages, thresholds, verdict):
    StageSettings.objects.create(store=store, thresholds=thresholds)
    journey = followups.make_journey(store, {"condition": {"kind": "stage", "stages": stages}})
    contact = followups.make_contact(store)
    old = followups.order_of(contact, placed_at=NOON - 13 * DAY)  # arrives after four days
    followups.make_run(journey, contact, old, triggered_at=NOON - 13 * DAY)
    plan(journey)
    assert followups.verdicts(contact) == [verdict]


@pytest.mark.parametrize(("is_on", "segments"), [(True, {"stage": "usage"}), (False, {})])
def test_exposure_keeps_the_stage_in_both_arms_where_the_store_has_stages(store, is_on, segments):
    StageSettings.objects.create(store=store, is_on=is_on)
    journey = followups.make_journey(store, {"experiment": followups.make_step_test(store)})
    for _ in range(12):
        contact = followups.make_contact(store)
        order = followups.order_of(contact, placed_at=NOON - 13 * DAY)
        followups.make_run(journey, contact, order, triggered_at=NOON - 13 * DAY)
    plan(journey)
    exposures = Exposure.objects.values_list("variant__key", "segments")
    assert {arm for arm, _segments in exposures} == {"control", "treatment"}
    assert [kept for _arm, kept in exposures] == 12 * [segments]
