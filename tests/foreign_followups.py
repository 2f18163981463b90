"""What comes after a store's orders, for the test that a member of another store sees and touches nothing of it."""

from experiments.models import Store
from journeys.models import ContactFile, Journey, JourneyStep, JourneyVersion, Run, Sender, SendPoint
from tests import factories
from tests.factories import NOON

STEP = "foreign-step"  # the key of the journey's step


def make_followups(store: Store, mark: str, *, key: str, pk: int) -> None:
    """A running journey of one step under the key, a draft of its next version, and whom it reached under the ID; with
    the mark in every text."""
    Sender.objects.create(store=store, name=mark, address="shop@foreign.example", is_on=True)
    contact = factories.make_contact(store, pk=pk, customer_key=mark)
    address = factories.make_address(contact, f"{mark}@shop.example")
    factories.make_consent(address, source=mark)
    ContactFile.objects.create(
        pk=pk, store=store, kind="contacts", uploaded_by=mark, uploaded_at=NOON, rows=1, errors=[mark]
    )
    journey = Journey.objects.create(store=store, key=key, name=mark, status="running", started_at=NOON)
    for number, launched_at in ((1, NOON), (2, None)):
        version = JourneyVersion.objects.create(
            journey=journey, number=number, trigger="order_placed", launched_at=launched_at
        )
        JourneyStep.objects.create(version=version, position=0, key=STEP, document={"subject": mark, "blocks": []})
    launched = journey.versions.get(number=1)
    run = Run.objects.create(
        store=store, journey=journey, version=launched, contact=contact, occasion=mark, triggered_at=NOON, due_at=NOON
    )
    SendPoint.objects.create(
        run=run, step=launched.steps.get(), store=store, contact=contact, at=NOON, verdict="control"
    )
