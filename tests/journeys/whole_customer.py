"""A customer with a row in every table that is about customers, for tests of what becomes of all of them."""

from checkout_widgets.models import ConfirmationAnswer, HeldProduct
from experiments.models import Store
from journeys import friction
from journeys.models import (
    Contact,
    ContactStage,
    Contract,
    CustomerMessage,
    Friction,
    Journey,
    JourneyStep,
    JourneyVersion,
    MessageEvent,
    QuestionAnswer,
    Run,
    SendPoint,
    Shipment,
    Suppression,
)
from tests import factories
from tests.factories import NOON


def customer_with_everything(store: Store, key: str, text: str, customer_id: str = "") -> Contact:
    """A contact with a row in every table of the data map."""
    contact = factories.make_contact(store, customer_key=key)
    address = factories.make_address(contact, text)
    consent = factories.make_consent(address)
    order = factories.make_order(store, customer_key=key, customer_id=customer_id, visitor_id=f"v_{contact.pk}")
    Shipment.objects.create(order=order, external_id="p", source="api", updated_at=NOON)
    number = next(factories.NUMBER)
    journey = Journey.objects.create(store=store, key=f"j{number}", name="Care")
    version = JourneyVersion.objects.create(journey=journey, trigger="delivered")
    step = JourneyStep.objects.create(version=version, position=0, key="care")
    run = Run.objects.create(
        store=store, journey=journey, version=version, contact=contact, order=order, triggered_at=NOON, due_at=NOON
    )
    point = SendPoint.objects.create(run=run, step=step, store=store, contact=contact, at=NOON, verdict="send")
    message = CustomerMessage.objects.create(
        store=store,
        send_point=point,
        contact=contact,
        address=address,
        address_digest=address.digest,
        consent=consent,
        planned_at=NOON,
        send_by=NOON,
        next_attempt_at=NOON,
    )
    MessageEvent.objects.create(message=message, kind="delivered", at=NOON)
    QuestionAnswer.objects.create(message=message, contact=contact, question="q", tag="t", at=NOON)
    ConfirmationAnswer.objects.create(
        store=store, visitor_id=f"v_{contact.pk}", number=1, tag="t", at=NOON, customer_key=key
    )
    HeldProduct.objects.create(store=store, visitor_id=f"v_{contact.pk}", sku="tea", at=NOON)
    Contract.objects.create(store=store, contact=contact, external_id=f"c{number}", ends_at=NOON, updated_at=NOON)
    Friction.objects.create(contact=contact, kind="ticket", external_id="t", source="api", opened_at=NOON)
    ContactStage.objects.create(contact=contact, store=store, order=order, arrived_at=NOON)
    friction.recompute(contact)
    Suppression.objects.create(store=store, digest=address.digest, reason="unsubscribed", at=NOON)
    return contact
