"""A fair sample of what the edge decided about, and how much of it some targeting would match."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from msgspec import to_builtins

from experiments.assignment.targeting import Context, compile_rules
from experiments.models import DecisionDay, DecisionSample, Store

SIZE = 200  # contexts per store, moment and day
DAYS = 7
MAX_TEXTS = 50
# a segment of a path that may name an order or a person: with four digits or more, an @, or very long
TELLING = re.compile(r"[^/]*(?:\d{4,}|@)[^/]*|[^/]{33,}")

# One process at a time adds to samples: two that trim the same group would each miss the other's rows, and delete the
# same ones in another order, which is a deadlock. It takes milliseconds, once a minute and when a process ends.
LOCK = "SELECT pg_advisory_xact_lock(4087, 0)"
KEEP_SMALLEST = """
WITH ranked AS (
    SELECT id, store_id, moment, day, rank,
        row_number() OVER (PARTITION BY store_id, moment, day ORDER BY rank, id) AS place
    FROM experiments_decisionsample
    WHERE (store_id, moment, day) IN (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[]))
),
gone AS (DELETE FROM experiments_decisionsample WHERE id IN (SELECT id FROM ranked WHERE place > %s))
SELECT store_id, moment, day, max(rank) FROM ranked WHERE place <= %s GROUP BY store_id, moment, day
HAVING count(*) = %s
"""


class SampleGroup(NamedTuple):
    """What is sampled apart."""

    store_id: int
    moment: str
    day: date


class Ranked(NamedTuple):
    """A context and its random number from 0 to 1."""

    rank: float
    context: Context


class Match(NamedTuple):
    """How many of the ``total`` decisions the rules match, estimated from a sample of them."""

    matched: int
    total: int


def add(samples: Mapping[SampleGroup, Sequence[Ranked]]) -> dict[SampleGroup, float]:
    """Store the contexts of which each group keeps the ``SIZE`` smallest.

    Returns the largest rank kept of each group that is full: what ranks above it needn't be offered again.
    """
    if not samples:
        return {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        known = set(Store.objects.filter(pk__in={group.store_id for group in samples}).values_list("pk", flat=True))
        DecisionSample.objects.bulk_create(
            DecisionSample(**group._asdict(), rank=ranked.rank, context=anonymous(ranked.context))
            for group, contexts in samples.items()
            if group.store_id in known
            for ranked in contexts
        )
        cursor.execute(KEEP_SMALLEST, [*map(list, zip(*samples, strict=True)), SIZE, SIZE, SIZE])
        return {SampleGroup(store_id, moment, day): rank for store_id, moment, day, rank in cursor.fetchall()}


def anonymous(context: Context) -> dict[str, Any]:
    """The context as JSON, without those parts of the path that may name an order or a person."""
    values: dict[str, Any] = to_builtins(context._replace(path=TELLING.sub("*", context.path))._asdict())
    return {name: value[:MAX_TEXTS] if isinstance(value, list) else value for name, value in values.items()}


def context_of(values: Mapping[str, Any]) -> Context:
    """The context that ``anonymous`` made JSON of, at any time: what isn't known any more is left out."""
    known: dict[str, Any] = {name: value for name, value in values.items() if name in Context._fields}
    sets = {name: frozenset(value) for name, value in known.items() if isinstance(value, list)}
    return Context(**known | sets)


def matching_share(store: Store, moment: str, rules: object, *, now: datetime | None = None) -> Match:
    """How many of the last week's decisions at a moment some targeting rules match.

    Decisions about crawlers and without consent are not counted. A day counts by its decisions, however many of them
    were sampled; days without a sample are left out. Raises ``TargetingError`` where the rules can't be read.
    """
    rule = compile_rules(rules)
    today = (now or timezone.now()).date()
    week = {"store": store, "moment": moment, "day__range": (today - timedelta(days=DAYS), today)}
    counted = DecisionDay.objects.filter(**week).measurable().values_list("day").annotate(Sum("count")).order_by("day")
    sampled, matched = Counter[date](), Counter[date]()
    for day, context in DecisionSample.objects.filter(**week).values_list("day", "context"):
        sampled[day] += 1
        matched[day] += rule(context_of(context))
    days = {day: count for day, count in counted if sampled[day]}
    estimate = sum(count * matched[day] / sampled[day] for day, count in days.items())
    return Match(round(estimate), sum(days.values()))
