"""Has a test's days follow its store's clock: for tests that began when days were UTC's."""

import time
from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from experiments.accounting.rollups import BEGIN, LOCK, days_of, refresh_each
from experiments.models import (
    CovariateDay,
    CustomMetricDay,
    Experiment,
    ExposureDay,
    LongOutcomeDay,
    Store,
    TouchedDay,
)

# How long, in seconds, between two looks for transactions that began before the change.
PAUSE = 0.2
OLDER_TRANSACTIONS = "SELECT %s::text::xid8 >= pg_snapshot_xmin(pg_current_snapshot())"


def tests_with_other_days(store: Store) -> list[Experiment]:
    """Return the store's tests whose days are those of another time zone than the store's."""
    tests = Experiment.with_holdouts.filter(store=store, started_at__isnull=False).exclude(day_zone=store.zone.key)
    return list(tests.select_related("store").order_by("pk"))


def follow_store(experiment: Experiment) -> int:
    """Have a test's days follow its store's clock, add them up again, and return how many days it has.

    Reports are exact meanwhile: days that are to be added up are read from their exposures. What was stored, looks and
    reports, stays as it is.
    """
    changed_in = change_zone(experiment)
    # Whoever changed an exposure before still noted its day by the old clock. Once they are done, days are noted again.
    while is_older_transaction_open(changed_in):
        time.sleep(PAUSE)
    days = days_of(experiment)
    note_days(experiment, days)
    refresh_each(experiment.pk, days)
    return len(days)


def change_zone(experiment: Experiment) -> str:
    """Change the clock, drop the days by the old one, note those by the new one. Return the transaction's number."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Against a refresh, which would write days by the old clock beside the new ones.
        cursor.execute(BEGIN, {"experiment_id": experiment.pk, "lock": LOCK})
        Experiment.with_holdouts.filter(pk=experiment.pk).update(day_zone=experiment.store.zone.key)
        experiment.day_zone = experiment.store.zone.key
        ExposureDay.objects.filter(experiment=experiment).delete()
        CovariateDay.objects.filter(experiment=experiment).delete()
        CustomMetricDay.objects.filter(chosen__experiment=experiment).delete()
        LongOutcomeDay.objects.filter(experiment=experiment).delete()
        note_days(experiment, days_of(experiment))
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])


def note_days(experiment: Experiment, days: Iterable[date]) -> None:
    """Note that days have to be added up."""
    rows = []
    for day in days:
        rows.append(TouchedDay(experiment=experiment, day=day))
    TouchedDay.objects.bulk_create(rows)


def is_older_transaction_open(transaction_id: str) -> bool:
    """Whether any transaction is open that began before one that is over."""
    with connection.cursor() as cursor:
        cursor.execute(OLDER_TRANSACTIONS, [transaction_id])
        return bool(cursor.fetchone()[0])
