"""Events that were stored before there were notes of them -> the funnel, span by span, while new ones come in.

How far it has come is stored with what it counted, in one transaction, so that it can end at any instant and goes on
from there. Until all are counted, reports read the events themselves.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from experiments.accounting import funnel_changes, partitions
from experiments.accounting.funnel_changes import WRITE_VISITORS, counts_of_events
from experiments.models import UncountedEvents
from experiments.sql_files import read_sql

# Events in a transaction: an erasure waits for it, which is to be a second or two. Spans of time are made longer or
# shorter so that about as many are in one.
EVENTS_AT_ONCE = 40_000
SHORTEST, FIRST_SPAN, LONGEST = timedelta(seconds=10), timedelta(hours=1), timedelta(days=31)
BEGINNING, END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

COUNT_EXISTING = read_sql(__file__, "count_existing_events").format(counts=counts_of_events(), write=WRITE_VISITORS)
# As the planner knows it: to count them would take as long as half of the work.
ESTIMATE = """
SELECT COALESCE(sum(GREATEST(reltuples, 0)), 0)::bigint FROM pg_inherits
JOIN pg_class AS part ON part.oid = inhrelid WHERE inhparent = 'experiments_widgetevent'::regclass
"""
# Groups are few beside what they are made of, which the planner can't know: it would sort, and compile.
PLAN = "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)"


@dataclass(frozen=True, slots=True)
class Counted:
    """A span of time whose events are counted now: before when, and how many there were."""

    before: datetime
    events: int


def count_existing() -> int:
    """Count all events that aren't counted yet, and return how many there were."""
    return sum(counted.events for counted in count_by_span())


def count_by_span() -> Generator[Counted, None, None]:
    """Count the events that aren't counted yet, span by span, each a transaction of its own; yield each when stored.

    Two that do it at once share the work.
    """
    span = FIRST_SPAN
    while True:
        counted = count_next(span)
        if counted is None:
            return
        yield counted
        span = next_span(span, counted.events)


def next_span(span: timedelta, events: int) -> timedelta:
    """Give the length of the next span, after one of this length had so many events."""
    if events > EVENTS_AT_ONCE:
        return max(span / 2, SHORTEST)
    if events < EVENTS_AT_ONCE / 3:
        return min(span * 2, LONGEST)
    return span


def count_next(span: timedelta) -> Counted | None:
    """Count the next span of about this length; None where all events are counted."""
    with transaction.atomic():
        # Against the worker, an erasure, and another run: each would count what this one counts.
        funnel_changes.lock()
        state = UncountedEvents.objects.first()
        if state is None:
            return None
        begin = state.since or BEGINNING
        end = end_of(begin, span)
        events = count_span(begin, end)
        if end == END:
            state.delete()
        else:
            UncountedEvents.objects.filter(pk=state.pk).update(since=end)
    return Counted(end, events)


def end_of(begin: datetime, span: timedelta) -> datetime:
    """Give the end of the span; the last one has none, since clocks differ and events come in meanwhile."""
    if begin == BEGINNING:
        return first_receipt()
    if begin + span > timezone.now():
        return END
    return begin + span


def first_receipt() -> datetime:
    """Give a time before which few events or none were received: the beginning of the oldest month."""
    months = partitions.months()
    if not months:
        return END
    return datetime.combine(months[0], datetime.min.time(), tzinfo=UTC)


def count_span(begin: datetime, end: datetime) -> int:
    """Count the events received from ``begin`` on and before ``end``."""
    parameters = {
        "begin": begin,
        "end": end,
        "first_month": partitions.month_of(begin),
        "last_month": end.astimezone(UTC).date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(COUNT_EXISTING, parameters)
        (events,) = cursor.fetchone()
    return int(events)


def estimated_events() -> int:
    """Estimate how many events are stored."""
    with connection.cursor() as cursor:
        cursor.execute(ESTIMATE)
        (events,) = cursor.fetchone()
    return int(events)
