"""Exposures -> sums per day: ``ExposureDay`` brought up to date with what was touched.

A report never waits for this: until a touched day is added up again, it is read from the exposures themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from experiments.models import Experiment, TouchedDay
from experiments.reading import sums

# Held while a day is added up, and by the trigger that a changed cap fires.
LOCK = 0x0FF3
DAYS_AT_ONCE = 31

GROUP = ("experiment_id", "day", "dimension", "value", "variant_id")
SUMMED = ("visitors", "conflicting", *(sums.column(key) for key in sums.ALL_KEYS))

REFRESH = f"""
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {sums.SPANS},
fresh AS MATERIALIZED ({sums.grouped(sums.ALL_KEYS)}),
gone AS (
    DELETE FROM experiments_exposureday AS stored WHERE experiment_id = %(experiment_id)s AND day = ANY(%(days)s)
        AND NOT EXISTS (
            SELECT FROM fresh
            WHERE (fresh.day, fresh.variant_id, fresh.dimension, fresh.value)
                = (stored.day, stored.variant_id, stored.dimension, stored.value))
    RETURNING day
),
written AS (
    INSERT INTO experiments_exposureday AS stored ({", ".join((*GROUP, *SUMMED))})
    SELECT %(experiment_id)s, day, dimension, value, variant_id, {", ".join(SUMMED)} FROM fresh
    ON CONFLICT ({", ".join(GROUP)}) DO UPDATE SET
        {", ".join(f"{name} = EXCLUDED.{name}" for name in SUMMED)}
    WHERE ({", ".join(f"stored.{name}" for name in SUMMED)})
        IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in SUMMED)})
    RETURNING day
)
SELECT day, count(*) FROM (SELECT day FROM gone UNION ALL SELECT day FROM written) AS changed GROUP BY day
"""  # noqa: S608 -- names of ours

# Cells are few however many exposures there are, which the planner can't know: it would sort them, and compile.
BEGIN = """
SELECT pg_advisory_xact_lock(%s, (%s %% 2147483647)::int), set_config('work_mem', '256MB', true),
    set_config('jit', 'off', true)
"""
FORGET = "DELETE FROM experiments_touchedday WHERE experiment_id = %s AND day = ANY(%s) RETURNING day"
# From each day's first exposure to the next day's, by index.
DAYS = """
WITH RECURSIVE first AS (
    SELECT min(exposed_at) AS at FROM experiments_exposure WHERE experiment_id = %(experiment_id)s
    UNION ALL
    SELECT (
        SELECT min(exposed_at) FROM experiments_exposure WHERE experiment_id = %(experiment_id)s
            AND exposed_at >= ((first.at AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC')
    FROM first WHERE first.at IS NOT NULL
)
SELECT (at AT TIME ZONE 'UTC')::date AS day FROM first WHERE at IS NOT NULL
UNION SELECT day FROM experiments_exposureday WHERE experiment_id = %(experiment_id)s ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of days: how many of their rows changed, and how many of these on days that weren't touched."""

    rows: int
    wrong: int


def refresh_touched() -> int:
    """Add up again every touched day, and say how many they were."""
    days = TouchedDay.objects.order_by("experiment_id", "day").values_list("experiment_id", "day").distinct()
    by_experiment = [(pk, [day for _, day in group]) for pk, group in groupby(list(days), key=itemgetter(0))]
    for experiment_id, touched in by_experiment:
        refresh_each(experiment_id, touched)
    return sum(len(touched) for _, touched in by_experiment)


def refresh_after_bulk(experiment: Experiment) -> None:
    """Add up the touched days of an experiment that was filled by the thousand, and let the planner know the tables.

    Without it the first reports would read all rows themselves, by plans for tables that are still empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE experiments_exposure, experiments_order, experiments_orderline, experiments_refund")
    touched = TouchedDay.objects.filter(experiment=experiment).order_by("day").values_list("day", flat=True).distinct()
    refresh_each(experiment.pk, list(touched))


def refresh_each(experiment_id: int, days: Sequence[date]) -> Refreshed:
    """Add up these days, ``DAYS_AT_ONCE`` in a transaction."""
    parts = [days[start : start + DAYS_AT_ONCE] for start in range(0, len(days), DAYS_AT_ONCE)]
    refreshed = [refresh_days(experiment_id, part) for part in parts]
    return Refreshed(sum(one.rows for one in refreshed), sum(one.wrong for one in refreshed))


def refresh_days(experiment_id: int, days: Sequence[date]) -> Refreshed:
    """Make the sums of an experiment's days those of its exposures.

    What is noted as touched here is committed and thus read by the statement after it; what is noted later stays.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN, [LOCK, experiment_id])
        cursor.execute(FORGET, [experiment_id, list(days)])
        touched = {day for (day,) in cursor.fetchall()}
        cap_minor = Experiment.objects.filter(pk=experiment_id).values_list("cap_minor", flat=True).first()
        cursor.execute(REFRESH, {"experiment_id": experiment_id, "days": list(days), "cap_minor": cap_minor})
        changed = dict(cursor.fetchall())
    return Refreshed(sum(changed.values()), sum(rows for day, rows in changed.items() if day not in touched))


def days_of(experiment: Experiment) -> list[date]:
    """Every day that has exposures or sums, in order."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"experiment_id": experiment.pk})
        return [day for (day,) in cursor.fetchall()]
