"""A fair sample of what the edge decided about, and how much of it some targeting would match."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from msgspec import to_builtins

from experiments.assignment.targeting import Context, compile_rules
from experiments.models import DecisionDay, DecisionSample, Store
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql

SIZE = 200  # contexts per store, moment and day: a share estimated from a week of them is right to 3 points or so
DAYS = 7  # a whole week, as stores have other visitors on each weekday
MAX_TEXTS = 50
# a segment of a path that may name an order or a person: with four digits or more, an @, or very long
TELLING = re.compile(r"[^/]*(?:\d{4,}|@)[^/]*|[^/]{33,}")

# One process at a time adds to samples: two that trim the same group would each miss the other's rows, and delete the
# same ones in another order, which is a deadlock. It takes milliseconds, once a minute and when a process ends.
LOCK = "SELECT pg_advisory_xact_lock(4087, 0)"
KEEP_SMALLEST = read_sql(__file__, "keep_smallest")


class SampleGroup(NamedTuple):
    """What is sampled apart."""

    store_id: int
    moment: str
    day: date


class Ranked(NamedTuple):
    """A context, its random number from 0 to 1, and why no test could have had the visitor; empty where one could."""

    rank: float
    context: Context
    reason: str = ""


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
        DecisionSample.objects.bulk_create(rows_of(samples))
        cursor.execute(KEEP_SMALLEST, {**columns_of(SampleGroup._fields, samples), "size": SIZE})
        return {SampleGroup(*group): rank for *group, rank in cursor.fetchall()}


def rows_of(samples: Mapping[SampleGroup, Sequence[Ranked]]) -> Iterator[DecisionSample]:
    """Make rows of the contexts; those of stores that were deleted since are left out."""
    store_ids = {group.store_id for group in samples}
    known = set(Store.objects.filter(pk__in=store_ids).values_list("pk", flat=True))
    for group, contexts in samples.items():
        if group.store_id not in known:
            continue
        for ranked in contexts:
            yield DecisionSample(
                **group._asdict(), rank=ranked.rank, context=anonymous(ranked.context), reason=ranked.reason
            )


def anonymous(context: Context) -> dict[str, Any]:
    """Turn the context into JSON, without those parts of the path that may name an order or a person.

    Of its lists, such as the cart's products, the first ``MAX_TEXTS``: a cart of thousands isn't kept whole.
    """
    values: dict[str, Any] = to_builtins(context._replace(path=TELLING.sub("*", context.path))._asdict())
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = value[:MAX_TEXTS]
    return values


def context_of(values: Mapping[str, Any]) -> Context:
    """Read the context that ``anonymous`` made JSON of, at any time: what isn't known any more is left out."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        if name not in Context._fields:
            continue
        if isinstance(value, list):  # JSON has no sets, and rules ask whether something is in one
            value = frozenset(value)
        known[name] = value
    return Context(**known)


def matching_share(store: Store, moment: str, rules: object, *, now: datetime | None = None) -> Match:
    """Estimate how many of the last week's decisions at a moment some targeting rules match.

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
    total, estimate = 0, 0.0
    for day, count in counted:
        if not sampled[day]:  # nothing is known of whom the day's decisions were about
            continue
        total += count
        estimate += count * matched[day] / sampled[day]
    return Match(round(estimate), total)
