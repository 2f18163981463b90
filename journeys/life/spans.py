"""What a store's journeys came to in a span of time, all at once: for pages and mails about the whole programme."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from experiments.models import Store
from experiments.sql_files import read_sql
from journeys.models import Journey, JourneyStatus

JOURNEY_SPAN = read_sql(__file__, "journey_span")
ON = (JourneyStatus.RUNNING, JourneyStatus.PAUSED)


class SpanFigures(NamedTuple):
    """Send points: how many there were, and how many were control or led to a message that was sent, to a click by a
    person, to an opt-out. Its fields stand in the order of the columns of ``journey_span.sql``."""

    due: int = 0
    control: int = 0
    sent: int = 0
    clicked: int = 0
    opted_out: int = 0


class JourneySpan(NamedTuple):
    """A journey that is on, or was in the span, with its figures."""

    journey: Journey
    figures: SpanFigures


def journey_spans(store: Store, since: datetime, until: datetime) -> Sequence[JourneySpan]:
    """Return the journeys that are on or had anything due, the running ones first: two statements."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNEY_SPAN, {"store_id": store.pk, "since": since, "until": until})
        figures = {journey_id: SpanFigures(*counts) for journey_id, *counts in cursor.fetchall()}
    spans = []
    for journey in Journey.objects.filter(store=store).exclude(status=JourneyStatus.DRAFT).order_by("name", "pk"):
        if journey.status in ON or journey.pk in figures:
            spans.append(JourneySpan(journey, figures.get(journey.pk, SpanFigures())))
    return sorted(spans, key=lambda span: span.journey.status != JourneyStatus.RUNNING)


def total(spans: Sequence[JourneySpan]) -> SpanFigures:
    """Add the journeys up."""
    columns = list(zip(*(span.figures for span in spans), strict=True))
    if not columns:
        return SpanFigures()
    return SpanFigures(*map(sum, columns))
