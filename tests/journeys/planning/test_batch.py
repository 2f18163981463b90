"""What is due becomes send points: one readable reason each, the same filters for both arms, and a message in one."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from experiments.accounting.customers import unit_of
from experiments.assignment.allocation import is_message_held_out
from experiments.models import Decision, Exposure, Refund, Status
from journeys.models import (
    ConsentBasis,
    Contract,
    CustomerMessage,
    Friction,
    MessageEvent,
    QuestionAnswer,
    Run,
    SendPoint,
    SendVerdict,
    Suppression,
)
from journeys.planning.batch import plan_batch
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def journey(store):
    return followups.make_journey(store)


def plan(journey, now=NOON, limit=500):
    batch = plan_batch(journey.pk, now, limit)
    while batch.has_more:
        batch = plan_batch(journey.pk, now, limit)


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


def hold_no_address(store, contact, run):
    contact.addresses.all().delete()


def hold_no_consent(store, contact, run):
    followups.consent(contact.addresses.get(), ConsentBasis.NONE, NOON - HOUR)


def hold_soft_opt_in(store, contact, run):
    contact.addresses.get().consent_records.all().delete()
    followups.consent(contact.addresses.get(), ConsentBasis.SOFT_OPT_IN, NOON - HOUR, categories=["Pots"])


def hold_suppressed(store, contact, run):
    digest = contact.addresses.get().digest
    Suppression.objects.create(store=store, digest=digest, reason="unsubscribed", at=NOON)


def hold_dead_address(store, contact, run):
    contact.addresses.update(state="dead")


def hold_store_holdout(store, contact, run):
    run.order.visitor_id = "v_1"
    run.order.save()
    store.holdout_share = 1
    store.save()


def hold_message_holdout(store, contact, run):
    store.sender.holdout_share = 0.5
    store.sender.save()
    # half of the keys: found by trying, as the hash decides
    keys = (f"i_held_{number}" for number in range(100))
    contact.customer_key = next(key for key in keys if is_message_held_out(store.slug, key, 0.5))
    contact.save()


def hold_friction(store, contact, run):
    Friction.objects.create(contact=contact, kind="ticket", external_id="1", source="api", opened_at=NOON - HOUR)


def hold_friction_until(store, contact, run):
    contact.friction_until = NOON + HOUR
    contact.save()


def hold_ordered_recently(store, contact, run):
    run.version.exits = []
    run.version.save()
    followups.order_of(contact, placed_at=NOON - HOUR)


def hold_exit_ordered(store, contact, run):
    followups.order_of(contact, placed_at=NOON - HOUR)


def hold_exit_undone(store, contact, run):
    Refund.objects.create(order=run.order, external_id="r", amount_minor=100, refunded_at=NOON)


def hold_canceled_order(store, contact, run):
    run.order.status = "cancelled"
    run.order.save()


def hold_capped(store, contact, run):
    store.sender.weekly_cap = 1
    store.sender.save()
    other = followups.make_run(run.journey, contact, ended_at=NOON - DAY)
    SendPoint.objects.create(
        run=other,
        step=followups.step_of(run.journey),
        store=store,
        contact=contact,
        at=NOON - 6 * DAY,
        verdict="control",
    )


def offering(store, run, **fields):
    product = factories.make_product(store, sku="pot", category="Pots")
    offer = factories.make_offer(store, product, **fields)
    step = followups.step_of(run.journey)
    step.document = {"offer": offer.key}
    step.save()
    return product


def hold_owned(store, contact, run):
    offering(store, run)
    followups.order_of(contact, placed_at=NOON - 9 * DAY, lines=[{"sku": "pot", "quantity": 1, "price_minor": 900}])


def hold_offer_closed(store, contact, run):
    offering(store, run, ends_at=NOON)


def hold_deleted_offer(store, contact, run):
    step = followups.step_of(run.journey)
    step.document = {"offer": "gone"}
    step.save()


def hold_out_of_stock(store, contact, run):
    product = offering(store, run)
    product.stock = 0
    product.save()


def hold_condition(store, contact, run):
    step = followups.step_of(run.journey)
    step.condition = {"kind": "clicked_not_bought"}
    step.save()


def hold_too_late(store, contact, run):
    run.due_at = NOON - DAY - timedelta(seconds=1)
    run.save()


def hold_no_hours(store, contact, run):
    store.sender.quiet_from, store.sender.quiet_until = 0, 24
    store.sender.save()


def hold_contract(store, contact, run):
    run.contract = Contract.objects.create(
        store=store, contact=contact, external_id="1", ends_at=NOON + DAY, cancelled_at=NOON, updated_at=NOON
    )
    run.contract_ends_at = NOON + DAY
    run.save()


def hold_answered(store, contact, run):
    run.version.exits = ["answered"]
    run.version.save()
    message = earlier_message(store, contact, run)
    QuestionAnswer.objects.create(message=message, contact=contact, question="q", tag="size", at=NOON - HOUR)


def hold_accepted(store, contact, run):
    run.version.exits = ["accepted"]
    run.version.save()
    MessageEvent.objects.create(message=earlier_message(store, contact, run), kind="accepted", at=NOON - HOUR)


def earlier_message(store, contact, run):
    """A message of the run's own journey, by a step before."""
    step = followups.step_of(run.journey)
    step.pk, step.position, step.key = None, 7, "before"
    step.save()
    point = SendPoint.objects.create(
        run=run, step=step, store=store, contact=contact, at=NOON - 10 * DAY, verdict="send"
    )
    address = contact.addresses.get()
    return CustomerMessage.objects.create(
        store=store,
        send_point=point,
        contact=contact,
        address=address,
        address_digest=address.digest,
        consent=address.consent_records.first(),
        planned_at=NOON,
        send_by=NOON,
        next_attempt_at=NOON,
    )


HOLDS = [
    (hold_no_address, SendVerdict.NO_ADDRESS),
    (hold_no_consent, SendVerdict.NO_CONSENT),
    (hold_soft_opt_in, SendVerdict.NO_CONSENT),
    (hold_suppressed, SendVerdict.SUPPRESSED),
    (hold_dead_address, SendVerdict.SUPPRESSED),
    (hold_store_holdout, SendVerdict.STORE_HOLDOUT),
    (hold_message_holdout, SendVerdict.MESSAGE_HOLDOUT),
    (hold_friction, SendVerdict.FRICTION),
    (hold_friction_until, SendVerdict.FRICTION),
    (hold_ordered_recently, SendVerdict.ORDERED_RECENTLY),
    (hold_exit_ordered, SendVerdict.EXIT_ORDERED),
    (hold_exit_undone, SendVerdict.EXIT_UNDONE),
    (hold_canceled_order, SendVerdict.EXIT_UNDONE),
    (hold_capped, SendVerdict.CAPPED),
    (hold_owned, SendVerdict.OWNED),
    (hold_offer_closed, SendVerdict.OFFER_CLOSED),
    (hold_deleted_offer, SendVerdict.OFFER_CLOSED),
    (hold_out_of_stock, SendVerdict.OUT_OF_STOCK),
    (hold_condition, SendVerdict.NOT_MET),
    (hold_too_late, SendVerdict.TOO_LATE),
    (hold_no_hours, SendVerdict.NO_HOURS),
    (hold_contract, SendVerdict.EXIT_CONTRACT),
    (hold_answered, SendVerdict.EXIT_ANSWERED),
    (hold_accepted, SendVerdict.EXIT_ACCEPTED),
]


def test_what_nothing_holds_back_is_sent_in_the_same_world(store, journey):
    contact = followups.make_contact(store)
    followups.make_run(journey, contact, followups.order_of(contact))
    plan(journey)
    assert followups.verdicts(contact) == ["send"]


@pytest.mark.parametrize(("hold", "verdict"), HOLDS)
def test_what_holds_a_message_back_is_its_one_reason_and_exposes_nobody(store, hold, verdict):
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment})
    contact = followups.make_contact(store)
    run = followups.make_run(journey, contact, followups.order_of(contact))
    hold(store, contact, run)
    plan(journey)
    newest = SendPoint.objects.filter(contact=contact).latest("pk")
    assert newest.verdict == verdict
    assert not Exposure.objects.exists()
    assert not CustomerMessage.objects.filter(planned_at=NOON, send_point=newest).exists()
    run.refresh_from_db()
    assert (run.ended_reason == verdict) == verdict.startswith("exit_")


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


def test_plan_batch_takes_as_many_statements_for_many_runs_as_for_few(store, django_assert_max_num_queries):
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment, "document": {}})
    counts = []
    for size in (2, 30):
        for _ in range(size):
            contact = followups.make_contact(store)
            followups.make_run(journey, contact, followups.order_of(contact))
        with django_assert_max_num_queries(45) as queries:
            plan_batch(journey.pk, NOON)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


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
