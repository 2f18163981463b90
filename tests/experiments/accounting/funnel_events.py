"""Events of a few visitors, and the funnel that has to come of them, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import Experiment, FunnelChange, FunnelDay, FunnelVisitor, UncountedEvents, Variant
from experiments.reading.funnel import COUNT_EVENTS, COUNT_FUNNEL, counted_by
from tests.factories import NOON

Counts = dict[tuple[int, str], tuple[int, int]]


def event(variant: Variant, visitor_id: str, kind: str, *, minutes: int = 0, **fields: Any) -> EventRecord:
    """An event so many minutes past noon; ``undone`` is a property of it."""
    event_id = fields.pop("event_id", None) or uuid4()
    props = {"undone": True} if fields.pop("undone", False) else {}
    at = NOON + timedelta(minutes=minutes)
    return EventRecord(event_id, kind, at, visitor_id, variant.experiment_id, variant.pk, props=props, **fields)


def receive(variant: Variant, *events: EventRecord, minutes: int = 0) -> set[UUID]:
    """Store the events as one batch."""
    received_at = NOON + timedelta(minutes=minutes)
    return record_events(variant.experiment.store_id, events, received_at=received_at)


NOT_IN_FUNNELS = ("view", "reason")  # added up for offers alone


def expected(events: Iterable[EventRecord], *, is_automation_counted: bool = False) -> Counts:
    """Events and visitors by variant and type, of the types that say how far somebody got: a visitor at a time."""
    events = list({one.event_id: one for one in reversed(list(events))}.values())
    robots = {one.visitor_id for one in events if one.type == "exposure" and one.is_automated}
    per_visitor: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in events:
        is_left_out = one.visitor_id in robots and not is_automation_counted
        if is_left_out or one.variant_id is None or one.type in NOT_IN_FUNNELS:
            continue
        is_undone = one.type == "decline" and one.props.get("undone") is True
        key = (one.variant_id, "accept" if is_undone else one.type)
        per_visitor[key][one.visitor_id] += -1 if is_undone else 1
    counts = {}
    for key, numbers in per_visitor.items():
        positive = [number for number in numbers.values() if number > 0]
        if positive:
            counts[key] = (sum(positive), len(positive))
    return counts


def from_sums(experiment: Experiment) -> Counts:
    """The funnel as it is kept."""
    return dict(counted_by(COUNT_FUNNEL, experiment).counts)


def from_events(experiment: Experiment) -> Counts:
    """The funnel as it is counted from the events, leaving nothing out."""
    return dict(counted_by(COUNT_EVENTS, experiment).counts)


def from_days(experiment: Experiment) -> Counts:
    """The sum over all days, of people alone."""
    counts: dict[tuple[int, str], tuple[int, int]] = {}
    for day in FunnelDay.objects.filter(experiment=experiment, is_automated=False, visitors__gt=0):
        events, visitors = counts.get((day.variant_id, day.type), (0, 0))
        counts[day.variant_id, day.type] = (events + day.events, visitors + day.visitors)
    return counts


def forget_what_was_noted() -> None:
    """Leave the database as one that was upgraded this minute: with events, and nothing counted of them."""
    FunnelChange.objects.all().delete()
    FunnelVisitor.objects.all().delete()
    FunnelDay.objects.all().delete()
    UncountedEvents.objects.create()


def days_that_differ() -> list[tuple[Any, ...]]:
    """The counts of days that aren't those of their visitors, none where all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH visitors AS (
                SELECT experiment_id, variant_id, first_on, step.type, is_automated, sum(step.events), count(*)
                FROM experiments_funnelvisitor CROSS JOIN LATERAL jsonb_each_text(jsonb_build_object(
                    'exposure', exposure, 'impression', impression, 'click', click, 'accept', accept,
                    'accept_failed', accept_failed, 'decline', decline, 'skipped', skipped, 'error', error
                )) AS named (type, text) CROSS JOIN LATERAL (SELECT named.type, text::bigint) AS step (type, events)
                WHERE step.events > 0 GROUP BY 1, 2, 3, 4, 5
            ), days AS (
                SELECT experiment_id, variant_id, day, type::text, is_automated, events::numeric, visitors
                FROM experiments_funnelday WHERE visitors > 0
            )
            (TABLE visitors EXCEPT TABLE days) UNION ALL (TABLE days EXCEPT TABLE visitors)
            """
        )
        return list(cursor.fetchall())
