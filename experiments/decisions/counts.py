"""Counts of what the edge decided -> ``DecisionDay``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from experiments.models import DecisionDay, DecisionReason, Experiment, Store
from experiments.models.decision_day import Seen
from experiments.sql_files import read_sql

ADD_COUNTS = read_sql(__file__, "add_counts")


class CountKey(NamedTuple):
    """What is counted apart; ``moment`` is empty for one that there isn't."""

    store_id: int
    day: date
    moment: str
    experiment_id: int | None
    reason: str


class Count(NamedTuple):
    """How often, and when for the first and the last time."""

    number: int
    first_at: datetime
    last_at: datetime


def add(counts: Mapping[CountKey, Count]) -> None:
    """Add these counts to what is stored: one statement, however many processes do so at once."""
    if not counts:
        return
    with connection.cursor() as cursor:
        cursor.execute(ADD_COUNTS, columns_of(counts))


def columns_of(counts: Mapping[CountKey, Count]) -> dict[str, list[Any]]:
    """The counts as one list a column, by the column's name."""
    columns: dict[str, list[Any]] = {}
    for key, count in counts.items():
        for name, value in (key._asdict() | count._asdict()).items():
            columns.setdefault(name, []).append(value)
    return columns


def seen(store: Store) -> dict[str, Seen]:
    """When the store's pages first and last asked about each moment; a moment that none asked about is left out."""
    return DecisionDay.objects.filter(store=store).seen()


def crawlers(experiment: Experiment, first: datetime | None, last: datetime | None) -> int:
    """How often crawlers asked about the experiment's moment on the days from ``first`` to ``last``."""
    if first is None or last is None:
        return 0
    days = DecisionDay.objects.filter(
        store=experiment.store_id,
        day__range=(first.date(), last.date()),
        moment=experiment.moment,
        reason=DecisionReason.BOT,
    )
    return days.aggregate(total=Sum("count"))["total"] or 0
