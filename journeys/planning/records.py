"""What a batch writes, all in its transaction: exposures, send points, messages, and where its runs go on."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from experiments.accounting.send_points import CustomerExposure, record_send_points
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql
from journeys.checks.offered import ChosenPairs
from journeys.checks.points import ContactFacts
from journeys.models import COUNTED_VERDICTS, EXIT_VERDICTS, Contact, Journey, JourneyStep, SendVerdict
from journeys.planning.due import DueRun
from journeys.planning.step_arms import StepArm
from journeys.planning.waits import step_wait

INSERT_SEND_POINTS = read_sql(__file__, "insert_send_points")
INSERT_MESSAGES = read_sql(__file__, "insert_messages")
ADVANCE_RUNS = read_sql(__file__, "advance_runs").replace(
    "__step_wait__", step_wait(store_id="present.store_id", order_id="present.order_id")
)
POSTPONE_RUNS = """
UPDATE journeys_run AS run SET due_at = later.at
FROM unnest(%(run_id)s::bigint[], %(retry_at)s::timestamptz[]) AS later (run_id, at) WHERE run.id = later.run_id
"""
# What follows in the journey belongs to a treatment that these don't get.
ENDING_VERDICTS = frozenset({*EXIT_VERDICTS, SendVerdict.NOT_INCLUDED, SendVerdict.TEST_ENDED})


@dataclass(frozen=True, slots=True)
class HoldoutArm:
    """The variant in which the holdout of messages counts a contact, by row IDs."""

    experiment_id: int
    variant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPoint:
    """What becomes of a run at a step: what the contact gets, or only a later time. ``holdout_arm``: the holdout of
    messages counts the contact from here on. ``chosen``: what offers of pairs would sell, where the step has any."""

    run: DueRun
    step: JourneyStep
    facts: ContactFacts
    arm: StepArm
    holdout_arm: HoldoutArm | None = None
    retry_at: datetime | None = None
    chosen: ChosenPairs | None = None

    @property
    def run_id(self) -> int:
        """The run's row ID."""
        return self.run.run_id

    @property
    def step_id(self) -> int:
        """The step's row ID."""
        return self.step.pk

    @property
    def contact_id(self) -> int:
        """The contact's row ID."""
        return self.run.contact_id

    @property
    def variant_id(self) -> int | None:
        """The row ID of the variant that the step's test gave, where it is one."""
        if self.arm.variant is None:
            return None
        return self.arm.variant.pk

    @property
    def verdict(self) -> str:
        """Whether a message goes out, or why not."""
        return self.arm.verdict.value

    @property
    def end_reason(self) -> str:
        """Why the run ends; empty where it goes on."""
        if self.arm.verdict in ENDING_VERDICTS:
            return self.verdict
        return ""

    @property
    def is_control(self) -> bool:
        """Whether the contact gets nothing of what follows, either."""
        return self.arm.verdict == SendVerdict.CONTROL

    @property
    def address_id(self) -> int | None:
        """The row ID of the address that a message goes to."""
        return self.facts.address_id

    @property
    def address_digest(self) -> str | None:
        """The address's digest."""
        return self.facts.address_digest

    @property
    def consent_id(self) -> int | None:
        """The row ID of the consent record that a message rests on."""
        return self.facts.consent_id

    @property
    def pairs(self) -> str | None:
        """What the send point keeps of offers of pairs, as JSON."""
        if self.chosen is None:
            return None
        return json.dumps(self.chosen.as_json())

    @property
    def would_show(self) -> dict[str, Any] | None:
        """What each variant of the step's test would show of pairs, as exposures on the site keep it."""
        if self.chosen is None or self.step.experiment is None:
            return None
        shown: dict[str, list[str]] = {}
        for variant in self.step.experiment.variants.all():
            shown[variant.key] = []
            if not self.step.is_silent(variant):
                key = self.step.document_of(variant.key).get("offer", "")
                shown[variant.key] = list(self.chosen.offers.get(key, ()))
        return {"version": self.chosen.version, "arms": shown}

    @property
    def delay_hours(self) -> int:
        """How long after the send point the message goes out. All arms have the same send point, the earliest: where
        a later message had a later one, only those whom nothing holds back until then would be compared with all."""
        if self.arm.variant is None:
            return 0
        return self.step.delay_of(self.arm.variant.key)

    @property
    def within_hours(self) -> int:
        """For how long a message may be handed over."""
        return self.step.send_within_hours


def write_plan(journey: Journey, plan: Sequence[PlannedPoint], now: datetime) -> None:
    """Store what a batch came to: a fixed number of statements."""
    postponed: list[PlannedPoint] = []
    reached: list[PlannedPoint] = []
    for point in plan:
        if point.retry_at is None:
            reached.append(point)
        else:
            postponed.append(point)
    with connection.cursor() as cursor:
        if postponed:
            cursor.execute(POSTPONE_RUNS, columns_of(("run_id", "retry_at"), postponed))
        record_exposures(journey, plan, now)
        if not reached:
            return
        point_ids = insert_send_points(journey.store_id, reached, now)
        insert_messages(journey.store_id, reached, point_ids, now)
        cursor.execute(ADVANCE_RUNS, {"now": now, **columns_of(("run_id", "end_reason", "is_control"), reached)})
    counted = [point.contact_id for point in reached if point.arm.verdict in COUNTED_VERDICTS]
    Contact.objects.filter(pk__in=counted).update(last_send_point_at=now)


def record_exposures(journey: Journey, plan: Iterable[PlannedPoint], now: datetime) -> None:
    """Expose those whom a test or the holdout of messages gave a variant, control alike; that of messages also those
    whose message is postponed, as who is held out isn't."""
    exposures = []
    for point in plan:
        for experiment_id, variant_id in exposing(point):
            exposures.append(exposure_of(point, experiment_id, variant_id, journey=journey, now=now))
    if exposures:
        record_send_points(journey.store_id, exposures)


def exposing(point: PlannedPoint) -> Iterator[tuple[int, int]]:
    """Yield the row IDs of the experiments that expose a contact, and of its variants."""
    if point.holdout_arm is not None:
        yield point.holdout_arm.experiment_id, point.holdout_arm.variant_id
    variant, experiment = point.arm.variant, point.step.experiment
    if not point.arm.is_exposed:
        return
    if variant is None or experiment is None:
        raise ValueError("Only a test exposes anybody.")
    yield experiment.pk, variant.pk


def exposure_of(
    point: PlannedPoint, experiment_id: int, variant_id: int, *, journey: Journey, now: datetime
) -> CustomerExposure:
    """Return the exposure of a send point. Its covariate is the order that began the run, in the store's currency."""
    facts = point.facts
    value, would_show = facts.order_value_minor, None
    if point.step.experiment is not None and point.step.experiment.pk == experiment_id:
        would_show = point.would_show  # the holdout of messages compares no products
    if facts.order_currency != journey.store.currency:
        value = None
    return CustomerExposure(
        experiment_id=experiment_id,
        variant_id=variant_id,
        customer_key=facts.customer_key,
        at=now,
        prior_order_minor=value,
        past_orders=facts.past_orders,
        country=facts.country,
        customer_type="returning" if facts.past_orders > 1 else "new",
        segments=segments_of(facts),
        would_show=would_show,
    )


def segments_of(facts: ContactFacts) -> dict[str, str]:
    """Return what reports can be cut by beside what an exposure has columns for: the stage, where it is known."""
    if not facts.stage:
        return {}
    return {"stage": facts.stage}


def insert_send_points(store_id: int, reached: Iterable[PlannedPoint], now: datetime) -> dict[int, int]:
    """Store the send points and return their row IDs by run."""
    columns = columns_of(("run_id", "step_id", "contact_id", "variant_id", "verdict", "pairs"), reached)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SEND_POINTS, {"store_id": store_id, "now": now, **columns})
        return dict(cursor.fetchall())


def insert_messages(store_id: int, reached: Iterable[PlannedPoint], point_ids: dict[int, int], now: datetime) -> None:
    """Store a message for each send point that has one."""
    sent = [point for point in reached if point.arm.verdict == SendVerdict.SEND]
    if not sent:
        return
    names = ("contact_id", "address_id", "address_digest", "consent_id", "within_hours", "delay_hours")
    columns: dict[str, Any] = columns_of(names, sent)
    columns["send_point_id"] = [point_ids[point.run_id] for point in sent]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MESSAGES, {"store_id": store_id, "now": now, **columns})
