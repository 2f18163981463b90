"""Exposures -> sums per day: ``ExposureDay`` brought up to date with what was touched.

A report never waits for this: until a touched day is added up again, it is read from the exposures themselves.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from experiments import sums
from experiments.models import Experiment, TouchedDay

# Held while a day is added up, and by the trigger that a changed cap fires.
LOCK = 0x0FF3

GROUP = ("experiment_id", "day", "dimension", "value", "variant_id")
SUMMED = ("visitors", "conflicting", *(sums.column(key) for key in sums.ALL_KEYS))

REFRESH = f"""
WITH touched AS MATERIALIZED (SELECT %(day)s::date AS day),
fresh AS MATERIALIZED ({sums.grouped(sums.ALL_KEYS)}),
gone AS (
    DELETE FROM experiments_exposureday AS stored WHERE experiment_id = %(experiment_id)s AND day = %(day)s
        AND NOT EXISTS (
            SELECT FROM fresh
            WHERE (fresh.variant_id, fresh.dimension, fresh.value)
                = (stored.variant_id, stored.dimension, stored.value))
    RETURNING 1
),
written AS (
    INSERT INTO experiments_exposureday AS stored ({", ".join((*GROUP, *SUMMED))})
    SELECT %(experiment_id)s, %(day)s, dimension, value, variant_id, {", ".join(SUMMED)} FROM fresh
    ON CONFLICT ({", ".join(GROUP)}) DO UPDATE SET
        {", ".join(f"{name} = EXCLUDED.{name}" for name in SUMMED)}
    WHERE ({", ".join(f"stored.{name}" for name in SUMMED)})
        IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in SUMMED)})
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""  # noqa: S608 -- names of ours

DAYS = """
SELECT DISTINCT (exposed_at AT TIME ZONE 'UTC')::date AS day
FROM experiments_exposure WHERE experiment_id = %(experiment_id)s
UNION SELECT day FROM experiments_exposureday WHERE experiment_id = %(experiment_id)s ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of a day: how many of its rows were wrong or missing, and whether it had been touched."""

    rows: int
    was_touched: bool


def refresh_touched() -> int:
    """Add up again every touched day, each in a transaction of its own, and say how many they were."""
    days = list(TouchedDay.objects.order_by("experiment_id", "day").values_list("experiment_id", "day").distinct())
    for experiment_id, day in days:
        refresh_day(experiment_id, day)
    return len(days)


def refresh_after_bulk(experiment: Experiment) -> None:
    """Add up the touched days of an experiment that was filled by the thousand, and let the planner know the tables.

    Without it the first reports would read all rows themselves, by plans for tables that are still empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE experiments_exposure, experiments_order, experiments_orderline, experiments_refund")
    for day in (
        TouchedDay.objects.filter(experiment=experiment).order_by("day").values_list("day", flat=True).distinct()
    ):
        refresh_day(experiment.pk, day)


def refresh_day(experiment_id: int, day: date) -> Refreshed:
    """Make the sums of an experiment's day those of its exposures.

    What is noted as touched here is committed and thus read by the statement after it; what is noted later stays.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, (%s %% 2147483647)::int)", [LOCK, experiment_id])
        cursor.execute("DELETE FROM experiments_touchedday WHERE experiment_id = %s AND day = %s", [experiment_id, day])
        was_touched = cursor.rowcount > 0
        cap_minor = Experiment.objects.filter(pk=experiment_id).values_list("cap_minor", flat=True).first()
        cursor.execute(REFRESH, {"experiment_id": experiment_id, "day": day, "cap_minor": cap_minor})
        (rows,) = cursor.fetchone()
    return Refreshed(rows, was_touched)


def days_of(experiment: Experiment) -> list[date]:
    """Every day that has exposures or sums, in order."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"experiment_id": experiment.pk})
        return [day for (day,) in cursor.fetchall()]
