"""Exposures -> sums per day: ``ExposureDay`` and ``CustomMetricDay`` brought up to date with what was touched.

A report never waits for this: until a touched day is added up again, it is read from the exposures themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from experiments.batches import batches
from experiments.models import ChosenMetric, Experiment, TouchedDay
from experiments.reading import covariates, custom_sums, long_sums, sums
from experiments.reading.aggregation import cutting_parameters
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql

# Held while days are added up, against a second refresh, which would write the sums of another instant, and by the
# trigger that a changed cap fires, which would find only half of the days under the old one.
LOCK = 0x0FF3
# Bounds how long a transaction holds the lock, and how much memory the sums of its cells take.
DAYS_AT_ONCE = 31

GROUP = ("experiment_id", "day", "dimension", "value", "variant_id")
SUMMED = ("visitors", "conflicting", *map(sums.column, sums.ALL_KEYS))
CUSTOM_GROUP = ("chosen_id", "day", "dimension", "value", "variant_id")


def refresh_statement() -> str:
    """Write the statement that makes the kept sums of days those of their exposures, every column of them by name."""
    return read_sql(__file__, "refresh_days").format(
        spans=sums.SPANS,
        grouped=sums.grouped(sums.ALL_KEYS),
        group=", ".join(GROUP),
        summed=", ".join(SUMMED),
        stored=summed_of("stored"),
        excluded=summed_of("EXCLUDED"),
    )


def refresh_custom_statement() -> str:
    """Write the statement that does the same for the sums by custom metrics."""
    return read_sql(__file__, "refresh_custom_days").format(
        spans=sums.SPANS,
        grouped=custom_sums.grouped(),
        group=", ".join(CUSTOM_GROUP),
        summed=", ".join(custom_sums.COLUMNS),
        stored=summed_of("stored", custom_sums.COLUMNS),
        excluded=summed_of("EXCLUDED", custom_sums.COLUMNS),
    )


def refresh_long_statement() -> str:
    """Write the statement that does the same for long-term sums."""
    return read_sql(__file__, "refresh_long_days").format(
        spans=sums.SPANS,
        by_day=long_sums.by_day(),
        group=", ".join(long_sums.GROUP),
        summed=", ".join(long_sums.COLUMNS),
        stored=summed_of("stored", long_sums.COLUMNS),
        excluded=summed_of("EXCLUDED", long_sums.COLUMNS),
    )


def summed_of(table: str, columns: Sequence[str] = SUMMED) -> str:
    """List the summed columns of a table or alias."""
    return ", ".join(f"{table}.{name}" for name in columns)


REFRESH = refresh_statement()
REFRESH_CUSTOM = refresh_custom_statement()
REFRESH_LONG = refresh_long_statement()
REFRESH_COVARIATES = read_sql(__file__, "refresh_covariates").format(spans=sums.SPANS, fresh=covariates.FRESH)
# Cells are few however many exposures there are, which the planner can't know: it would sort them, and compile.
BEGIN = """
SELECT pg_advisory_xact_lock(%(lock)s, (%(experiment_id)s %% 2147483647)::int),
    set_config('work_mem', '256MB', true), set_config('jit', 'off', true)
"""
FORGET = """
DELETE FROM experiments_touchedday WHERE experiment_id = %(experiment_id)s AND day = ANY(%(days)s) RETURNING day
"""
DAYS = read_sql(__file__, "days")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of days: how many of their rows changed, and how many of these on days that weren't touched."""

    rows: int
    wrong: int


def refresh_touched() -> int:
    """Add up again every touched day, and return how many they were."""
    touched: dict[int, list[date]] = defaultdict(list)
    rows = TouchedDay.objects.order_by("experiment_id", "day").values_list("experiment_id", "day").distinct()
    for experiment_id, day in rows:
        touched[experiment_id].append(day)
    for experiment_id, days in touched.items():
        refresh_each(experiment_id, days)
    return sum(map(len, touched.values()))


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
    rows = wrong = 0
    for part in batches(days, DAYS_AT_ONCE):
        refreshed = refresh_days(experiment_id, part)
        rows += refreshed.rows
        wrong += refreshed.wrong
    return Refreshed(rows, wrong)


def refresh_days(experiment_id: int, days: Sequence[date]) -> Refreshed:
    """Make the sums of an experiment's days those of its exposures, and of its covariates' where it has several."""
    parameters: dict[str, Any] = {"experiment_id": experiment_id, "days": list(days)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN, {"experiment_id": experiment_id, "lock": LOCK})
        # Forgotten first: what is noted as touched here is committed, and so read by the statement after it; what is
        # noted later stays. The other way round, an exposure that comes between the two would be in no sum.
        cursor.execute(FORGET, parameters)
        touched = set(only_column(cursor))
        experiment = Experiment.with_holdouts.select_related("store").filter(pk=experiment_id).first()
        if experiment is None:
            return Refreshed(0, 0)
        asked = {**parameters, **cutting_parameters(experiment), "cap_minor": experiment.cap_minor}
        cursor.execute(REFRESH, asked)
        changed = Counter(dict(cursor.fetchall()))
        # Most tests have no metric of the store's own: then no exposure is read again.
        if ChosenMetric.objects.fixed().filter(experiment=experiment_id).exists():
            cursor.execute(REFRESH_CUSTOM, asked)
            changed.update(dict(cursor.fetchall()))
        if experiment.is_followed_for_long:
            cursor.execute(REFRESH_LONG, asked)
            changed.update(dict(cursor.fetchall()))
        if experiment.has_covariate_sums:
            cursor.execute(REFRESH_COVARIATES, asked)
            changed.update(dict(cursor.fetchall()))
    wrong = 0
    for day, rows in changed.items():
        if day not in touched:
            wrong += rows
    return Refreshed(sum(changed.values()), wrong)


def days_of(experiment: Experiment) -> list[date]:
    """List every day that has exposures or sums, in order."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"experiment_id": experiment.pk, "day_zone": experiment.day_zone})
        return only_column(cursor)
