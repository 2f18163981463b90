"""A store's journeys and a customer whom they reached, for tests that walk the console: see ``console_story``."""

from datetime import datetime, timedelta
from io import BytesIO

from experiments.models import Order, Store
from journeys.contact_files import stored_files
from journeys.life.drafts import create_journey
from journeys.life.templates import journey_templates
from journeys.models import (
    Contact,
    ContactFile,
    Contract,
    CustomerMessage,
    Friction,
    Journey,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    Run,
    SendPoint,
)
from tests import factories

CONTACT = 4711  # in the addresses of ``console_pages``
ADDRESS = "zz-customer@zz.example"
HOUR = timedelta(hours=1)
BAD_ROWS = (
    "zz;;;;",
    ";;;;",
    "zz@zz.example;zz;zz;=zz;",
    "zz@zz.example;opt_in;;;",
    "zz@zz.example;opt_in;2099-01-01;;",
)


def make_journeys(store: Store, now: datetime) -> None:
    """A draft from each of three templates, a running journey, a paused one, and whom the running one reached."""
    for key in ("check-in", "subject-lines", "seasonal"):
        create_journey(journey_templates()[key], store, key=f"zz-{key}", name="Черновик", actor="zz-editor")
    make_launched(store, now, key="zz-paused", status=JourneyStatus.PAUSED, paused_reason="Перерыв")
    make_contact_files(store, now)
    reach(make_customer(store, now), make_launched(store, now, key="zz-running", status=JourneyStatus.RUNNING), now)


def make_contact_files(store: Store, now: datetime) -> None:
    """A file in each state: checked with errors of each kind, being imported, imported, and failed."""
    body = "\n".join(("email;consent;at;source;zz", "zz-new@zz.example;opt_in;2026-01-01;zz;zz", *BAD_ROWS)).encode()
    known = stored_files.check_upload(store, BytesIO(body), "contacts", actor="zz-editor", now=now)
    ContactFile.objects.filter(pk=known.pk).update(id=CONTACT)
    common = {"store": store, "key_id": "zz", "uploaded_by": "zz-editor", "uploaded_at": now, "rows": 9}
    ContactFile.objects.create(pk=4712, kind="opt_outs", state="importing", done=5, **common)
    outcome = dict.fromkeys(("opt_in", "none", "nothing", "new_addresses", "opted_in_again", "still_opted_out"), 3)
    ContactFile.objects.create(
        pk=4713, kind="contacts", state="done", done=9, outcome=outcome, finished_at=now, bad_rows=120, errors=[],
        **common,
    )  # fmt: skip
    ContactFile.objects.create(pk=4714, kind="opt_outs", state="failed", outcome={"unreadable": 1}, **common)


def make_launched(store: Store, now: datetime, **fields: str) -> Journey:
    """A journey of two steps, launched two weeks ago."""
    launch = now - timedelta(days=14)
    journey = Journey.objects.create(store=store, name="После заказа", started_at=launch, **fields)
    version = JourneyVersion.objects.create(journey=journey, trigger="order_placed", launched_at=launch)
    document = {"subject": "Чай", "blocks": [{"kind": "text", "id": "text1", "text": "Чай"}]}
    for position, key in enumerate(("zz-first", "zz-second")):
        JourneyStep.objects.create(
            version=version, position=position, key=key, wait_hours=24 * (position + 1), document=document
        )
    return journey


def make_customer(store: Store, now: datetime) -> Contact:
    """A customer with an order, an address, a consent, a problem and a contract."""
    contact = factories.make_contact(store, pk=CONTACT, customer_key="zz-customer", locale="zz", seen_at=now)
    Order.objects.filter(store=store, external_id="zz-1").update(customer_key=contact.customer_key)
    address = factories.make_address(contact, ADDRESS)
    factories.make_consent(address, source="zz", wording_version="zz", said_at=now - 20 * HOUR)
    contact.friction_until = now + 20 * HOUR
    contact.save()
    Friction.objects.create(contact=contact, kind="ticket", external_id="zz-ticket", source="zz", opened_at=now - HOUR)
    Contract.objects.create(
        store=store, contact=contact, external_id="zz-contract", ends_at=now + 99 * HOUR, updated_at=now
    )
    return contact


def reach(contact: Contact, journey: Journey, now: datetime) -> None:
    """A run whose first message failed and whose second was held back, and one that waits."""
    order, version = Order.objects.get(store=journey.store_id, external_id="zz-1"), journey.versions.get()
    first, second = version.steps.order_by("position")
    common = {"store": journey.store, "contact": contact}
    run, _waiting = (
        Run.objects.create(
            journey=journey, version=version, order=order, occasion=occasion, triggered_at=now - 9 * HOUR,
            due_at=now + HOUR, **common,
        )
        for occasion in ("zz-1", "zz-2")
    )  # fmt: skip
    point = SendPoint.objects.create(run=run, step=first, at=now - 3 * HOUR, verdict="send", **common)
    SendPoint.objects.create(run=run, step=second, at=now - 2 * HOUR, verdict="no_hours", **common)
    address = contact.addresses.get()
    CustomerMessage.objects.create(
        send_point=point, address=address, address_digest=address.digest, consent=address.consent_records.get(),
        state="failed", reason="rejected", planned_at=point.at, send_by=point.at, next_attempt_at=point.at, **common,
    )  # fmt: skip
