"""The funnel from scratch: visitors from their events, where those are all there, and the days from the visitors."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from experiments.accounting import funnel_changes, funnel_existing
from experiments.accounting.funnel_changes import counts_of_events, each_type
from experiments.batches import batches
from experiments.models import Experiment, ForgottenEvents
from experiments.reading.events import USE_BLOOM_FILTERS
from experiments.reading.funnel import STEPS
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql

# Visitors whose counts a transaction corrects; an erasure waits for it.
BATCH = 500
OF_VISITORS = "AND visitor_id = ANY(%(visitors)s)"


def differences_statement(of_visitors: str) -> str:
    """Write the parts that find out what is missing: of all visitors, or of some."""
    return read_sql(__file__, "funnel_differences").format(
        of_visitors=of_visitors,
        counts=counts_of_events(),
        columns=each_type("NAME"),
        totals=each_type("sum(NAME) AS NAME"),
        differences=each_type("COALESCE(stored.NAME, 0) - COALESCE(kept.NAME, 0) AS NAME"),
        stored_counts=each_type("COALESCE(stored.NAME, 0)"),
        kept_counts=each_type("COALESCE(kept.NAME, 0)"),
    )


WHO_DIFFERS = f"{differences_statement('')} SELECT DISTINCT visitor_id FROM missing ORDER BY visitor_id"  # noqa: S608
COLUMNS = each_type("NAME")
NOTE_MISSING = f"""
{differences_statement(OF_VISITORS)}
INSERT INTO experiments_funnelchange (experiment_id, visitor_id, variant_id, first_on, {COLUMNS})
SELECT %(experiment_id)s, visitor_id, variant_id, first_on, {COLUMNS} FROM missing
"""  # noqa: S608 -- constants
AUTOMATED = read_sql(__file__, "automated_differences")
REBUILD_DAYS = read_sql(__file__, "rebuild_funnel_days").format(steps=STEPS)


def rebuild_funnel(experiment: Experiment) -> int:
    """Compute an experiment's funnel again, put right what differs, and return how many visitors and days did.

    Visitors whose events were deleted for their age are left as they are: nothing else knows of them.
    """
    funnel_existing.count_existing()
    wrong = correct_visitors(experiment)
    with connection.cursor() as cursor:
        cursor.execute(AUTOMATED, {"experiment_id": experiment.pk})
        wrong += len(cursor.fetchall())
    funnel_changes.add_up_changes()
    with transaction.atomic(), connection.cursor() as cursor:
        funnel_changes.lock()
        cursor.execute(REBUILD_DAYS, {"experiment_id": experiment.pk})
        (days,) = cursor.fetchone()
    return wrong + int(days)


def correct_visitors(experiment: Experiment) -> int:
    """Note what is missing of visitors' counts, and return of how many visitors.

    Found out without a lock first, which takes as long as to read all events; again under it for the few who differ.
    """
    parameters: dict[str, Any] = {"experiment_id": experiment.pk, "complete_from": complete_from(experiment.store_id)}
    with connection.cursor() as cursor:
        cursor.execute(WHO_DIFFERS, parameters)
        visitors: Sequence[str] = only_column(cursor)
        for batch in batches(visitors, BATCH):
            with transaction.atomic():
                # Against an erasure of one of them, and another rebuild: what both find missing would count twice.
                funnel_changes.lock()
                cursor.execute(USE_BLOOM_FILTERS)
                cursor.execute(NOTE_MISSING, {**parameters, "visitors": list(batch)})
    return len(visitors)


def complete_from(store_id: int) -> date:
    """Give the first UTC day whose events are all there: events are received on the day they happened, or later."""
    forgotten = ForgottenEvents.objects.filter(store=store_id).first()
    if forgotten is None:
        return date.min
    return forgotten.before.date() + timedelta(days=1)
