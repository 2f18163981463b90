"""What is checked: one contact at one step of a run; and what is known of each, read for all of them at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from experiments.accounting.send_points import HoldoutExposure, holdout_exposures
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql
from journeys.checks.declines import MEMORY, declines_of_contacts
from journeys.checks.offered import ChosenPairs, StepOffer
from journeys.consent import bases_for
from journeys.customer_stages.facts import AskedStage, StageRules, read_stage_facts
from journeys.models import JourneyStep, StageSettings

CONTACT_FACTS = read_sql(__file__, "contact_facts")
STAGE = "stage"  # the kind of a step's condition that asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPoint:
    """A contact at a step. ``send_point_id`` is the point's own where there is one already: it doesn't cap itself.
    ``address_id`` is where its message goes; the contact's newest address where there is none yet. ``at`` is when, and
    ``until`` up to when orders are known: all of them, but where the past is gone through once more. ``pairs`` are what
    the send point keeps of its offers of pairs."""

    number: int
    run_id: int
    contact_id: int
    step: JourneyStep
    order_id: int | None
    contract_id: int | None
    contract_ends_at: datetime | None
    triggered_at: datetime
    at: datetime
    until: datetime | None = None
    send_point_id: int | None = None
    address_id: int | None = None
    pairs: ChosenPairs | None = None

    @property
    def step_id(self) -> int:
        """The step's row ID."""
        return self.step.pk

    @property
    def topic(self) -> str:
        """What the step's message is about, which somebody may have said no to."""
        return self.step.topic


class ContactFacts(NamedTuple):
    """What is known of a contact at a step, its fields named as the columns of ``contact_facts.sql``.

    ``ordered_at`` is the last order but the run's own, and after it; ``is_undone``: the run's own was canceled or
    something of it was paid back; ``answer`` the tag of the last answer since the run began. Not columns are
    ``is_held_out``, the arm in which the running holdout of messages counts the contact, None where it doesn't;
    ``was_in_holdout``: an earlier one did; ``consent_id``, the record that a message may rest on; ``declined_at``, when
    the contact last declined an offer on the site without accepting one since, and ``has_declined_product``: they
    declined one of the step's (``declines.py``). ``stage`` is empty where the store has no stages and the step doesn't
    ask.
    """

    number: int
    customer_key: str
    timezone: str
    country: str
    locale: str
    address_id: int | None
    address_digest: str | None
    is_dead: bool
    is_suppressed: bool
    has_friction: bool
    visitor_id: str
    order_placed_at: datetime | None
    order_currency: str | None
    order_value_minor: int | None
    past_orders: int
    is_undone: bool
    ordered_at: datetime | None
    recent_points: int
    has_product: bool
    is_contract_over: bool
    has_clicked: bool
    has_accepted: bool
    answer: str | None
    is_held_out: bool | None = None
    was_in_holdout: bool = False
    consent_id: int | None = None
    declined_at: datetime | None = None
    has_declined_product: bool = False
    stage: str = ""


COLUMNS = (
    "number",
    "contact_id",
    "run_id",
    "step_id",
    "topic",
    "order_id",
    "contract_id",
    "contract_ends_at",
    "triggered_at",
    "send_point_id",
    "address_id",
    "at",
    "until",
)


def read_facts(
    store_id: int, points: Sequence[CheckedPoint], offers: Mapping[int, StepOffer]
) -> dict[int, ContactFacts]:
    """Return what is known of each point of a store by its number: seven statements, three more where anybody declined
    an offer, one where stages are asked for, and one for each step and the
    categories of its products, however many points.

    ``offers`` are what the steps offer, by the point's number. A contact who was erased meanwhile is left out.
    """
    if not points:
        return {}
    offered_skus = [json.dumps(offers[point.number].skus) for point in points]
    parameters: dict[str, Any] = {**columns_of(COLUMNS, points), "offered_skus": offered_skus}
    with connection.cursor() as cursor:
        # Some hundred points are estimated at about what PostgreSQL compiles a statement for, and compiling takes it
        # twenty times as long as the statement itself.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(CONTACT_FACTS, parameters)
        facts = {}
        for row in cursor.fetchall():
            known = ContactFacts(*row)
            facts[known.number] = known
    facts = with_declines(store_id, points, offers, with_holdouts(store_id, facts))
    facts = with_stages(store_id, points, facts)
    return with_consents(points, offers, facts)


def with_holdouts(store_id: int, facts: dict[int, ContactFacts]) -> dict[int, ContactFacts]:
    """Add what the store's holdouts of messages know of each contact."""
    exposed = holdout_exposures(store_id, {known.customer_key for known in facts.values()})
    if not exposed:
        return facts
    added = {}
    for number, known in facts.items():
        counted = exposed.get(known.customer_key, HoldoutExposure())
        added[number] = known._replace(is_held_out=counted.is_held_out, was_in_holdout=counted.was_counted)
    return added


def with_declines(
    store_id: int, points: Sequence[CheckedPoint], offers: Mapping[int, StepOffer], facts: dict[int, ContactFacts]
) -> dict[int, ContactFacts]:
    """Add what each contact declined on the site in the days before, in whichever variant of a test there."""
    times = [point.at for point in points]
    contact_ids = {point.contact_id for point in points}
    declines = declines_of_contacts(store_id, contact_ids, since=min(times) - MEMORY, until=max(times))
    if not declines:
        return facts
    added = dict(facts)
    for point in points:
        declined_at: datetime | None = None
        declined: set[str] = set()
        for decline in declines.get(point.contact_id, ()):
            if point.at - MEMORY < decline.at <= point.at:
                declined |= decline.skus
                if decline.is_last_word(point.at):
                    declined_at = max(declined_at or decline.at, decline.at)
        if (declined or declined_at is not None) and point.number in facts:
            added[point.number] = facts[point.number]._replace(
                declined_at=declined_at, has_declined_product=not declined.isdisjoint(offers[point.number].skus)
            )
    return added


def with_stages(
    store_id: int, points: Sequence[CheckedPoint], facts: dict[int, ContactFacts]
) -> dict[int, ContactFacts]:
    """Add the stage of each contact, by the order that began the run, where the store has stages or a step asks."""
    settings = StageSettings.objects.filter(store=store_id).first() or StageSettings()
    if not settings.is_on and not any(point.step.condition.get("kind") == STAGE for point in points):
        return facts
    asked = []
    for point in points:
        if point.number in facts:
            asked.append(AskedStage(point.number, point.contact_id, point.order_id, point.at))
    at = {one.number: one.at for one in asked}
    rules = StageRules.of(settings)
    added = dict(facts)
    for known in read_stage_facts(asked):
        if known.has_stage:
            stage = rules.times_of(known).at(at[known.number])
            added[known.number] = facts[known.number]._replace(stage=stage.value)
    return added


def with_consents(
    points: Iterable[CheckedPoint], offers: Mapping[int, StepOffer], facts: dict[int, ContactFacts]
) -> dict[int, ContactFacts]:
    """Add the consent records that messages may rest on: one query for each step, which has a topic, and the categories
    of what it offers."""
    alike: dict[tuple[int, frozenset[str]], list[CheckedPoint]] = {}
    for point in points:
        if point.number in facts:
            alike.setdefault((point.step_id, offers[point.number].categories), []).append(point)
    for (_step_id, categories), of_step in alike.items():
        address_ids = {facts[point.number].address_id for point in of_step} - {None}
        latest = max(point.at for point in of_step)
        topic = of_step[0].topic
        bases = bases_for(address_ids, topic, latest, categories=categories)  # type: ignore[arg-type]
        for point in of_step:
            known = facts[point.number]
            basis = bases.get(known.address_id or 0)
            if basis is not None:
                facts[point.number] = known._replace(consent_id=basis.pk)
    return facts
