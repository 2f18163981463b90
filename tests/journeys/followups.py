"""Customers, journeys and what becomes of them, for tests of what comes after the order."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from experiments.assignment.allocation import is_message_held_out
from experiments.models import Experiment, Order, Store
from journeys import message_holdout
from journeys.models import (
    Address,
    ConsentBasis,
    ConsentRecord,
    Contact,
    CustomerMessage,
    Journey,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    Run,
    Sender,
    SendPoint,
    Trigger,
)
from journeys.planning.batch import plan_batch
from tests import factories
from tests.factories import NOON

NUMBER = count(1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LAUNCH = NOON - 30 * DAY


def make_sending_store(**fields: Any) -> Store:
    """A store in UTC that sends messages, at any hour and as often as it likes but for what is said otherwise."""
    given = {"is_on": True, "quiet_from": 0, "quiet_until": 0, "weekly_cap": 100}
    store = factories.make_store(timezone="UTC")
    Sender.objects.create(store=store, **given | fields)
    return store


def make_contact(store: Store, key: str = "", *, basis: str = ConsentBasis.OPT_IN, **fields: Any) -> Contact:
    """A contact with an address, who has agreed to messages."""
    number = next(NUMBER)
    contact = Contact.objects.create(store=store, customer_key=key or f"i_{number}", **{"seen_at": NOON} | fields)
    address = Address.objects.create(
        store=store, contact=contact, value=b"sealed", key_id="key", digest=f"digest-{number}"
    )
    if basis != ConsentBasis.NONE:
        consent(address, basis)
    return contact


def consent(address: Address, basis: str, at: datetime = LAUNCH, **fields: Any) -> ConsentRecord:
    return ConsentRecord.objects.create(address=address, basis=basis, source="test", said_at=at, **fields)


def make_journey(store: Store, *steps: dict[str, Any], trigger: str = Trigger.ORDER_PLACED, **fields: Any) -> Journey:
    """A running journey; a step waits a day unless it says otherwise."""
    number = next(NUMBER)
    journey = Journey.objects.create(
        store=store,
        key=f"journey-{number}",
        name=f"Journey {number}",
        status=JourneyStatus.RUNNING,
        started_at=LAUNCH,
    )
    version = JourneyVersion.objects.create(journey=journey, trigger=trigger, launched_at=LAUNCH, **fields)
    for position, step in enumerate(steps or ({},)):
        given = {"key": f"step-{position + 1}", "wait_hours": 24, "window_start": 0, "window_end": 24}
        if "experiment" in step:
            given["control_percent"] = 50
        JourneyStep.objects.create(version=version, position=position, **given | step)
    return journey


def hold_out(store: Store, share: float) -> Experiment:
    """Hold a share of the store's customers out of all messages, and return the experiment that compares them."""
    store.sender.holdout_share = share
    store.sender.save()
    experiment = message_holdout.sync_message_holdout(store, NOON)
    assert experiment is not None
    return experiment


def key_in_arm(store: Store, share: float, *, is_held_out: bool) -> str:
    """A customer's key that the hash holds out, or doesn't: found by trying."""
    keys = (f"i_arm_{next(NUMBER)}" for _ in range(1_000))
    return next(key for key in keys if is_message_held_out(store.slug, key, share) is is_held_out)


def make_step_test(store: Store, **fields: Any) -> Experiment:
    return factories.make_customer_experiment(store, **fields)


def step_of(journey: Journey, position: int = 0) -> JourneyStep:
    return JourneyStep.objects.get(version__journey=journey, position=position)


def make_run(journey: Journey, contact: Contact, order: Order | None = None, **fields: Any) -> Run:
    """A run whose first step is due at noon."""
    version = journey.versions.get()
    given = {"occasion": f"occasion {next(NUMBER)}", "triggered_at": NOON - DAY, "due_at": NOON}
    return Run.objects.create(
        store_id=journey.store_id, journey=journey, version=version, contact=contact, order=order, **given | fields
    )


def plan(journey: Journey, now: datetime = NOON, limit: int = 500) -> None:
    """Plan all that is due by now, in as many batches as it takes."""
    batch = plan_batch(journey.pk, now, limit)
    while batch.has_more:
        batch = plan_batch(journey.pk, now, limit)


def order_of(contact: Contact, **fields: Any) -> Order:
    """An order of the contact, placed a day before noon."""
    given: dict[str, Any] = {"customer_key": contact.customer_key, "placed_at": NOON - DAY}
    return factories.make_order(contact.store, **given | fields)


def verdicts(contact: Contact) -> list[str]:
    """The contact's verdicts, the oldest first."""
    return list(SendPoint.objects.filter(contact=contact).order_by("at", "pk").values_list("verdict", flat=True))


def message_of(contact: Contact) -> CustomerMessage:
    return CustomerMessage.objects.get(contact=contact)
