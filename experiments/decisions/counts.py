"""Counts of what the edge decided -> ``DecisionDay``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from experiments.models import DecisionDay, DecisionReason, Experiment, Store
from experiments.models.decision_day import Seen

# An experiment that is gone, or another store's, becomes null; a store that is gone takes its counts with it.
ADD = """
INSERT INTO experiments_decisionday AS stored
    (store_id, day, moment, experiment_id, reason, count, first_at, last_at)
SELECT store.id, counted.day, counted.moment, experiment.id, counted.reason,
    sum(counted.count), min(counted.first_at), max(counted.last_at)
FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[],
            %s::timestamptz[])
    AS counted (store_id, day, moment, experiment_id, reason, count, first_at, last_at)
JOIN experiments_store AS store ON store.id = counted.store_id
LEFT JOIN experiments_experiment AS experiment
    ON experiment.id = counted.experiment_id AND experiment.store_id = store.id
GROUP BY store.id, counted.day, counted.moment, experiment.id, counted.reason
ORDER BY store.id, counted.day, counted.moment, experiment.id, counted.reason
ON CONFLICT (store_id, day, moment, experiment_id, reason) DO UPDATE SET
    count = stored.count + EXCLUDED.count,
    first_at = LEAST(stored.first_at, EXCLUDED.first_at), last_at = GREATEST(stored.last_at, EXCLUDED.last_at)
"""


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
    columns = zip(*((*key, *count) for key, count in counts.items()), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(ADD, list(map(list, columns)))


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
