"""What holds a message back: each function lets one thing be so for a contact and the run."""

from datetime import timedelta
from uuid import uuid4

from experiments.models import CustomerSighting, Refund, WidgetEvent
from journeys.models import (
    ConsentBasis,
    Contract,
    CustomerMessage,
    Friction,
    MessageEvent,
    QuestionAnswer,
    SendPoint,
    SendVerdict,
    Suppression,
)
from tests import factories
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY, HOUR
from tests.pair_offers import make_pair_offer


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
    contact.customer_key = followups.key_in_arm(store, 0.5, is_held_out=True)
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


def declined_on_site(store, offer, *, ago, visitor_id="v_1", **fields):
    """A visitor said no to an offer that long before noon."""
    experiment = factories.make_experiment(store)
    variant = experiment.variants.get(key="treatment")
    factories.make_widget(variant, offer)
    at = NOON - ago
    given = {
        "experiment": experiment,
        "variant": variant,
        "moment": "cart",
        "type": "decline",
        "visitor_id": visitor_id,
    }
    given |= {"occurred_at": at, "received_at": at, "month": at.date().replace(day=1), "event_id": uuid4()}
    return WidgetEvent.objects.create(store=store, **given | fields)


def known_as(run, visitor_id="v_1"):
    """The browser in which the run's order was placed."""
    run.order.visitor_id = visitor_id
    run.order.save()


def hold_declined_recently(store, contact, run):
    known_as(run)
    declined_on_site(store, factories.make_offer(store), ago=DAY - timedelta(seconds=1))


def hold_declined_product(store, contact, run):
    known_as(run)
    product = offering(store, run)
    declined_on_site(store, factories.make_offer(store, product), ago=30 * DAY - HOUR)


def hold_declined_second(store, contact, run):
    """At the confirmation, as the second offer, in a browser that is known by a login alone."""
    run.order.customer_id = "77"
    run.order.save()
    CustomerSighting.objects.create(store=store, customer_id="77", visitor_id="v_login", seen_at=NOON)
    product = offering(store, run)
    event = declined_on_site(store, factories.make_offer(store), ago=2 * DAY, visitor_id="v_login")
    event.props = {"offerlift": {"step": "declined"}}
    event.save()
    factories.make_next_widget(event.variant, "declined", factories.make_offer(store, product))


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


def hold_no_pair(store, contact, run):
    step = followups.step_of(run.journey)
    step.document = {"offer": make_pair_offer(store).key}
    step.save()


def hold_untrue_claim(store, contact, run):
    offering(store, run, compare_at_minor=990, price_minor=990)
    step = followups.step_of(run.journey)
    blocks = [{"kind": "text", "id": "t", "text": "Now {saving} less."}]
    step.document |= {"subject": "{saving} less", "blocks": blocks}
    step.save()


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
    (hold_declined_recently, SendVerdict.DECLINED),
    (hold_declined_product, SendVerdict.DECLINED),
    (hold_declined_second, SendVerdict.DECLINED),
    (hold_capped, SendVerdict.CAPPED),
    (hold_owned, SendVerdict.OWNED),
    (hold_offer_closed, SendVerdict.OFFER_CLOSED),
    (hold_deleted_offer, SendVerdict.OFFER_CLOSED),
    (hold_out_of_stock, SendVerdict.OUT_OF_STOCK),
    (hold_no_pair, SendVerdict.NO_PAIR),
    (hold_untrue_claim, SendVerdict.CLAIM_UNTRUE),
    (hold_condition, SendVerdict.NOT_MET),
    (hold_too_late, SendVerdict.TOO_LATE),
    (hold_no_hours, SendVerdict.NO_HOURS),
    (hold_contract, SendVerdict.EXIT_CONTRACT),
    (hold_answered, SendVerdict.EXIT_ANSWERED),
    (hold_accepted, SendVerdict.EXIT_ACCEPTED),
]
