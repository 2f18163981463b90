"""Counts of what the edge decided -> ``DecisionDay``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from experiments.models import DecisionDay, DecisionReason, Experiment, Store
from experiments.models.decision_day import Seen
from experiments.sql_columns import columns_of
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
        keys = columns_of(CountKey._fields, counts.keys())
        cursor.execute(ADD_COUNTS, keys | columns_of(Count._fields, counts.values()))


def seen(store: Store) -> dict[str, Seen]:
    """Find when the store's pages first and last asked about each moment; moments without a question are left out."""
    return DecisionDay.objects.filter(store=store).seen()


def crawlers(experiment: Experiment, first: datetime | None, last: datetime | None) -> int:
    """Count how often crawlers asked about the experiment's moment on the days from ``first`` to ``last``."""
    if first is None or last is None:
        return 0
    days = DecisionDay.objects.filter(
        store=experiment.store_id,
        day__range=(first.date(), last.date()),
        moment=experiment.moment,
        reason=DecisionReason.BOT,
    )
    return days.aggregate(total=Sum("count"))["total"] or 0
