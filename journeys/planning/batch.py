"""A batch of due runs -> verdicts: the same checks for everybody, and only then who is in which variant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from journeys.checks.offered import StepOffer
from journeys.checks.pairs import point_offers
from journeys.checks.points import CheckedPoint, ContactFacts, read_facts
from journeys.checks.rules import (
    AT_PLANNING,
    CheckResult,
    Situation,
    check,
    comes_to_message_holdout,
    is_in_message_holdout,
)
from journeys.message_holdout import MessageHoldout, message_holdout_of
from journeys.models import Journey, JourneyStep, JourneyVersion, Sender, SendVerdict
from journeys.planning.due import DueBatch, DueRun, lock_due_runs
from journeys.planning.records import HoldoutArm, PlannedPoint, write_plan
from journeys.planning.step_arms import StepArm, StepTest, arm_of, step_tests

BATCH = 500  # runs: their customers' orders wait for as long as a batch takes


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """What a batch came to: how many runs were planned or postponed, and whether others may be due."""

    runs: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReading:
    """All that was read for a batch: ``offers`` and ``facts`` by the point's number. ``holdout`` is the store's holdout
    of messages, where it has one."""

    sender: Sender
    exits: Mapping[int, frozenset[str]]
    facts: Mapping[int, ContactFacts]
    offers: Mapping[int, StepOffer]
    tests: Mapping[int, StepTest]
    holdout: MessageHoldout | None
    now: datetime


def plan_batch(journey_id: int, now: datetime, limit: int = BATCH) -> PlannedBatch:
    """Plan the runs of a journey that are due longest, in one transaction and a fixed number of statements."""
    with transaction.atomic():
        journey = Journey.objects.select_related("store", "store__sender").get(pk=journey_id)
        batch = lock_due_runs(journey, now, limit)
        if not batch.runs:
            return PlannedBatch(0, has_more=False)
        points = points_of(batch, now)
        reading = read_batch(journey, points, now)
        plan = [planned(run, point, reading) for run, point in zip(batch.runs, points, strict=True)]
        write_plan(journey, plan, now)
    return PlannedBatch(len(plan), batch.has_more)


def points_of(batch: DueBatch, now: datetime) -> list[CheckedPoint]:
    """Return what is to be checked of each run, in their order."""
    steps = steps_of({run.version_id for run in batch.runs})
    points = []
    for number, run in enumerate(batch.runs):
        points.append(as_point(number, run, steps[run.version_id, run.position], now))
    return points


def steps_of(version_ids: Iterable[int]) -> dict[tuple[int, int], JourneyStep]:
    """Return the steps of these versions by version and position, with their tests."""
    steps = JourneyStep.objects.filter(version__in=list(version_ids))
    steps = steps.select_related("experiment", "experiment__rolled_out_variant").prefetch_related(
        "experiment__variants"
    )
    found = {}
    for step in steps:
        found[step.version_id, step.position] = step
    return found


def as_point(number: int, run: DueRun, step: JourneyStep, now: datetime) -> CheckedPoint:
    """Return a run at its step as what is checked."""
    return CheckedPoint(
        number=number,
        run_id=run.run_id,
        contact_id=run.contact_id,
        step=step,
        order_id=run.order_id,
        contract_id=run.contract_id,
        contract_ends_at=run.contract_ends_at,
        triggered_at=run.triggered_at,
        at=now,
    )


def read_batch(journey: Journey, points: Sequence[CheckedPoint], now: datetime) -> BatchReading:
    """Read what the checks and the tests of a batch need."""
    steps = {point.step_id: point.step for point in points}
    offers = point_offers(journey.store_id, points, now)
    facts = read_facts(journey.store_id, points, offers)
    keys = defaultdict(set)
    for point in points:
        keys[point.step_id].add(facts[point.number].customer_key)
    return BatchReading(
        sender=journey.store.sender,
        exits=exits_of(steps.values()),
        facts=facts,
        offers=offers,
        tests=step_tests(steps.values(), keys),
        holdout=message_holdout_of(journey.store.sender),
        now=now,
    )


def exits_of(steps: Iterable[JourneyStep]) -> dict[int, frozenset[str]]:
    """Return the exits of the steps' versions by the version's row ID."""
    versions = JourneyVersion.objects.filter(steps__in=list(steps)).distinct()
    exits = {}
    for version_id, names in versions.values_list("pk", "exits"):
        exits[version_id] = frozenset(names)
    return exits


def planned(run: DueRun, point: CheckedPoint, reading: BatchReading) -> PlannedPoint:
    """Return what becomes of a run at its step."""
    facts = reading.facts[point.number]
    situation = Situation(
        point=point,
        facts=facts,
        offer=reading.offers[point.number],
        sender=reading.sender,
        exits=reading.exits[point.step.version_id],
    )
    result = in_time(check(situation, AT_PLANNING), run, point.step, reading.now)
    arm = StepArm(result.verdict or SendVerdict.SEND)
    # Only now: nothing before may depend on it.
    if result.may_go_out:
        arm = arm_of(point.step, reading.tests.get(point.step_id), facts.customer_key, is_control=run.is_control)
    holdout_arm = holdout_arm_of(situation, reading.holdout)
    return PlannedPoint(
        run=run,
        step=point.step,
        facts=facts,
        arm=arm,
        holdout_arm=holdout_arm,
        retry_at=result.retry_at,
        chosen=situation.offer.chosen,
    )


def holdout_arm_of(situation: Situation, holdout: MessageHoldout | None) -> HoldoutArm | None:
    """Return in which arm the holdout of messages counts the contact from now on; None where it does already, or never
    will.

    As soon as the contact comes to that check, whatever the checks after it say: these are asked in one arm alone.
    """
    facts = situation.facts
    if holdout is None or facts.is_held_out is not None or facts.was_in_holdout:
        return None
    if not comes_to_message_holdout(situation):
        return None
    variant_id = holdout.variant_id(is_held_out=is_in_message_holdout(situation))
    return HoldoutArm(holdout.experiment_id, variant_id)


def in_time(result: CheckResult, run: DueRun, step: JourneyStep, now: datetime) -> CheckResult:
    """Hold back what nothing else holds back, where it was due too long ago: the worker stood still, or a pause."""
    if result.verdict is None and now - run.due_at > timedelta(hours=step.send_within_hours):
        return CheckResult(SendVerdict.TOO_LATE)
    return result
