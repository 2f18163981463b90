"""A simulated store in the database: contacts, two journeys whose steps are tests, and a test at the cart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.journeys.cases import StoreCase
from bench.journeys.shops import TICKET_DAYS, Customers
from experiments.models import Experiment, Metric, Moment, Store, Variant
from experiments.running import lifecycle
from journeys.life import step_tests
from journeys.models import (
    Address,
    ConsentBasis,
    ConsentRecord,
    Contact,
    Friction,
    FrictionKind,
    Journey,
    JourneyExit,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    Sender,
    Trigger,
    WaitFrom,
)

LAUNCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACTOR = "simulation"
DAY = 24  # hours
LATE_HOURS = 168  # rounds are days apart, so that nothing is held back for that
FIRST = JourneyStep(
    key="first", position=0, wait_hours=DAY, window_start=9, window_end=20, control_percent=50,
    send_within_hours=LATE_HOURS,
)  # fmt: skip
LATER = JourneyStep(
    key="later", position=1, wait_hours=9 * DAY, wait_from=WaitFrom.PREVIOUS, window_start=0, window_end=24,
    control_percent=50, send_within_hours=LATE_HOURS,
)  # fmt: skip
BESIDE = JourneyStep(
    key="beside", position=0, wait_hours=17 * DAY, window_start=0, window_end=24, control_percent=50,
    send_within_hours=LATE_HOURS,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SimulatedStore:
    """A store, its running tests by name and its journeys; ``number`` names it among a case's stores."""

    case: StoreCase
    store: Store
    journeys: list[Journey]
    tests: dict[str, Experiment]
    contact_ids: list[int]

    @property
    def mail_tests(self) -> dict[str, Experiment]:
        """The tests of the journeys' steps."""
        return {name: test for name, test in self.tests.items() if name != "cart"}


def day_of(day: float) -> datetime:
    """Return when it is so many days after the launch."""
    return LAUNCH + timedelta(days=day)


def customer_id_of(customer: int) -> str:
    """Return the shop's ID of a customer."""
    return f"customer-{customer}"


def visitor_of(customer: int) -> str:
    """Return the visitor ID of a customer's one browser."""
    return f"v_{customer:08x}"


def make_store(case: StoreCase, number: int, customers: Customers) -> SimulatedStore:
    """Make a store with its customers and tests, before anybody has ordered."""
    # Holdouts hash it: the same for the same number, whatever was simulated before.
    slug = f"simulated-{case.random_numbers:x}-{number}"
    store = Store.objects.create(
        slug=slug, name=slug, timezone="UTC", site_key=f"pk_{slug}", secret_key=f"sk_{slug}_0123456789abcdef"
    )
    Sender.objects.create(store=store, is_on=True, quiet_from=22, quiet_until=7, weekly_cap=case.shop.weekly_cap)
    contact_ids = make_contacts(store, customers)
    return SimulatedStore(case=case, store=store, journeys=[], tests={}, contact_ids=contact_ids)


def make_contacts(store: Store, customers: Customers) -> list[int]:
    """Make the customers' contacts, consent and tickets. What happens later has its date: checks read it by that."""
    contacts, addresses = [], []
    for customer, is_abroad in enumerate(customers.is_abroad):
        zone = "Asia/Tokyo" if is_abroad else ""
        contact = Contact(store=store, customer_key=f"i_{customer_id_of(customer)}", seen_at=LAUNCH, timezone=zone)
        contacts.append(contact)
    Contact.objects.bulk_create(contacts)
    for customer, contact in enumerate(contacts):
        digest = f"{store.pk}-{customer}"
        addresses.append(Address(store=store, contact=contact, value=b"sealed", key_id="none", digest=digest))
    Address.objects.bulk_create(addresses)
    ConsentRecord.objects.bulk_create(consents_of(addresses, customers))
    Friction.objects.bulk_create(tickets_of(contacts, customers))
    return [contact.pk for contact in contacts]


def consents_of(addresses: list[Address], customers: Customers) -> list[ConsentRecord]:
    """Return what the customers say of messages, and some take back later."""
    records = []
    for address, has_consented, opts_out_on in zip(
        addresses, customers.has_consented, customers.opts_out_on, strict=True
    ):
        if has_consented:
            records.append(consent(address, ConsentBasis.OPT_IN, -60.0))
        if opts_out_on is not None:
            records.append(consent(address, ConsentBasis.NONE, opts_out_on))
    return records


def consent(address: Address, basis: ConsentBasis, day: float) -> ConsentRecord:
    """Return what was said on a day."""
    return ConsentRecord(address=address, basis=basis, source="simulation", said_at=day_of(day))


def tickets_of(contacts: list[Contact], customers: Customers) -> list[Friction]:
    """Return the customers' tickets."""
    tickets = []
    for contact, day in zip(contacts, customers.ticket_on, strict=True):
        if day is not None:
            tickets.append(
                Friction(
                    contact=contact,
                    kind=FrictionKind.TICKET,
                    external_id="1",
                    source="simulation",
                    opened_at=day_of(day),
                    closed_at=day_of(day + TICKET_DAYS),
                )
            )
    return tickets


def launch(simulated: SimulatedStore, number: int) -> None:
    """Launch the journeys and the cart's test: after the orders of before, which fix the cap on order values."""
    make_journey(simulated, "follow-up", [FIRST, LATER], [JourneyExit.ORDERED, JourneyExit.ORDER_UNDONE])
    # Whoever orders again still hears of the other: it is about the product that they have.
    make_journey(simulated, "beside", [BESIDE], [JourneyExit.ORDER_UNDONE])
    if simulated.case.has_carts:
        simulated.tests["cart"] = make_cart_test(simulated.store)
    for name, experiment in simulated.tests.items():
        salted = name
        if simulated.case.has_one_control:
            salted = "all"
        # Assignment hashes it: the same for the same number.
        experiment.salt = f"{simulated.case.random_numbers:x}-{number}-{salted}"
        experiment.guardrails = []
        experiment.save()
        lifecycle.start(experiment=experiment, actor=ACTOR, now=LAUNCH)


def make_journey(simulated: SimulatedStore, key: str, steps: list[JourneyStep], exits: list[str]) -> None:
    """Make a running journey that orders begin, each of its steps a test of its message against none."""
    journey = Journey.objects.create(
        store=simulated.store, key=key, name=key, status=JourneyStatus.RUNNING, started_at=LAUNCH
    )
    version = JourneyVersion.objects.create(
        journey=journey, trigger=Trigger.ORDER_PLACED, launched_at=LAUNCH, exits=exits
    )
    for step in steps:
        fields = {field.attname: getattr(step, field.attname) for field in JourneyStep._meta.concrete_fields}
        JourneyStep.objects.create(**fields | {"version_id": version.pk})
    for step, experiment in zip(steps, step_tests.ensure_tests(version, ACTOR), strict=True):
        simulated.tests[step.key] = experiment
    simulated.journeys.append(journey)


def make_cart_test(store: Store) -> Experiment:
    """Make a draft of a test at the cart."""
    experiment = Experiment.objects.create(
        store=store, key="cart", name="Cart", moment=Moment.CART, goal_metric=Metric.RPV, attribution_window_days=7
    )
    Variant.objects.create(experiment=experiment, key="control", name="Control", is_control=True)
    Variant.objects.create(experiment=experiment, key="treatment", name="Treatment")
    return experiment
