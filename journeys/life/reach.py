"""Whom a journey would have reached: last month's events, sent through its triggers and checks once more.

The runs are really begun, by the statements that begin them, and undone: so the answer is what the worker would have
done. What a message would have changed isn't known, such as who clicked it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db import connection

from checkout_widgets.trial_orders.rehearsal import undone
from experiments.batches import batches
from experiments.models import Order
from experiments.sql_files import read_sql
from journeys.checks.conditions import ConditionKind
from journeys.checks.offered import StepOffer
from journeys.checks.pairs import point_offers
from journeys.checks.points import CheckedPoint, ContactFacts, read_facts
from journeys.checks.rules import AFTER_CAP, BEFORE_CAP, CheckResult, Situation, cap, check
from journeys.life.figures import HeldBack
from journeys.life.versions import copy_of
from journeys.models import (
    EXIT_VERDICTS,
    Journey,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    Sender,
    SendVerdict,
    Trigger,
)
from journeys.planning.waits import step_wait
from journeys.triggers import by_time, orders
from journeys.triggers.options import BadOptions

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)
# More would take a page longer to answer than anybody waits; the latest are enough for the shares.
MOST_RUNS = 4_000
BATCH = 1_000
WAITS = read_sql(__file__, "waits_of_runs").replace(
    "__step_wait__", step_wait(store_id="run.store_id", order_id="run.order_id")
)
ON_CLICKS = frozenset({ConditionKind.CLICKED_NOT_BOUGHT.value, ConditionKind.ANSWERED.value})


@dataclass(slots=True)
class StepReach:
    """What a month would have come to at a step: how many would have got a message, or counted as control, and how many
    were held back, by reason. ``is_open``: it depends on what people would have done with a message."""

    step: JourneyStep
    is_open: bool = False
    reached: int = 0
    held_back: Counter[str] = field(default_factory=Counter)

    @property
    def reasons(self) -> list[HeldBack]:
        """How many were held back by reason, the most first."""
        found = []
        for verdict, points in self.held_back.most_common():
            found.append(HeldBack(str(SendVerdict(verdict).label), points))
        return found

    @property
    def due(self) -> int:
        """How many came to the step."""
        return self.reached + self.held_back.total()


@dataclass(frozen=True, slots=True)
class JourneyReach:
    """A month of a journey: how many runs would have begun, and what its steps would have come to. ``is_sample``: only
    the latest runs were gone through."""

    runs: int
    steps: Sequence[StepReach]
    is_sample: bool = False


class PastRun(NamedTuple):
    """A run at a step as the past would have had it, its fields named as the columns of ``waits_of_runs.sql``."""

    run_id: int
    contact_id: int
    order_id: int | None
    contract_id: int | None
    contract_ends_at: datetime | None
    triggered_at: datetime
    position: int
    wait: timedelta


def reach_of(version: JourneyVersion, sender: Sender, now: datetime) -> JourneyReach:
    """Go through the last month with a version that needn't be launched. Changes nothing."""
    with undone():
        rehearsed = rehearsed_version(version, now)
        steps = list(rehearsed.steps.order_by("position"))
        rows = begin_past_runs(rehearsed, now)
        points = past_points(rows, steps, now)
        reached = check_past(rehearsed, sender, points, steps=steps, now=now)
    runs = len({row.run_id for row in rows})
    return JourneyReach(runs, reached, is_sample=runs >= MOST_RUNS)


def rehearsed_version(version: JourneyVersion, now: datetime) -> JourneyVersion:
    """Copy the version into a journey that has been running since a month and its waits ago; in a transaction to undo.

    Into one of its own, as the runs that the journey has begun would stand in the way of the same ones.
    """
    longest = timedelta(hours=sum(step.wait_hours for step in version.steps.all()))
    since = now - MONTH - min(longest, timedelta(days=365))
    journey = version.journey
    rehearsed = Journey.objects.create(
        store=journey.store, key=f"rehearsal-{uuid4().hex}", name="", status=JourneyStatus.RUNNING, started_at=since
    )
    copy = copy_of(version)
    copy.journey, copy.launched_at = rehearsed, since
    if copy.trigger == Trigger.ON_A_DAY:
        copy.trigger_options = {**copy.trigger_options, "at": now.isoformat()}
    copy.save()
    return copy


def begin_past_runs(version: JourneyVersion, now: datetime) -> list[PastRun]:
    """Begin the runs that the version would have begun since its launch."""
    begin(version, version.launched_at or now, now)
    with connection.cursor() as cursor:
        cursor.execute(WAITS, {"version_id": version.pk, "most": MOST_RUNS})
        return list(map(PastRun._make, cursor.fetchall()))


def begin(version: JourneyVersion, since: datetime, now: datetime) -> None:
    """Begin the runs of a version by what its trigger is."""
    if version.trigger in by_time.BY_TIME:
        try:
            by_time.begin_of(version, now, since=since)
        except BadOptions:
            return  # the checklist says so
        return
    placed = Order.objects.filter(store=version.journey.store_id, placed_at__range=(since, now)).order_by("-placed_at")
    for batch in batches(list(placed.values_list("pk", flat=True)[:MOST_RUNS]), BATCH):
        orders.begin_runs(version.journey.store_id, batch)


def past_points(rows: Iterable[PastRun], steps: Sequence[JourneyStep], now: datetime) -> list[CheckedPoint]:
    """Return each run at each step that it would have come to within the last month, the earliest first."""
    by_position = {}
    for step in steps:
        by_position[step.position] = step
    due_before: dict[int, datetime] = {}
    points = []
    for number, row in enumerate(sorted(rows, key=lambda row: (row.run_id, row.position))):
        step = by_position[row.position]
        due_at = row.triggered_at + row.wait
        if step.wait_from == "previous":
            due_at = due_before.get(row.run_id, row.triggered_at) + row.wait
        due_before[row.run_id] = due_at
        if now - MONTH < due_at <= now:
            points.append(as_past_point(number, row, step, due_at))
    return sorted(points, key=lambda point: (point.at, point.number))


def as_past_point(number: int, row: PastRun, step: JourneyStep, due_at: datetime) -> CheckedPoint:
    """Return a past run at a step as what is checked, with the orders up to then."""
    return CheckedPoint(
        number=number,
        run_id=row.run_id,
        contact_id=row.contact_id,
        step=step,
        order_id=row.order_id,
        contract_id=row.contract_id,
        contract_ends_at=row.contract_ends_at,
        triggered_at=row.triggered_at,
        at=due_at,
        until=due_at,
    )


def check_past(
    version: JourneyVersion, sender: Sender, points: Sequence[CheckedPoint], *, steps: list[JourneyStep], now: datetime
) -> list[StepReach]:
    """Check the points in the order of their time: each that passes counts for the cap of those after it."""
    found = {}
    for step in steps:
        found[step.pk] = StepReach(step, is_open=step.condition.get("kind") in ON_CLICKS)
    offers = offers_of(version.journey.store_id, points, now)
    facts = facts_of(version.journey.store_id, points, offers)
    passed: dict[int, list[datetime]] = defaultdict(list)
    ended: set[int] = set()
    for point in points:
        reach = found[point.step_id]
        if point.run_id in ended or reach.is_open or point.number not in facts:
            continue
        of_contact = passed[point.contact_id]
        recent = sum(at > point.at - WEEK for at in of_contact)
        known = facts[point.number]._replace(recent_points=facts[point.number].recent_points + recent)
        situation = Situation(
            point=point, facts=known, offer=offers[point.number], sender=sender, exits=frozenset(version.exits)
        )
        result = check(situation, (*BEFORE_CAP, cap, *AFTER_CAP))
        count_result(reach, result)
        if result.verdict in EXIT_VERDICTS:
            ended.add(point.run_id)
        if result.verdict is None:
            of_contact.append(point.at)
    return list(found.values())


def count_result(reach: StepReach, result: CheckResult) -> None:
    """Count what the checks said of a point; a later hour is no obstacle."""
    if result.verdict is None:
        reach.reached += 1
    else:
        reach.held_back[SendVerdict(result.verdict).value] += 1


def offers_of(store_id: int, points: Sequence[CheckedPoint], now: datetime) -> dict[int, StepOffer]:
    """Read what the steps of the points offer to their contacts, a part at a time."""
    offers: dict[int, StepOffer] = {}
    for batch in batches(points, BATCH):
        offers |= point_offers(store_id, batch, now)
    return offers


def facts_of(store_id: int, points: Sequence[CheckedPoint], offers: dict[int, StepOffer]) -> dict[int, ContactFacts]:
    """Read what was known of the points, a part at a time."""
    facts: dict[int, ContactFacts] = {}
    for batch in batches(points, BATCH):
        facts |= read_facts(store_id, batch, offers)
    return facts
