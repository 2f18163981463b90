"""Messages that wait to be sent, and all that they rest on."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from experiments.models import Store
from journeys.models import (
    CustomerMessage,
    Journey,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    Run,
    Sender,
    SendPoint,
    SendVerdict,
    Trigger,
)
from tests import factories

NUMBERS = count(1)
WORDS: dict[str, Any] = {
    "subject": "How is the mug?",
    "blocks": [{"kind": "text", "id": "t", "text": "Rinse it with warm water."}],
}


def make_sender(store: Store, **fields: Any) -> Sender:
    defaults = {
        "is_on": True,
        "name": "Tea shop",
        "address": "hello@tea.example",
        "postal_address": "Tea Ltd, 1 Quay Street, Bristol",
        "per_minute": 100_000,
        # at any hour: these tests go by the real clock
        "quiet_from": 0,
        "quiet_until": 0,
    }
    return Sender.objects.create(store=store, **defaults | fields)


def make_step(store: Store, **fields: Any) -> JourneyStep:
    """A step of a journey that runs."""
    key = f"care-{next(NUMBERS)}"
    journey = Journey.objects.create(store=store, key=key, name="Care", status=JourneyStatus.RUNNING)
    version = JourneyVersion.objects.create(journey=journey, trigger=Trigger.DELIVERED, launched_at=timezone.now())
    return JourneyStep.objects.create(
        version=version,
        **{"position": 0, "key": "care", "document": WORDS, "window_start": 0, "window_end": 24} | fields,
    )


def make_message(step: JourneyStep, address: str = "", **fields: Any) -> CustomerMessage:
    """A planned message of a step to a contact of its own."""
    journey, now = step.version.journey, timezone.now()
    contact = factories.make_contact(journey.store)
    row = factories.make_address(contact, address)
    consent = factories.make_consent(row)
    run = Run.objects.create(
        store=journey.store, journey=journey, version=step.version, contact=contact, triggered_at=now, due_at=now
    )
    point = SendPoint.objects.create(
        run=run, step=step, store=journey.store, contact=contact, at=now, verdict=SendVerdict.SEND
    )
    defaults = {
        "store": journey.store,
        "send_point": point,
        "contact": contact,
        "address": row,
        "address_digest": row.digest,
        "consent": consent,
        "planned_at": now,
        "send_by": now + timedelta(hours=24),
        "next_attempt_at": now,
    }
    return CustomerMessage.objects.create(**defaults | fields)
